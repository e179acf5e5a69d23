//! Authenticator apps as second factors, the recovery codes that stand in for any, and who is asked for one; passkeys are in `passkeys`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};

use crate::convert::{maybe_instant, micros};
use crate::entities::{passkey, recovery_code, second_factor};
use crate::error::Result;

/// Somebody's authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The shared secret, sealed; nothing here can read it.
    pub sealed_secret: String,
    /// Since when it is asked for; none while it is being set up.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The last step of time (RFC 6238) for which a code was taken.
    pub last_step: i64,
}

/// Begins or replaces a second factor that is not asked for yet.
pub async fn begin(db: &impl ConnectionTrait, user_id: &str, sealed_secret: &str) -> Result<()> {
    let row = second_factor::Model {
        user_id: user_id.to_owned(),
        secret: sealed_secret.to_owned(),
        confirmed_at: None,
        last_step: 0,
    };
    second_factor::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(second_factor::Column::UserId)
                .update_columns([
                    second_factor::Column::Secret,
                    second_factor::Column::ConfirmedAt,
                    second_factor::Column::LastStep,
                ])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Somebody's second factor, confirmed or not.
pub async fn find(db: &impl ConnectionTrait, user_id: &str) -> Result<Option<SecondFactor>> {
    let row = second_factor::Entity::find_by_id(user_id).one(db).await?;
    row.map(|row| {
        Ok(SecondFactor {
            sealed_secret: row.secret,
            confirmed_at: maybe_instant(row.confirmed_at)?,
            last_step: row.last_step,
        })
    })
    .transpose()
}

/// Everybody who is asked for one, by app or by passkey.
pub async fn confirmed(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let by_app: Vec<String> = second_factor::Entity::find()
        .select_only()
        .column(second_factor::Column::UserId)
        .filter(second_factor::Column::ConfirmedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let by_passkey: Vec<String> =
        passkey::Entity::find().select_only().column(passkey::Column::UserId).distinct().into_tuple().all(db).await?;
    let all: BTreeSet<String> = by_app.into_iter().chain(by_passkey).collect();
    Ok(all.into_iter().collect())
}

/// Whether somebody is asked for one, by app or by passkey.
pub async fn is_asked_for(db: &impl ConnectionTrait, user_id: &str) -> Result<bool> {
    if find(db, user_id).await?.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Ok(true);
    }
    Ok(passkey::Entity::find().filter(passkey::Column::UserId.eq(user_id)).count(db).await? > 0)
}

/// From now on it is asked for.
pub async fn confirm(db: &impl ConnectionTrait, user_id: &str, now: DateTime<Utc>) -> Result<()> {
    second_factor::Entity::update_many()
        .col_expr(second_factor::Column::ConfirmedAt, Expr::value(micros(now)))
        .filter(second_factor::Column::UserId.eq(user_id))
        .exec(db)
        .await?;
    Ok(())
}

/// Uses up the code of a step; false where this or a later one was used before.
pub async fn use_step(db: &impl ConnectionTrait, user_id: &str, step: i64) -> Result<bool> {
    let done = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .filter(second_factor::Column::UserId.eq(user_id))
        .filter(second_factor::Column::LastStep.lt(step))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Removes somebody's app; false where there was none. The recovery codes stay, as they may stand in for passkeys, too.
pub async fn remove(db: &impl ConnectionTrait, user_id: &str) -> Result<bool> {
    let done = second_factor::Entity::delete_by_id(user_id).exec(db).await?;
    Ok(done.rows_affected == 1)
}

/// Removes all recovery codes of somebody.
pub async fn remove_codes(db: &impl ConnectionTrait, user_id: &str) -> Result<()> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(db).await?;
    Ok(())
}

/// Replaces all recovery codes, given by their hashes.
pub async fn replace_codes(db: &impl ConnectionTrait, user_id: &str, hashes: &[String]) -> Result<()> {
    remove_codes(db, user_id).await?;
    let rows = hashes.iter().map(|hash| {
        recovery_code::Model { user_id: user_id.to_owned(), code_hash: hash.clone(), used_at: None }.into_active_model()
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Uses up a recovery code; false where it is unknown or was used before.
pub async fn use_code(db: &impl ConnectionTrait, user_id: &str, hash: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(micros(now)))
        .filter(recovery_code::Column::UserId.eq(user_id))
        .filter(recovery_code::Column::CodeHash.eq(hash))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many recovery codes are left.
pub async fn codes_left(db: &impl ConnectionTrait, user_id: &str) -> Result<u64> {
    let unused = recovery_code::Entity::find()
        .filter(recovery_code::Column::UserId.eq(user_id))
        .filter(recovery_code::Column::UsedAt.is_null());
    Ok(unused.count(db).await?)
}
