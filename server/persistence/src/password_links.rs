//! Links to choose a new password: kept as hashes, used once, short-lived.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::convert::micros;
use crate::entities::password_link;
use crate::error::Result;

/// Makes a link the only one of somebody.
pub async fn replace(
    db: &impl ConnectionTrait,
    user_id: &str,
    token_hash: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    remove_of_user(db, user_id).await?;
    let row = password_link::Model {
        token_hash: token_hash.to_owned(),
        user_id: user_id.to_owned(),
        expires_at: micros(expires_at),
    };
    password_link::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Whose live link this is.
pub async fn find(db: &impl ConnectionTrait, token_hash: &str, now: DateTime<Utc>) -> Result<Option<String>> {
    let row = password_link::Entity::find_by_id(token_hash)
        .filter(password_link::Column::ExpiresAt.gt(micros(now)))
        .one(db)
        .await?;
    Ok(row.map(|row| row.user_id))
}

/// Uses a live link up; false where somebody else was faster.
pub async fn take(db: &impl ConnectionTrait, token_hash: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = password_link::Entity::delete_many()
        .filter(password_link::Column::TokenHash.eq(token_hash))
        .filter(password_link::Column::ExpiresAt.gt(micros(now)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Removes all links of somebody.
pub async fn remove_of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<()> {
    password_link::Entity::delete_many().filter(password_link::Column::UserId.eq(user_id)).exec(db).await?;
    Ok(())
}

/// Removes the links that have ended.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let ended = password_link::Column::ExpiresAt.lte(micros(now));
    Ok(password_link::Entity::delete_many().filter(ended).exec(db).await?.rows_affected)
}
