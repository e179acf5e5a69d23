//! Large outputs of filters: a job each, which somebody takes for a time and concludes, and the files that it made.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::filter::{OutputJob, OutputState};
use domain::selection::DataFormat;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, instant, micros, whole, word};
use crate::entities::output_job::{Column, Entity, Model};
use crate::entities::{filter_output, output_file};
use crate::error::Result;

/// A file that a job made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its format.
    pub format: DataFormat,
    /// Where its bytes are.
    pub object_key: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

const OPEN: [&str; 2] = [OutputState::Pending.as_str(), OutputState::Running.as_str()];

/// Adds the job of an output, to be done as soon as it is due; `asked_by` stands for who asked, to count by.
pub async fn insert(
    db: &impl ConnectionTrait,
    job: &OutputJob,
    asked_by: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let row = Model {
        output_id: job.output_id.clone(),
        file_id: job.file_id.clone(),
        asked_by: asked_by.to_owned(),
        state: job.state.as_str().to_owned(),
        attempts: i64::from(job.attempts),
        forgiven: i64::from(job.forgiven),
        available_at: micros(job.available_at),
        held_by: None,
        rows_written: 0,
        last_error: None,
        created_at: micros(job.created_at),
        expires_at: micros(expires_at),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The job of an output, where it has one.
pub async fn find(db: &impl ConnectionTrait, output_id: &str) -> Result<Option<OutputJob>> {
    Entity::find_by_id(output_id).one(db).await?.map(to_job).transpose()
}

/// Takes jobs that are due, those too whose taker has been silent until the end of its hold.
pub async fn take_due(
    db: &impl ConnectionTrait,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<OutputJob>> {
    let rows = Entity::find()
        .filter(Column::State.is_in(OPEN))
        .filter(Column::AvailableAt.lte(micros(now)))
        .filter(Column::ExpiresAt.gt(micros(now)))
        .order_by_asc(Column::AvailableAt)
        .order_by_asc(Column::OutputId)
        .limit(limit)
        .all(db)
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(OutputState::Running.as_str()))
            .col_expr(Column::AvailableAt, Expr::value(micros(until)))
            .col_expr(Column::HeldBy, Expr::value(holder))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::RowsWritten, Expr::value(0_i64))
            .filter(Column::OutputId.eq(&row.output_id))
            .filter(Column::State.eq(&row.state))
            .filter(Column::AvailableAt.eq(row.available_at))
            .filter(Column::Attempts.eq(row.attempts))
            .exec(db)
            .await?;
        if done.rows_affected == 1 {
            let running = OutputState::Running.as_str().to_owned();
            taken.push(to_job(Model { attempts: row.attempts + 1, state: running, ..row })?);
        }
    }
    Ok(taken)
}

fn held(output_id: &str, holder: &str) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::OutputId.eq(output_id))
        .filter(Column::HeldBy.eq(holder))
        .filter(Column::State.eq(OutputState::Running.as_str()))
}

/// Holds a job longer and keeps how many rows were written; false where it is no longer held.
pub async fn renew(
    db: &impl ConnectionTrait,
    output_id: &str,
    holder: &str,
    until: DateTime<Utc>,
    rows: u64,
) -> Result<bool> {
    let done = held(output_id, holder)
        .col_expr(Column::AvailableAt, Expr::value(micros(until)))
        .col_expr(Column::RowsWritten, Expr::value(whole(rows)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Concludes a job with what it made; false where it is no longer held, and then nothing is kept.
pub async fn finish(
    db: &impl ConnectionTrait,
    output_id: &str,
    holder: &str,
    rows: u64,
    files: &[OutputFile],
) -> Result<bool> {
    let done = held(output_id, holder)
        .col_expr(Column::State, Expr::value(OutputState::Completed.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::RowsWritten, Expr::value(whole(rows)))
        .col_expr(Column::LastError, Expr::value(None::<String>))
        .exec(db)
        .await?;
    if done.rows_affected != 1 {
        return Ok(false);
    }
    for made in files {
        let row = output_file::Model {
            output_id: output_id.to_owned(),
            format: made.format.as_str().to_owned(),
            object_key: made.object_key.clone(),
            size: whole(made.size),
            sha256: made.sha256.clone(),
            made_at: micros(made.made_at),
        };
        output_file::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(true)
}

/// Puts a job off after a fault of ours; false where it is no longer held.
pub async fn put_off(
    db: &impl ConnectionTrait,
    output_id: &str,
    holder: &str,
    error: &str,
    until: DateTime<Utc>,
) -> Result<bool> {
    let done = held(output_id, holder)
        .col_expr(Column::State, Expr::value(OutputState::Pending.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::AvailableAt, Expr::value(micros(until)))
        .col_expr(Column::LastError, Expr::value(error))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Gives a job up; false where it is no longer held.
pub async fn fail(db: &impl ConnectionTrait, output_id: &str, holder: &str, error: &str) -> Result<bool> {
    let done = held(output_id, holder)
        .col_expr(Column::State, Expr::value(OutputState::Failed.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::LastError, Expr::value(error))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Queues a failed job again, with all its tries before it; false where it has not failed.
pub async fn retry(db: &impl ConnectionTrait, output_id: &str, asked_by: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(OutputState::Pending.as_str()))
        .col_expr(Column::AskedBy, Expr::value(asked_by))
        .col_expr(Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(Column::Forgiven, Expr::col(Column::Attempts))
        .col_expr(Column::RowsWritten, Expr::value(0_i64))
        .filter(Column::OutputId.eq(output_id))
        .filter(Column::State.eq(OutputState::Failed.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Lets go of what a node held when it stopped; how much that was.
pub async fn release_held(db: &impl ConnectionTrait, node: &str, now: DateTime<Utc>) -> Result<u64> {
    let done = Entity::update_many()
        .col_expr(Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::State, Expr::value(OutputState::Pending.as_str()))
        .filter(Column::HeldBy.starts_with(format!("{node}/")))
        .filter(Column::State.eq(OutputState::Running.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The file of an output in a format, where it was made.
pub async fn file(db: &impl ConnectionTrait, output_id: &str, format: DataFormat) -> Result<Option<OutputFile>> {
    let found = output_file::Entity::find()
        .filter(output_file::Column::OutputId.eq(output_id))
        .filter(output_file::Column::Format.eq(format.as_str()))
        .one(db)
        .await?;
    found
        .map(|row| {
            Ok(OutputFile {
                format,
                size: count(row.size)?,
                made_at: instant(row.made_at)?,
                object_key: row.object_key,
                sha256: row.sha256,
            })
        })
        .transpose()
}

/// Fails the jobs of a file that is no longer given out and forgets what they made; their outputs' ids.
pub async fn recall(db: &impl ConnectionTrait, file_id: &str, error: &str) -> Result<Vec<String>> {
    let these = Entity::find().filter(Column::FileId.eq(file_id)).select_only().column(Column::OutputId);
    let ids: Vec<String> = these.into_tuple().all(db).await?;
    if ids.is_empty() {
        return Ok(ids);
    }
    let of_them = output_file::Column::OutputId.is_in(ids.iter().map(String::as_str));
    output_file::Entity::delete_many().filter(of_them).exec(db).await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(OutputState::Failed.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::LastError, Expr::value(error))
        .filter(Column::FileId.eq(file_id))
        .exec(db)
        .await?;
    Ok(ids)
}

/// Outputs with a job whose time is over, some at once.
pub async fn expired(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<String>> {
    let these = Entity::find().filter(Column::ExpiresAt.lte(micros(now))).order_by_asc(Column::ExpiresAt).limit(limit);
    Ok(these.select_only().column(Column::OutputId).into_tuple().all(db).await?)
}

/// Forgets an output with its job and its files.
pub async fn delete(db: &impl ConnectionTrait, output_id: &str) -> Result<()> {
    output_file::Entity::delete_many().filter(output_file::Column::OutputId.eq(output_id)).exec(db).await?;
    Entity::delete_by_id(output_id).exec(db).await?;
    filter_output::Entity::delete_by_id(output_id).exec(db).await?;
    Ok(())
}

/// How many jobs are open, and how many there are at all, of this asker or, without one, of everybody.
pub async fn numbers(db: &impl ConnectionTrait, asked_by: Option<&str>) -> Result<(u64, u64)> {
    let mut these = Entity::find();
    if let Some(asked_by) = asked_by {
        these = these.filter(Column::AskedBy.eq(asked_by));
    }
    let open = these.clone().filter(Column::State.is_in(OPEN)).count(db).await?;
    Ok((open, these.count(db).await?))
}

/// The bytes of all files that are kept.
pub async fn bytes(db: &impl ConnectionTrait) -> Result<u64> {
    let sizes = output_file::Entity::find().select_only().column(output_file::Column::Size);
    let sizes: Vec<i64> = sizes.into_tuple().all(db).await?;
    count(sizes.into_iter().fold(0, i64::saturating_add))
}

/// The keys of all files that are kept, and the outputs that are being made.
pub async fn kept(db: &impl ConnectionTrait) -> Result<(HashSet<String>, HashSet<String>)> {
    let open = Entity::find().filter(Column::State.is_in(OPEN)).select_only().column(Column::OutputId);
    let open: Vec<String> = open.into_tuple().all(db).await?;
    let keys = output_file::Entity::find().select_only().column(output_file::Column::ObjectKey);
    let keys: Vec<String> = keys.into_tuple().all(db).await?;
    Ok((keys.into_iter().collect(), open.into_iter().collect()))
}

/// How many jobs are in a state.
pub async fn depth(db: &impl ConnectionTrait, state: OutputState) -> Result<u64> {
    Ok(Entity::find().filter(Column::State.eq(state.as_str())).count(db).await?)
}

fn to_job(row: Model) -> Result<OutputJob> {
    Ok(OutputJob {
        state: word(OutputState::parse(&row.state), &row.state)?,
        attempts: count(row.attempts)?,
        forgiven: count(row.forgiven)?,
        rows_written: count(row.rows_written)?,
        available_at: instant(row.available_at)?,
        created_at: instant(row.created_at)?,
        last_error: row.last_error,
        output_id: row.output_id,
        file_id: row.file_id,
    })
}
