//! Who has which thing of the portal open: rows that end by themselves, so that every node tells the same.

use chrono::{DateTime, Utc};
use domain::presence::{LASTS, Presence};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::{from_json, instant, json, maybe_instant, micros};
use crate::entities::presence::{Column, Entity, Model};
use crate::error::Result;

/// The most people that are read of one thing.
const MOST: u64 = 100;

/// Who is there now, whoever was seen last first.
pub async fn of_object(db: &impl ConnectionTrait, object: &str, now: DateTime<Utc>) -> Result<Vec<Presence>> {
    let rows = Entity::find()
        .filter(Column::Object.eq(object))
        .filter(Column::SeenAt.gt(micros(now - LASTS)))
        .order_by_desc(Column::SeenAt)
        .order_by_asc(Column::ActorId)
        .limit(MOST)
        .all(db)
        .await?;
    let there = rows.into_iter().map(|row| {
        Ok(Presence {
            object: row.object,
            actor: from_json(&row.actor)?,
            since: instant(row.since)?,
            seen_at: instant(row.seen_at)?,
            typed_at: maybe_instant(row.typed_at)?,
        })
    });
    there.collect()
}

/// Writes a sign of somebody, in place of their last one.
pub async fn save(db: &impl ConnectionTrait, presence: &Presence) -> Result<()> {
    let row = Model {
        object: presence.object.clone(),
        actor_id: presence.actor.id.clone(),
        actor: json(&presence.actor)?,
        since: micros(presence.since),
        seen_at: micros(presence.seen_at),
        typed_at: presence.typed_at.map(micros),
    };
    let newer = OnConflict::columns([Column::Object, Column::ActorId])
        .update_columns([Column::Actor, Column::Since, Column::SeenAt, Column::TypedAt])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(newer).exec_without_returning(db).await?;
    Ok(())
}

/// Removes whoever is no longer there.
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let over = Column::SeenAt.lte(micros(now - LASTS));
    Ok(Entity::delete_many().filter(over).exec(db).await?.rows_affected)
}
