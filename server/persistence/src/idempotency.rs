//! Requests that carry an `Idempotency-Key`: taken once, answered the same ever after (ADR 14).

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::convert::{instant, micros};
use crate::entities::idempotent_request;
use crate::error::{PersistenceError, Result};

tokio::task_local! {
    /// The attempt that whatever commits now belongs to.
    static ATTEMPT: String;
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers worth repeating, as a JSON list of pairs.
    pub headers: String,
    /// The body; `None` where it held a secret that is shown once.
    pub body: Option<String>,
}

/// What is known of a request that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What it is recognised by: of its head alone until there is an answer, then also of its body.
    pub fingerprint: String,
    /// Until when it may still be running.
    pub locked_until: DateTime<Utc>,
    /// Whether something of it was committed.
    pub committed: bool,
    /// Its answer, once there is one.
    pub answer: Option<KeptAnswer>,
}

/// Takes a key that nobody has used since `forgotten_before`; `false` where it is known.
pub async fn begin(
    db: &impl ConnectionTrait,
    id: &str,
    fingerprint: &str,
    now: DateTime<Utc>,
    locked_until: DateTime<Utc>,
    forgotten_before: DateTime<Utc>,
) -> Result<bool> {
    idempotent_request::Entity::delete_many()
        .filter(idempotent_request::Column::Id.eq(id))
        .filter(idempotent_request::Column::CreatedAt.lte(micros(forgotten_before)))
        .exec(db)
        .await?;
    let row = idempotent_request::Model {
        id: id.to_owned(),
        fingerprint: fingerprint.to_owned(),
        created_at: micros(now),
        locked_until: micros(locked_until),
        committed: false,
        status: None,
        headers: None,
        body: None,
    };
    let inserted = idempotent_request::Entity::insert(row.into_active_model()).exec_without_returning(db).await;
    match inserted.map_err(PersistenceError::from) {
        Ok(_) => Ok(true),
        Err(PersistenceError::Duplicate(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Takes over from an attempt that was cut off before anything of it was committed; `false` where somebody else did.
pub async fn take_over(
    db: &impl ConnectionTrait,
    id: &str,
    seen: &Attempt,
    now: DateTime<Utc>,
    locked_until: DateTime<Utc>,
) -> Result<bool> {
    let done = idempotent_request::Entity::update_many()
        .col_expr(idempotent_request::Column::LockedUntil, Expr::value(micros(locked_until)))
        .filter(idempotent_request::Column::Id.eq(id))
        .filter(idempotent_request::Column::LockedUntil.eq(micros(seen.locked_until)))
        .filter(idempotent_request::Column::LockedUntil.lte(micros(now)))
        .filter(idempotent_request::Column::Committed.eq(false))
        .filter(idempotent_request::Column::Status.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// What is known of the request.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Attempt>> {
    let row = idempotent_request::Entity::find_by_id(id).one(db).await?;
    row.map(|row| {
        let status = row.status.map(u16::try_from).transpose();
        let status = status.map_err(|_| PersistenceError::Inconsistent("a status beyond any".to_owned()))?;
        Ok(Attempt {
            fingerprint: row.fingerprint,
            locked_until: instant(row.locked_until)?,
            committed: row.committed,
            answer: status.map(|status| KeptAnswer {
                status,
                headers: row.headers.unwrap_or_else(|| "[]".to_owned()),
                body: row.body,
            }),
        })
    })
    .transpose()
}

/// Keeps the answer, and what a repetition of the request is recognised by.
pub async fn keep(db: &impl ConnectionTrait, id: &str, fingerprint: &str, answer: &KeptAnswer) -> Result<()> {
    idempotent_request::Entity::update_many()
        .col_expr(idempotent_request::Column::Fingerprint, Expr::value(fingerprint))
        .col_expr(idempotent_request::Column::Status, Expr::value(i64::from(answer.status)))
        .col_expr(idempotent_request::Column::Headers, Expr::value(answer.headers.as_str()))
        .col_expr(idempotent_request::Column::Body, Expr::value(answer.body.clone()))
        .filter(idempotent_request::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Frees the key of an attempt that changed nothing; one of which something was committed stays.
pub async fn release(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    idempotent_request::Entity::delete_many()
        .filter(idempotent_request::Column::Id.eq(id))
        .filter(idempotent_request::Column::Committed.eq(false))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes what is older; the number of rows.
pub async fn forget(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let done = idempotent_request::Entity::delete_many()
        .filter(idempotent_request::Column::CreatedAt.lte(micros(before)))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Does work whose commits are noted beside the attempt, each in its own transaction.
pub async fn within<F: Future>(id: String, work: F) -> F::Output {
    ATTEMPT.scope(id, work).await
}

/// Notes, in the transaction that is about to commit, that the attempt has taken effect.
pub(crate) async fn note_commit(tx: &impl ConnectionTrait) -> Result<()> {
    let Ok(id) = ATTEMPT.try_with(Clone::clone) else { return Ok(()) };
    idempotent_request::Entity::update_many()
        .col_expr(idempotent_request::Column::Committed, Expr::value(true))
        .filter(idempotent_request::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
