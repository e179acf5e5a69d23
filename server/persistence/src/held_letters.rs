//! Letters of notifications that wait for the daily letter of their readers, or for the end of their quiet hours.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::held_letter::{Column, Entity, Model};
use crate::error::Result;

/// A letter that waits, as the task was that stood for it in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLetter {
    /// The id of the task.
    pub id: String,
    /// Whose letter it is.
    pub user_id: String,
    /// The task's kind.
    pub kind: String,
    /// To what, or what it is called.
    pub subject: String,
    /// With what.
    pub payload: serde_json::Value,
    /// Since when it waits.
    pub held_at: DateTime<Utc>,
    /// Until when.
    pub due_at: DateTime<Utc>,
}

/// Keeps letters until they are due.
pub async fn insert_all(db: &impl ConnectionTrait, letters: &[HeldLetter]) -> Result<()> {
    for letter in letters {
        let row = Model {
            id: letter.id.clone(),
            user_id: letter.user_id.clone(),
            kind: letter.kind.clone(),
            subject: letter.subject.clone(),
            payload: json(&letter.payload)?,
            held_at: micros(letter.held_at),
            due_at: micros(letter.due_at),
        };
        Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Those for whom a letter is due.
pub async fn readers_due(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::DueAt.lte(micros(now)))
        .group_by(Column::UserId)
        .order_by_asc(Column::UserId)
        .limit(limit);
    Ok(query.into_tuple().all(db).await?)
}

/// Takes what is due for somebody, the oldest first; nothing where another node takes it, so that the transaction is to be dropped.
pub async fn take_due(
    db: &impl ConnectionTrait,
    user_id: &str,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<HeldLetter>> {
    let due = Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::DueAt.lte(micros(now)));
    let rows = due.order_by_asc(Column::HeldAt).order_by_asc(Column::Id).limit(limit).all(db).await?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let taken = Entity::delete_many().filter(Column::Id.is_in(ids)).exec(db).await?.rows_affected;
    if u64::try_from(rows.len()).is_ok_and(|found| found == taken) {
        rows.into_iter().map(to_letter).collect()
    } else {
        Ok(Vec::new())
    }
}

fn to_letter(row: Model) -> Result<HeldLetter> {
    Ok(HeldLetter {
        payload: from_json(&row.payload)?,
        held_at: instant(row.held_at)?,
        due_at: instant(row.due_at)?,
        id: row.id,
        user_id: row.user_id,
        kind: row.kind,
        subject: row.subject,
    })
}
