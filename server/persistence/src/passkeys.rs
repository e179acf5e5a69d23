//! Passkeys; what they sign with stays with their person, and here is only what checks it.

use chrono::{DateTime, Utc};
use domain::account::Passkey;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{instant, maybe_instant, micros};
use crate::entities::passkey::{Column, Entity, Model};
use crate::error::Result;

/// A passkey with what checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPasskey {
    /// The passkey as people see it.
    pub passkey: Passkey,
    /// What checks its signatures, as JSON that nothing here reads.
    pub credential: String,
}

/// Adds a passkey, known among all by the hash of its credential's id.
///
/// # Errors
/// `Duplicate` where that credential is known already, whoever has it.
pub async fn insert(db: &impl ConnectionTrait, new: &StoredPasskey, credential_hash: &str) -> Result<()> {
    let row = Model {
        id: new.passkey.id.clone(),
        user_id: new.passkey.user_id.clone(),
        name: new.passkey.name.clone(),
        credential_hash: credential_hash.to_owned(),
        credential: new.credential.clone(),
        counter: 0,
        created_at: micros(new.passkey.created_at),
        last_used_at: new.passkey.last_used_at.map(micros),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The passkeys of somebody, the newest first, with what checks them.
pub async fn of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<Vec<StoredPasskey>> {
    let of_user = Entity::find().filter(Column::UserId.eq(user_id));
    let rows = of_user.order_by_desc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(to_passkey).collect()
}

/// Notes that a passkey was used, with what checks it from now on and how often its device says that it has signed; false where it
/// was removed meanwhile, or where that count does not go on. A device that does not count always says 0.
pub async fn note_use(
    db: &impl ConnectionTrait,
    id: &str,
    credential: &str,
    counter: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    // One that counts nothing stays at 0, and none that ever counted goes back to it.
    let before = if counter == 0 { Column::Counter.eq(0) } else { Column::Counter.lt(counter) };
    let done = Entity::update_many()
        .col_expr(Column::Credential, Expr::value(credential))
        .col_expr(Column::Counter, Expr::value(counter))
        .col_expr(Column::LastUsedAt, Expr::value(micros(now)))
        .filter(Column::Id.eq(id))
        .filter(before)
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Removes a passkey; false where it was removed before.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

/// Removes all passkeys of somebody; how many there were.
pub async fn delete_of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::UserId.eq(user_id)).exec(db).await?.rows_affected)
}

fn to_passkey(row: Model) -> Result<StoredPasskey> {
    let passkey = Passkey {
        created_at: instant(row.created_at)?,
        last_used_at: maybe_instant(row.last_used_at)?,
        id: row.id,
        user_id: row.user_id,
        name: row.name,
    };
    Ok(StoredPasskey { passkey, credential: row.credential })
}
