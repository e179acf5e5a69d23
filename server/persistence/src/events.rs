//! The audit trail: append only.

use domain::event::Event;
use domain::page::{Page, Paging};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::event;
use crate::error::Result;

/// Appends a record; part of the transaction of what it records.
pub async fn append(db: &impl ConnectionTrait, event: &Event, request_id: &str) -> Result<()> {
    let row = event::Model {
        id: event.id.clone(),
        event_type: event.event_type.clone(),
        resource_type: event.resource_type.clone(),
        resource_id: event.resource_id.clone(),
        actor: json(&event.actor)?,
        actor_id: event.actor.id.clone(),
        from_state: event.from_state.clone(),
        to_state: event.to_state.clone(),
        reason: event.reason.clone(),
        at: micros(event.timestamp),
        request_id: request_id.to_owned(),
        details: json(&event.details)?,
    };
    event::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// What happened to one thing, oldest first.
pub async fn of_resource(
    db: &impl ConnectionTrait,
    resource_type: &str,
    resource_id: &str,
    paging: Paging,
) -> Result<Page<Event>> {
    let query = event::Entity::find()
        .filter(event::Column::ResourceType.eq(resource_type))
        .filter(event::Column::ResourceId.eq(resource_id));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(event::Column::At)
        .order_by_asc(event::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.iter().map(to_event).collect::<Result<_>>()?, total, paging))
}

/// The newest records about bundles and versions, newest first.
pub async fn recent(db: &impl ConnectionTrait, resource_types: &[&str], limit: u64) -> Result<Vec<Event>> {
    let rows = event::Entity::find()
        .filter(event::Column::ResourceType.is_in(resource_types.iter().copied()))
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    rows.iter().map(to_event).collect()
}

fn to_event(row: &event::Model) -> Result<Event> {
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
    })
}
