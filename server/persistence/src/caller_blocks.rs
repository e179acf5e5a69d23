//! Callers that are let in no more for a time.

use chrono::{DateTime, Utc};
use domain::operations::{CallerBlock, CallerKind};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{instant, micros, word};
use crate::entities::caller_block::{Column, Entity, Model};
use crate::error::Result;

/// Writes a block, in place of the one before.
pub async fn save(db: &impl ConnectionTrait, block: &CallerBlock) -> Result<()> {
    let row = Model {
        subject: block.subject.clone(),
        kind: block.kind.as_str().to_owned(),
        title: block.title.clone(),
        reason: block.reason.clone(),
        blocked_by: block.blocked_by.clone(),
        blocked_at: micros(block.blocked_at),
        until: micros(block.until),
    };
    let newer = OnConflict::column(Column::Subject)
        .update_columns([
            Column::Kind,
            Column::Title,
            Column::Reason,
            Column::BlockedBy,
            Column::BlockedAt,
            Column::Until,
        ])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(newer).exec_without_returning(db).await?;
    Ok(())
}

/// Those that hold, the newest first.
pub async fn list(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<CallerBlock>> {
    let holds = Column::Until.gt(micros(now));
    let rows = Entity::find().filter(holds).order_by_desc(Column::BlockedAt).order_by_asc(Column::Subject);
    rows.all(db).await?.into_iter().map(to_block).collect()
}

/// The block of somebody, over or not.
pub async fn find(db: &impl ConnectionTrait, subject: &str) -> Result<Option<CallerBlock>> {
    Entity::find_by_id(subject).one(db).await?.map(to_block).transpose()
}

/// Takes a block back; false where there is none.
pub async fn remove(db: &impl ConnectionTrait, subject: &str) -> Result<bool> {
    Ok(Entity::delete_by_id(subject).exec(db).await?.rows_affected == 1)
}

/// Removes those that are over.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::Until.lte(micros(now))).exec(db).await?.rows_affected)
}

fn to_block(row: Model) -> Result<CallerBlock> {
    Ok(CallerBlock {
        kind: word(CallerKind::parse(&row.kind), &row.kind)?,
        blocked_at: instant(row.blocked_at)?,
        until: instant(row.until)?,
        subject: row.subject,
        title: row.title,
        reason: row.reason,
        blocked_by: row.blocked_by,
    })
}
