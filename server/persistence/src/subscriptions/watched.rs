//! Subscriptions as the office looks at them.

use domain::page::{Page, Paging};
use domain::subscription::{Subscription, SubscriptionChannel, SubscriptionStage, Target, TargetKind};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::to_subscription;
use crate::convert::{count, word};
use crate::entities::subscription::{Column, Entity};
use crate::error::Result;

/// Which live subscriptions are wanted; what is left open narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionFilter {
    /// Where they stand.
    pub stage: Option<SubscriptionStage>,
    /// Of what sort of thing they tell.
    pub kind: Option<TargetKind>,
    /// Of which one.
    pub of: Option<String>,
}

/// How many subscriptions there are to each target, by channel and state.
pub async fn counts_by_target(
    db: &impl ConnectionTrait,
) -> Result<Vec<(Target, SubscriptionChannel, SubscriptionStage, u64)>> {
    let rows: Vec<(String, String, String, String, i64)> = Entity::find()
        .select_only()
        .column(Column::TargetKind)
        .column(Column::TargetId)
        .column(Column::Channel)
        .column(Column::State)
        .expr(Func::count(Expr::col(Column::Id)))
        .group_by(Column::TargetKind)
        .group_by(Column::TargetId)
        .group_by(Column::Channel)
        .group_by(Column::State)
        .order_by_asc(Column::TargetKind)
        .order_by_asc(Column::TargetId)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(kind, id, channel, state, number): (String, String, String, String, i64)| {
        let target = Target::of(word(TargetKind::parse(&kind), &kind)?, &id);
        let channel = word(SubscriptionChannel::parse(&channel), &channel)?;
        Ok((target, channel, word(SubscriptionStage::parse(&state), &state)?, count(number)?))
    };
    rows.into_iter().map(read).collect()
}

/// A page of the live subscriptions that fit, newest first.
pub async fn list_live(
    db: &impl ConnectionTrait,
    filter: &SubscriptionFilter,
    paging: Paging,
) -> Result<Page<Subscription>> {
    let live = Condition::all()
        .add(Column::State.ne(SubscriptionStage::Ended.as_str()))
        .add_option(filter.stage.map(|stage| Column::State.eq(stage.as_str())))
        .add_option(filter.kind.map(|kind| Column::TargetKind.eq(kind.as_str())))
        .add_option(filter.of.as_ref().map(|of| Column::TargetId.eq(of.as_str())));
    let query = Entity::find().filter(live);
    let total = query.clone().count(db).await?;
    let part = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let part = part.limit(u64::from(paging.limit)).offset(u64::from(paging.offset));
    let items = part.all(db).await?.into_iter().map(to_subscription).collect::<Result<_>>()?;
    Ok(Page::new(items, total, paging))
}
