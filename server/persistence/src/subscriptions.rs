//! Subscriptions of the public: their way from asked for to ended, and whom a publication is told to.

mod reached;
mod watched;

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::subscription::{
    Subscription, SubscriptionChannel, SubscriptionStage, SubscriptionState, Target, TargetKind,
};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany,
};

use crate::convert::{count, instant, micros, word};
use crate::entities::subscription::{Column, Entity, Model};
use crate::error::{PersistenceError, Result};

pub use reached::{Reached, any_live, count_reached, matching, subscribers_of};
pub use watched::{SubscriptionFilter, counts_by_target, list_live};

/// What is kept of a subscription beside what it says.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// The hash of its address, by which the subscriptions of one subscriber are found.
    pub subscriber: &'a str,
    /// The hash of the token that confirms it.
    pub token_hash: &'a str,
    /// The sealed secret that messages are signed with, for programs.
    pub secret: Option<&'a str>,
}

/// Adds a subscription that waits to be confirmed.
pub async fn insert(db: &impl ConnectionTrait, subscription: &Subscription, keys: Keys<'_>) -> Result<()> {
    let (mut expires_at, mut confirmed_at, mut ended_at) = (None, None, None);
    match &subscription.state {
        SubscriptionState::Pending { expires_at: at } => expires_at = Some(micros(*at)),
        SubscriptionState::Confirmed { at } => confirmed_at = Some(micros(*at)),
        SubscriptionState::Ended { at } => ended_at = Some(micros(*at)),
    }
    let row = Model {
        id: subscription.id.clone(),
        subscriber: Some(keys.subscriber.to_owned()),
        target_kind: subscription.target.kind().as_str().to_owned(),
        target_id: subscription.target.id().to_owned(),
        channel: subscription.channel.as_str().to_owned(),
        address: subscription.address.clone(),
        language: subscription.language.as_str().to_owned(),
        state: subscription.state.stage().as_str().to_owned(),
        token_hash: Some(keys.token_hash.to_owned()),
        secret: keys.secret.map(str::to_owned),
        created_at: micros(subscription.created_at),
        expires_at,
        confirmed_at,
        ended_at,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The subscription with this id.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Subscription>> {
    Entity::find_by_id(id).one(db).await?.map(to_subscription).transpose()
}

/// The subscription that a token of this hash confirms or has confirmed.
pub async fn find_by_token(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Subscription>> {
    Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?.map(to_subscription).transpose()
}

/// What the subscriber of a subscription is known by: as it was kept, whatever key would sign it now.
pub async fn subscriber_of(db: &impl ConnectionTrait, id: &str) -> Result<Option<String>> {
    Ok(Entity::find_by_id(id).one(db).await?.and_then(|row| row.subscriber))
}

/// The sealed secret that messages of a subscription are signed with.
pub async fn sealed_secret(db: &impl ConnectionTrait, id: &str) -> Result<Option<String>> {
    Ok(Entity::find_by_id(id).one(db).await?.and_then(|row| row.secret))
}

/// The confirmed ones of a subscriber, oldest first.
pub async fn confirmed_of(db: &impl ConnectionTrait, subscriber: &str) -> Result<Vec<Subscription>> {
    let all = Entity::find().filter(Column::Subscriber.eq(subscriber)).filter(is(SubscriptionStage::Confirmed));
    all.order_by_asc(Column::Id).all(db).await?.into_iter().map(to_subscription).collect()
}

/// Those with these ids that are confirmed, oldest first.
pub async fn confirmed_among(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<Subscription>> {
    let all = Entity::find().filter(Column::Id.is_in(ids)).filter(is(SubscriptionStage::Confirmed));
    all.order_by_asc(Column::Id).all(db).await?.into_iter().map(to_subscription).collect()
}

fn is(stage: SubscriptionStage) -> Condition {
    Condition::all().add(Column::State.eq(stage.as_str()))
}

/// Notes that a subscription is wanted; false where it is too late or was done before.
pub async fn confirm(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(SubscriptionStage::Confirmed.as_str()))
        .col_expr(Column::ConfirmedAt, Expr::value(micros(now)))
        .filter(Column::Id.eq(id))
        .filter(is(SubscriptionStage::Pending))
        .filter(Column::ExpiresAt.gt(micros(now)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Ends a subscription and forgets its address; false where it had ended before.
pub async fn end(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<bool> {
    Ok(ending(now).filter(Column::Id.eq(id)).exec(db).await?.rows_affected == 1)
}

/// Ends all subscriptions of a subscriber and forgets the address; how many they were.
pub async fn end_all_of(db: &impl ConnectionTrait, subscriber: &str, now: DateTime<Utc>) -> Result<u64> {
    Ok(ending(now).filter(Column::Subscriber.eq(subscriber)).exec(db).await?.rows_affected)
}

/// Ends what a subscriber has asked to be told of a target, however often, but for the one `kept`; how many they were.
pub async fn end_to(
    db: &impl ConnectionTrait,
    subscriber: &str,
    target: &Target,
    kept: Option<&str>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let others = ending(now).filter(Column::Subscriber.eq(subscriber)).filter(to(target));
    let others = match kept {
        Some(id) => others.filter(Column::Id.ne(id)),
        None => others,
    };
    Ok(others.exec(db).await?.rows_affected)
}

/// Ends the subscriptions to a target; how many they were.
pub async fn end_all_to(db: &impl ConnectionTrait, target: &Target, now: DateTime<Utc>) -> Result<u64> {
    Ok(ending(now).filter(to(target)).exec(db).await?.rows_affected)
}

fn to(target: &Target) -> Condition {
    Condition::all().add(Column::TargetKind.eq(target.kind().as_str())).add(Column::TargetId.eq(target.id()))
}

fn ending(now: DateTime<Utc>) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(SubscriptionStage::Ended.as_str()))
        .col_expr(Column::EndedAt, Expr::value(micros(now)))
        .col_expr(Column::Address, Expr::value(""))
        .col_expr(Column::Subscriber, Expr::value(None::<String>))
        .col_expr(Column::TokenHash, Expr::value(None::<String>))
        .col_expr(Column::Secret, Expr::value(None::<String>))
        .filter(Column::State.ne(SubscriptionStage::Ended.as_str()))
}

/// Gives the subscriptions to one topic to another.
pub async fn move_topic(db: &impl ConnectionTrait, old: &str, new: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::TargetId, Expr::value(new))
        .filter(Column::TargetKind.eq(TargetKind::Topic.as_str()))
        .filter(Column::TargetId.eq(old))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes what was not confirmed in time, and what ended before `ended_before`.
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>, ended_before: DateTime<Utc>) -> Result<u64> {
    let late = is(SubscriptionStage::Pending).add(Column::ExpiresAt.lte(micros(now)));
    let over = is(SubscriptionStage::Ended).add(Column::EndedAt.lt(micros(ended_before)));
    let gone = Entity::delete_many().filter(Condition::any().add(late).add(over)).exec(db).await?;
    Ok(gone.rows_affected)
}

/// How many subscriptions there are in each state, by channel; what there is none of is left out.
pub async fn counts(db: &impl ConnectionTrait) -> Result<Vec<(SubscriptionStage, SubscriptionChannel, u64)>> {
    let rows: Vec<(String, String, i64)> = Entity::find()
        .select_only()
        .column(Column::State)
        .column(Column::Channel)
        .expr(Func::count(Expr::col(Column::Id)))
        .group_by(Column::State)
        .group_by(Column::Channel)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(state, channel, number): (String, String, i64)| {
        let stage = word(SubscriptionStage::parse(&state), &state)?;
        Ok((stage, word(SubscriptionChannel::parse(&channel), &channel)?, count(number)?))
    };
    rows.into_iter().map(read).collect()
}

fn to_subscription(row: Model) -> Result<Subscription> {
    let at = |micros: Option<i64>| {
        let missing = || PersistenceError::Inconsistent(format!("a subscription in state {}", row.state));
        instant(micros.ok_or_else(missing)?)
    };
    let state = match word(SubscriptionStage::parse(&row.state), &row.state)? {
        SubscriptionStage::Pending => SubscriptionState::Pending { expires_at: at(row.expires_at)? },
        SubscriptionStage::Confirmed => SubscriptionState::Confirmed { at: at(row.confirmed_at)? },
        SubscriptionStage::Ended => SubscriptionState::Ended { at: at(row.ended_at)? },
    };
    let kind = word(TargetKind::parse(&row.target_kind), &row.target_kind)?;
    let language = Language::ALL.into_iter().find(|language| language.as_str() == row.language);
    Ok(Subscription {
        target: Target::of(kind, &row.target_id),
        channel: word(SubscriptionChannel::parse(&row.channel), &row.channel)?,
        language: word(language, &row.language)?,
        created_at: instant(row.created_at)?,
        id: row.id,
        address: row.address,
        state,
    })
}
