//! Conditions that open no incident for a time.

use chrono::{DateTime, Utc};
use domain::operations::{Condition, Silence};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{instant, micros, word};
use crate::entities::alert_silence::{Column, Entity, Model};
use crate::error::Result;

/// Writes a silence, in place of the one before.
pub async fn save(db: &impl ConnectionTrait, silence: &Silence) -> Result<()> {
    let row = Model {
        silence_key: silence.key(),
        alert_condition: silence.condition.as_str().to_owned(),
        subject: silence.subject.clone(),
        reason: silence.reason.clone(),
        silenced_by: silence.silenced_by.clone(),
        silenced_at: micros(silence.silenced_at),
        until: micros(silence.until),
    };
    let newer = OnConflict::column(Column::SilenceKey)
        .update_columns([Column::Reason, Column::SilencedBy, Column::SilencedAt, Column::Until])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(newer).exec_without_returning(db).await?;
    Ok(())
}

/// Those that hold, the newest first.
pub async fn list(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Silence>> {
    let holds = Column::Until.gt(micros(now));
    let rows = Entity::find().filter(holds).order_by_desc(Column::SilencedAt).order_by_asc(Column::SilenceKey);
    rows.all(db).await?.into_iter().map(to_silence).collect()
}

/// The silence of this key, over or not.
pub async fn find(db: &impl ConnectionTrait, key: &str) -> Result<Option<Silence>> {
    Entity::find_by_id(key).one(db).await?.map(to_silence).transpose()
}

/// Takes a silence back; false where there is none.
pub async fn remove(db: &impl ConnectionTrait, key: &str) -> Result<bool> {
    Ok(Entity::delete_by_id(key).exec(db).await?.rows_affected == 1)
}

/// Removes those that are over.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::Until.lte(micros(now))).exec(db).await?.rows_affected)
}

fn to_silence(row: Model) -> Result<Silence> {
    Ok(Silence {
        condition: word(Condition::parse(&row.alert_condition), &row.alert_condition)?,
        silenced_at: instant(row.silenced_at)?,
        until: instant(row.until)?,
        subject: row.subject,
        reason: row.reason,
        silenced_by: row.silenced_by,
    })
}
