//! Sessions, as opaque documents with an end.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::convert::{instant, micros};
use crate::entities::session;
use crate::error::Result;

/// A stored session.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// An unguessable id.
    pub id: String,
    /// Whose it is, once signed in.
    pub user_id: Option<String>,
    /// Its contents as JSON.
    pub data: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Adds a session; a known id is an error.
pub async fn insert(db: &impl ConnectionTrait, session: &StoredSession) -> Result<()> {
    session::Entity::insert(to_row(session).into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Adds or replaces a session.
pub async fn save(db: &impl ConnectionTrait, session: &StoredSession) -> Result<()> {
    session::Entity::insert(to_row(session).into_active_model())
        .on_conflict(
            OnConflict::column(session::Column::Id)
                .update_columns([session::Column::UserId, session::Column::Data, session::Column::ExpiresAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The session, if it has not ended.
pub async fn load(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<Option<StoredSession>> {
    let row = session::Entity::find_by_id(id).filter(session::Column::ExpiresAt.gt(micros(now))).one(db).await?;
    row.map(|row| {
        Ok(StoredSession { expires_at: instant(row.expires_at)?, id: row.id, user_id: row.user_id, data: row.data })
    })
    .transpose()
}

/// Ends a session.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    session::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Ends all sessions of somebody.
pub async fn delete_of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<u64> {
    let done = session::Entity::delete_many().filter(session::Column::UserId.eq(user_id)).exec(db).await?;
    Ok(done.rows_affected)
}

/// Removes the sessions that have ended.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let done = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(micros(now))).exec(db).await?;
    Ok(done.rows_affected)
}

fn to_row(session: &StoredSession) -> session::Model {
    session::Model {
        id: session.id.clone(),
        user_id: session.user_id.clone(),
        data: session.data.clone(),
        expires_at: micros(session.expires_at),
    }
}
