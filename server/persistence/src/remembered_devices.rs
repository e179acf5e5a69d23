//! Devices that are remembered at the second step of signing in; what they show is kept as a hash.

use chrono::{DateTime, Utc};
use domain::account::RememberedDevice;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{instant, maybe_instant, micros};
use crate::entities::remembered_device::{Column, Entity, Model};
use crate::error::Result;

/// Adds a device, known from now on by the hash of what it shows.
pub async fn insert(db: &impl ConnectionTrait, device: &RememberedDevice, token_hash: &str) -> Result<()> {
    let row = Model {
        id: device.id.clone(),
        token_hash: token_hash.to_owned(),
        user_id: device.user_id.clone(),
        browser: device.browser.clone(),
        created_at: micros(device.created_at),
        expires_at: micros(device.expires_at),
        last_used_at: device.last_used_at.map(micros),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The device that shows what has this hash, whether its time is over or not.
pub async fn find(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<RememberedDevice>> {
    Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?.map(to_device).transpose()
}

/// The devices of somebody, the newest first, whether their time is over or not.
pub async fn of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<Vec<RememberedDevice>> {
    let of_user = Entity::find().filter(Column::UserId.eq(user_id));
    let rows = of_user.order_by_desc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(to_device).collect()
}

/// Notes that a device was used; false where it was forgotten meanwhile.
pub async fn note_use(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(micros(now)))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Forgets a device; false where it was forgotten before.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

/// Removes the devices whose time is over.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(micros(now))).exec(db).await?.rows_affected)
}

fn to_device(row: Model) -> Result<RememberedDevice> {
    Ok(RememberedDevice {
        created_at: instant(row.created_at)?,
        expires_at: instant(row.expires_at)?,
        last_used_at: maybe_instant(row.last_used_at)?,
        id: row.id,
        user_id: row.user_id,
        browser: row.browser,
    })
}
