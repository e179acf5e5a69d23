//! The audit trail: append only, numbered and hashed.

mod chain;
mod concerning;
mod runs;
mod search;

pub use chain::verify;
pub use concerning::{Concerned, concerning, first_since, hands_in, has_concerned};
pub use runs::ends_of_publications;
pub use search::{
    BundleOfRecords, EventFilter, actors_named, batch, has_noted, holds_actor, holds_resource, list, newest, number_of,
    previews_of,
};

pub(crate) use chain::write;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::{Event, OBSERVATIONS, PREVIEWED, Via};
use domain::page::{Page, Paging};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::Tx;
use crate::convert::{from_json, instant, maybe_json};
use crate::entities::event;
use crate::error::{PersistenceError, Result};

/// Appends a record to the trail, in the transaction of what it records; it is written, numbered and hashed at the commit.
pub fn append(tx: &Tx, event: Event) {
    tx.keep(event);
}

/// What happened to one thing, oldest first: its changes, not who looked at it.
pub async fn of_resource(
    db: &impl ConnectionTrait,
    resource_type: &str,
    resource_id: &str,
    paging: Paging,
) -> Result<Page<Event>> {
    let query = changes_of(resource_type, resource_id);
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(event::Column::At)
        .order_by_asc(event::Column::Sequence)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.iter().map(to_event).collect::<Result<_>>()?, total, paging))
}

/// The newest of what happened to one thing, so many at most and of these the oldest first, without who looked at it.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    resource_type: &str,
    resource_id: &str,
    most: u32,
) -> Result<Vec<Event>> {
    let rows = changes_of(resource_type, resource_id)
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Sequence)
        .limit(u64::from(most))
        .all(db)
        .await?;
    rows.iter().rev().map(to_event).collect()
}

/// The newest of what happened to one thing, without who looked at it.
pub async fn last_of(db: &impl ConnectionTrait, resource_type: &str, resource_id: &str) -> Result<Option<Event>> {
    Ok(newest_of(db, resource_type, resource_id, 1).await?.pop())
}

/// The records of one thing but those of who looked at it.
fn changes_of(resource_type: &str, resource_id: &str) -> Select<event::Entity> {
    event::Entity::find()
        .filter(event::Column::ResourceType.eq(resource_type))
        .filter(event::Column::ResourceId.eq(resource_id))
        .filter(event::Column::EventType.is_not_in(OBSERVATIONS.iter().copied()))
}

/// How many publications have failed since the last that succeeded, on whatever node.
pub async fn publications_failed_in_a_row(db: &impl ConnectionTrait) -> Result<u64> {
    let of_bundles = |event_type: &str| {
        event::Entity::find()
            .filter(event::Column::ResourceType.eq("bundle"))
            .filter(event::Column::EventType.eq(event_type))
    };
    let last: Option<i64> = of_bundles("published")
        .select_only()
        .column(event::Column::Sequence)
        .order_by_desc(event::Column::Sequence)
        .into_tuple()
        .one(db)
        .await?;
    Ok(of_bundles("failed").filter(event::Column::Sequence.gt(last.unwrap_or_default())).count(db).await?)
}

/// When everybody last signed in, by the ids of their accounts; who never did is not among them.
pub async fn last_signed_in(db: &impl ConnectionTrait) -> Result<HashMap<String, DateTime<Utc>>> {
    signed_in(db, Condition::all()).await
}

async fn signed_in(db: &impl ConnectionTrait, of: Condition) -> Result<HashMap<String, DateTime<Utc>>> {
    let rows: Vec<(String, Option<i64>)> = event::Entity::find()
        .select_only()
        .column(event::Column::ResourceId)
        .column_as(event::Column::At.max(), "last")
        .filter(event::Column::EventType.eq("signed_in"))
        .filter(event::Column::ResourceType.eq("user"))
        .filter(of)
        .group_by(event::Column::ResourceId)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter().filter_map(|(id, at)| at.map(|at| Ok((id, instant(at)?)))).collect()
}

/// When each of these last signed in, by the ids of their accounts; who never did is not among them.
pub async fn last_signed_in_among(
    db: &impl ConnectionTrait,
    user_ids: &[String],
) -> Result<HashMap<String, DateTime<Utc>>> {
    signed_in(db, Condition::all().add(event::Column::ResourceId.is_in(user_ids))).await
}

/// When somebody last signed in, if ever.
pub async fn last_signed_in_of(db: &impl ConnectionTrait, user_id: &str) -> Result<Option<DateTime<Utc>>> {
    let at: Option<i64> = event::Entity::find()
        .select_only()
        .column(event::Column::At)
        .filter(event::Column::ResourceType.eq("user"))
        .filter(event::Column::ResourceId.eq(user_id))
        .filter(event::Column::EventType.eq("signed_in"))
        .order_by_desc(event::Column::At)
        .into_tuple()
        .one(db)
        .await?;
    at.map(instant).transpose()
}

/// When somebody last looked at each of these things before it was public; what they never looked at is not among them.
pub async fn last_looks(
    db: &impl ConnectionTrait,
    resource_type: &str,
    resource_ids: &[&str],
    actor_id: &str,
) -> Result<HashMap<String, DateTime<Utc>>> {
    let looks: Vec<(String, Option<i64>)> = event::Entity::find()
        .select_only()
        .column(event::Column::ResourceId)
        .column_as(event::Column::At.max(), "looked")
        .filter(event::Column::ResourceType.eq(resource_type))
        .filter(event::Column::ResourceId.is_in(resource_ids.iter().copied()))
        .filter(event::Column::EventType.eq(PREVIEWED))
        .filter(event::Column::ActorId.eq(actor_id))
        .group_by(event::Column::ResourceId)
        .into_tuple()
        .all(db)
        .await?;
    looks.into_iter().filter_map(|(id, at)| at.map(|at| Ok((id, instant(at)?)))).collect()
}

/// The reason that the newest record of this kind about one thing gives.
pub async fn last_reason(
    db: &impl ConnectionTrait,
    resource_type: &str,
    resource_id: &str,
    event_type: &str,
) -> Result<Option<String>> {
    let row = event::Entity::find()
        .filter(event::Column::ResourceType.eq(resource_type))
        .filter(event::Column::ResourceId.eq(resource_id))
        .filter(event::Column::EventType.eq(event_type))
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Sequence)
        .one(db)
        .await?;
    Ok(row.as_ref().map(to_event).transpose()?.and_then(|event| event.reason))
}

/// The newest records about bundles and versions, newest first.
pub async fn recent(db: &impl ConnectionTrait, resource_types: &[&str], limit: u64) -> Result<Vec<Event>> {
    let rows = event::Entity::find()
        .filter(event::Column::ResourceType.is_in(resource_types.iter().copied()))
        .filter(event::Column::EventType.is_not_in(OBSERVATIONS.iter().copied()))
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Sequence)
        .limit(limit)
        .all(db)
        .await?;
    rows.iter().map(to_event).collect()
}

fn to_event(row: &event::Model) -> Result<Event> {
    let via = row.via.as_ref().map(|text| {
        Via::parse(text).ok_or_else(|| PersistenceError::Inconsistent(format!("the way {text} of record {}", row.id)))
    });
    Ok(Event {
        id: row.id.clone(),
        event_type: row.event_type.clone(),
        resource_type: row.resource_type.clone(),
        resource_id: row.resource_id.clone(),
        actor: from_json(&row.actor)?,
        from_state: row.from_state.clone(),
        to_state: row.to_state.clone(),
        reason: row.reason.clone(),
        timestamp: instant(row.at)?,
        details: from_json(&row.details)?,
        before: maybe_json(row.before.as_ref())?,
        after: maybe_json(row.after.as_ref())?,
        bundle_id: row.bundle_id.clone(),
        via: via.transpose()?,
        client: row.client.clone(),
        trace_id: row.request_id.clone(),
    })
}
