//! Whom a publication is told to.

use chrono::{DateTime, Utc};
use domain::subscription::{Subscription, SubscriptionChannel, SubscriptionStage, TargetKind};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{is, to_subscription};
use crate::convert::{count, micros, word};
use crate::entities::subscription::{Column, Entity};
use crate::error::Result;

/// What became public, as subscriptions name it, and when. What a search finds of it the index knows: all of them are reached.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The datasets.
    pub datasets: Vec<String>,
    /// Their topics and all topics above these.
    pub topics: Vec<String>,
    /// When it became public: who confirmed later is not told.
    pub at: DateTime<Utc>,
}

impl Reached {
    fn condition(&self) -> Condition {
        let of = |kind: TargetKind| Condition::all().add(Column::TargetKind.eq(kind.as_str()));
        let any = Condition::any()
            .add(of(TargetKind::Everything))
            .add(of(TargetKind::Search))
            .add(of(TargetKind::Dataset).add(Column::TargetId.is_in(&self.datasets)))
            .add(of(TargetKind::Topic).add(Column::TargetId.is_in(&self.topics)));
        is(SubscriptionStage::Confirmed).add(Column::ConfirmedAt.lte(micros(self.at))).add(any)
    }
}

/// Whether anybody has subscribed, or has yet to confirm it, which may happen before the publication.
pub async fn any_live(db: &impl ConnectionTrait) -> Result<bool> {
    for stage in [SubscriptionStage::Confirmed, SubscriptionStage::Pending] {
        let first = Entity::find().select_only().column(Column::Id).filter(is(stage)).limit(1);
        if first.into_tuple::<String>().one(db).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The next so many subscribers after `after` in the order of their hashes, each once however many of their subscriptions fit.
pub async fn subscribers_of(
    db: &impl ConnectionTrait,
    reached: &Reached,
    after: &str,
    limit: u64,
) -> Result<Vec<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Subscriber)
        .distinct()
        .filter(reached.condition())
        .filter(Column::Subscriber.gt(after))
        .order_by_asc(Column::Subscriber)
        .limit(limit);
    Ok(query.into_tuple().all(db).await?)
}

/// How many subscribers there are to tell, by channel, without those who asked for a search, which only the index can judge;
/// what there is none of is left out.
pub async fn count_reached(db: &impl ConnectionTrait, reached: &Reached) -> Result<Vec<(SubscriptionChannel, u64)>> {
    let rows: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Channel)
        .expr(Func::count_distinct(Expr::col(Column::Subscriber)))
        .filter(reached.condition().add(Column::TargetKind.ne(TargetKind::Search.as_str())))
        .group_by(Column::Channel)
        .order_by_asc(Column::Channel)
        .into_tuple()
        .all(db)
        .await?;
    let read =
        |(channel, number): (String, i64)| Ok((word(SubscriptionChannel::parse(&channel), &channel)?, count(number)?));
    rows.into_iter().map(read).collect()
}

/// The subscriptions of these subscribers that fit, each with its subscriber, in the order of both.
pub async fn matching(
    db: &impl ConnectionTrait,
    reached: &Reached,
    subscribers: &[String],
) -> Result<Vec<(String, Subscription)>> {
    let rows = Entity::find()
        .filter(reached.condition())
        .filter(Column::Subscriber.is_in(subscribers))
        .order_by_asc(Column::Subscriber)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let told = |row: crate::entities::subscription::Model| {
        let subscriber = row.subscriber.clone().unwrap_or_default();
        Ok((subscriber, to_subscription(row)?))
    };
    rows.into_iter().map(told).collect()
}
