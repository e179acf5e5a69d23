//! Work that follows from a commit: written in its transaction, done afterwards, at least once.

use chrono::{DateTime, Utc};
use domain::views::Step;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, from_json, json, maybe_instant, micros};
use crate::entities::outbox;
use crate::error::Result;

/// A piece of work.
#[derive(Clone, Debug)]
pub struct Task {
    /// A UUIDv7; order of ids is order of commits within a bundle.
    pub id: String,
    /// The bundle it follows from.
    pub bundle_id: Option<String>,
    /// What to do, such as `search_index` or `alert`.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// With what.
    pub payload: serde_json::Value,
    /// Whether the publication counts as unfinished without it.
    pub blocking: bool,
    /// How often it was tried.
    pub attempts: u32,
}

/// Adds work to be done from `now` on.
pub async fn push(db: &impl ConnectionTrait, task: &Task, now: DateTime<Utc>) -> Result<()> {
    let row = outbox::Model {
        id: task.id.clone(),
        bundle_id: task.bundle_id.clone(),
        kind: task.kind.clone(),
        subject: task.subject.clone(),
        payload: json(&task.payload)?,
        blocking: task.blocking,
        available_at: micros(now),
        attempts: 0,
        last_error: None,
        started_at: None,
        finished_at: None,
    };
    outbox::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes work that is due; it comes back after `hidden_until` unless it is finished before.
pub async fn take_due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    hidden_until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Task>> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::FinishedAt.is_null())
        .filter(outbox::Column::AvailableAt.lte(micros(now)))
        .order_by_asc(outbox::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::AvailableAt, Expr::value(micros(hidden_until)))
            .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).add(1))
            .col_expr(outbox::Column::StartedAt, Expr::value(micros(now)))
            .filter(outbox::Column::Id.eq(&row.id))
            .filter(outbox::Column::AvailableAt.eq(row.available_at))
            .filter(outbox::Column::FinishedAt.is_null())
            .exec(db)
            .await?;
        if done.rows_affected == 1 {
            taken.push(Task {
                attempts: count(row.attempts + 1)?,
                payload: from_json(&row.payload)?,
                id: row.id,
                bundle_id: row.bundle_id,
                kind: row.kind,
                subject: row.subject,
                blocking: row.blocking,
            });
        }
    }
    Ok(taken)
}

/// Notes that work is done.
pub async fn finish(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::FinishedAt, Expr::value(micros(now)))
        .filter(outbox::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes why work failed and when to try again.
pub async fn fail(db: &impl ConnectionTrait, id: &str, error: &str, again: DateTime<Utc>) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::LastError, Expr::value(error))
        .col_expr(outbox::Column::AvailableAt, Expr::value(micros(again)))
        .filter(outbox::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Work not yet done.
pub async fn open_count(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(outbox::Entity::find().filter(outbox::Column::FinishedAt.is_null()).count(db).await?)
}

/// The work that follows from a bundle, as steps of its publication.
pub async fn steps_of(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<Step>> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::BundleId.eq(bundle_id))
        .order_by_asc(outbox::Column::Id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let state = match (row.finished_at, row.attempts, &row.last_error) {
                (Some(_), _, _) => "done",
                (None, 0, _) => "pending",
                (None, _, Some(_)) => "failed",
                (None, _, None) => "running",
            };
            Ok(Step {
                name: row.kind,
                state: state.to_owned(),
                blocking: row.blocking,
                attempts: count(row.attempts)?,
                last_error: row.last_error,
                started_at: maybe_instant(row.started_at)?,
                finished_at: maybe_instant(row.finished_at)?,
            })
        })
        .collect()
}
