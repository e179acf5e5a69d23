//! Files that are looked into after they were taken in: a job each, which somebody takes for a time and concludes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::file::{FileJob, FileJobState, FileSight, FileState};
use domain::policy::Reach;
use domain::table::{Problem, Profile};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::convert::{count, from_json, instant, json, micros, word};
use crate::entities::file;
use crate::entities::file_job::{Column, Entity, Model};
use crate::entities::version;
use crate::error::Result;

/// Whole of the progress as rows keep it.
const WHOLE: f32 = 1000.0;

/// Adds the job of a file, to be done from `now` on, in place of the one that it had.
pub async fn insert(db: &impl ConnectionTrait, file_id: &str, now: DateTime<Utc>) -> Result<()> {
    let row = Model {
        file_id: file_id.to_owned(),
        state: FileJobState::Queued.as_str().to_owned(),
        attempts: 0,
        forgiven: 0,
        available_at: micros(now),
        held_by: None,
        progress: 0,
        last_error: None,
        problems: "[]".to_owned(),
        created_at: micros(now),
    };
    forget(db, file_id).await?;
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the job of a file away, where it has one.
pub async fn forget(db: &impl ConnectionTrait, file_id: &str) -> Result<()> {
    Entity::delete_by_id(file_id).exec(db).await?;
    Ok(())
}

/// Takes jobs that are due, those too whose taker has been silent until the end of its hold.
pub async fn take_due(
    db: &impl ConnectionTrait,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<FileJob>> {
    let rows = Entity::find()
        .filter(Column::State.is_in(OPEN))
        .filter(Column::AvailableAt.lte(micros(now)))
        .order_by_asc(Column::AvailableAt)
        .order_by_asc(Column::FileId)
        .limit(limit)
        .all(db)
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(FileJobState::Running.as_str()))
            .col_expr(Column::AvailableAt, Expr::value(micros(until)))
            .col_expr(Column::HeldBy, Expr::value(holder))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::Progress, Expr::value(0))
            .filter(Column::FileId.eq(&row.file_id))
            .filter(Column::State.eq(&row.state))
            .filter(Column::AvailableAt.eq(row.available_at))
            .filter(Column::Attempts.eq(row.attempts))
            .exec(db)
            .await?;
        if done.rows_affected == 1 {
            set_state(db, &row.file_id, FileState::Processing).await?;
            let running = FileJobState::Running.as_str().to_owned();
            taken.push(to_job(Model { attempts: row.attempts + 1, state: running, ..row })?);
        }
    }
    Ok(taken)
}

const OPEN: [&str; 2] = [FileJobState::Queued.as_str(), FileJobState::Running.as_str()];

fn held(file_id: &str, holder: &str) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::FileId.eq(file_id))
        .filter(Column::HeldBy.eq(holder))
        .filter(Column::State.eq(FileJobState::Running.as_str()))
}

/// Holds a job longer and keeps how far it has come, from 0 to 1; false where it is no longer held.
pub async fn renew(
    db: &impl ConnectionTrait,
    file_id: &str,
    holder: &str,
    until: DateTime<Utc>,
    progress: f32,
) -> Result<bool> {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and a thousand")]
    let progress = (progress.clamp(0.0, 1.0) * WHOLE) as i64;
    let done = held(file_id, holder)
        .col_expr(Column::AvailableAt, Expr::value(micros(until)))
        .col_expr(Column::Progress, Expr::value(progress))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Concludes a job with what was found; false where it is no longer held.
pub async fn finish(
    db: &impl ConnectionTrait,
    file_id: &str,
    holder: &str,
    profile: Option<&Profile>,
    sight: &FileSight,
) -> Result<bool> {
    #[expect(clippy::cast_possible_truncation, reason = "a thousand")]
    let done = held(file_id, holder)
        .col_expr(Column::State, Expr::value(FileJobState::Done.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::Progress, Expr::value(WHOLE as i64))
        .col_expr(Column::LastError, Expr::value(None::<String>))
        .exec(db)
        .await?;
    if done.rows_affected != 1 {
        return Ok(false);
    }
    crate::files::keep_found(db, file_id, profile, sight).await?;
    Ok(true)
}

/// Puts a job off after a fault of ours; false where it is no longer held.
pub async fn put_off(
    db: &impl ConnectionTrait,
    file_id: &str,
    holder: &str,
    error: &str,
    until: DateTime<Utc>,
) -> Result<bool> {
    let done = held(file_id, holder)
        .col_expr(Column::State, Expr::value(FileJobState::Queued.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::AvailableAt, Expr::value(micros(until)))
        .col_expr(Column::LastError, Expr::value(error))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Gives a job up, and its file; false where it is no longer held.
pub async fn fail(
    db: &impl ConnectionTrait,
    file_id: &str,
    holder: &str,
    error: &str,
    problems: &[Problem],
) -> Result<bool> {
    let done = held(file_id, holder)
        .col_expr(Column::State, Expr::value(FileJobState::Failed.as_str()))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::Problems, Expr::value(json(&problems)?))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        set_state(db, file_id, FileState::Failed).await?;
    }
    Ok(done.rows_affected == 1)
}

async fn set_state(db: &impl ConnectionTrait, file_id: &str, state: FileState) -> Result<()> {
    let open = [FileState::Uploaded, FileState::Processing, FileState::Failed].map(FileState::as_str);
    file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(state.as_str()))
        .filter(file::Column::Id.eq(file_id))
        .filter(file::Column::State.is_in(open))
        .exec(db)
        .await?;
    Ok(())
}

/// Queues a failed job again, with all its tries before it; false where it has not failed.
pub async fn retry(db: &impl ConnectionTrait, file_id: &str, now: DateTime<Utc>) -> Result<bool> {
    let ended = [FileJobState::Failed, FileJobState::Cleared].map(FileJobState::as_str);
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(FileJobState::Queued.as_str()))
        .col_expr(Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(Column::Forgiven, Expr::col(Column::Attempts))
        .col_expr(Column::Problems, Expr::value("[]"))
        .filter(Column::FileId.eq(file_id))
        .filter(Column::State.is_in(ended))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        set_state(db, file_id, FileState::Uploaded).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Takes failed jobs off the queue; their files stay as they are. How many that were.
pub async fn clear_failed(db: &impl ConnectionTrait) -> Result<u64> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(FileJobState::Cleared.as_str()))
        .filter(Column::State.eq(FileJobState::Failed.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Lets go of what a node held when it stopped; how much that was.
pub async fn release_held(db: &impl ConnectionTrait, node: &str, now: DateTime<Utc>) -> Result<u64> {
    let done = Entity::update_many()
        .col_expr(Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::State, Expr::value(FileJobState::Queued.as_str()))
        .filter(Column::HeldBy.starts_with(format!("{node}/")))
        .filter(Column::State.eq(FileJobState::Running.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The jobs of these files, by the file's id.
pub async fn of_files(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, FileJob>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::FileId.is_in(ids.iter().copied())).all(db).await?;
    rows.into_iter().map(|row| Ok((row.file_id.clone(), to_job(row)?))).collect()
}

/// Jobs that wait, are being done or have failed, of files that somebody of this reach sees.
fn shown_to(reach: &Reach) -> Select<Entity> {
    let shown = [FileJobState::Queued, FileJobState::Running, FileJobState::Failed].map(FileJobState::as_str);
    let versions = Query::select()
        .column(version::Column::Id)
        .from(version::Entity)
        .cond_where(crate::versions::visible(reach))
        .to_owned();
    let files = Query::select()
        .column(file::Column::Id)
        .from(file::Entity)
        .and_where(file::Column::VersionId.in_subquery(versions))
        .to_owned();
    Entity::find().filter(Column::State.is_in(shown)).filter(Column::FileId.in_subquery(files))
}

/// The first of them, oldest first.
pub async fn queue(db: &impl ConnectionTrait, reach: &Reach, limit: u64) -> Result<Vec<FileJob>> {
    let rows =
        shown_to(reach).order_by_asc(Column::CreatedAt).order_by_asc(Column::FileId).limit(limit).all(db).await?;
    rows.into_iter().map(to_job).collect()
}

/// How many of them there are in each state, and since when the oldest of that.
pub async fn counts(db: &impl ConnectionTrait, reach: &Reach) -> Result<HashMap<FileJobState, (u64, DateTime<Utc>)>> {
    let rows: Vec<(String, i64, i64)> = shown_to(reach)
        .select_only()
        .column(Column::State)
        .column_as(Column::FileId.count(), "number")
        .column_as(Column::CreatedAt.min(), "oldest")
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let counted = |(state, number, oldest): (String, i64, i64)| {
        Ok((word(FileJobState::parse(&state), &state)?, (count(number)?, instant(oldest)?)))
    };
    rows.into_iter().map(counted).collect()
}

/// How many jobs are in a state, and since when the oldest of them.
pub async fn depth(db: &impl ConnectionTrait, state: FileJobState) -> Result<(u64, Option<DateTime<Utc>>)> {
    let these = Entity::find().filter(Column::State.eq(state.as_str()));
    let number = these.clone().count(db).await?;
    let oldest = these.order_by_asc(Column::CreatedAt).one(db).await?;
    Ok((number, oldest.map(|row| instant(row.created_at)).transpose()?))
}

#[expect(clippy::cast_precision_loss, reason = "between 0 and a thousand")]
fn to_job(row: Model) -> Result<FileJob> {
    Ok(FileJob {
        state: word(FileJobState::parse(&row.state), &row.state)?,
        attempts: count(row.attempts)?,
        forgiven: count(row.forgiven)?,
        progress: row.progress as f32 / WHOLE,
        problems: from_json(&row.problems)?,
        available_at: instant(row.available_at)?,
        created_at: instant(row.created_at)?,
        last_error: row.last_error,
        file_id: row.file_id,
    })
}
