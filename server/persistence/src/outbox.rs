//! Work that follows from a commit: written in its transaction, done afterwards, at least once.
//!
//! Whoever takes a task holds it until an instant; it is held by its number of attempts and that instant, so that what
//! a slow taker says after its time changes nothing. Tasks of one lane are taken one after another, in order.

mod operating;
mod steps;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, from_json, json, micros};
use crate::entities::outbox;
use crate::error::Result;

pub use operating::{
    Backlog, backlog, forget_finished, forget_skipped, is_queued, note_skipped, reopen, replay, skip, skip_open_named,
    skip_open_of, skipped_names_of,
};
pub use steps::{failing, newest_of_subject, of_no_bundle, payloads_of, step_named, steps_of};

/// A piece of work.
#[derive(Clone, Debug)]
pub struct Task {
    /// A UUIDv7; order of ids is order of commits within a bundle.
    pub id: String,
    /// The bundle it follows from.
    pub bundle_id: Option<String>,
    /// What to do, such as `search_index` or `alert`.
    pub kind: String,
    /// What it is called among the steps of its bundle.
    pub name: String,
    /// Within what it keeps its order; without one it waits for nothing.
    pub lane: Option<String>,
    /// To what.
    pub subject: String,
    /// With what.
    pub payload: serde_json::Value,
    /// Whether the publication counts as unfinished without it.
    pub blocking: bool,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// How many of those tries no longer count, since an operator had it tried again.
    pub forgiven: u32,
    /// Until when whoever took it holds it.
    pub held_until: Option<DateTime<Utc>>,
}

impl Task {
    /// A task that nobody has taken, called like its kind, in no lane.
    #[must_use]
    pub fn new(id: String, kind: &str, subject: &str, payload: serde_json::Value) -> Self {
        Self {
            id,
            bundle_id: None,
            kind: kind.to_owned(),
            name: kind.to_owned(),
            lane: None,
            subject: subject.to_owned(),
            payload,
            blocking: false,
            attempts: 0,
            forgiven: 0,
            held_until: None,
        }
    }
}

/// Rows written at once.
const BATCH: usize = 500;

/// Adds work to be done from `now` on.
pub async fn push(db: &impl ConnectionTrait, task: &Task, now: DateTime<Utc>) -> Result<()> {
    push_all(db, std::slice::from_ref(task), now).await
}

/// The same for many tasks, in their order.
pub async fn push_all(db: &impl ConnectionTrait, tasks: &[Task], now: DateTime<Utc>) -> Result<()> {
    for some in tasks.chunks(BATCH) {
        let rows: Vec<outbox::Model> = some.iter().map(|task| row_of(task, now)).collect::<Result<_>>()?;
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        outbox::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Adds pieces of work to be done from `now` on, without those whose ids are there already.
pub async fn push_new(db: &impl ConnectionTrait, tasks: &[Task], now: DateTime<Utc>) -> Result<()> {
    let rows: Vec<_> = tasks.iter().map(|task| Ok(row_of(task, now)?.into_active_model())).collect::<Result<_>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    let known = OnConflict::column(outbox::Column::Id).do_nothing().to_owned();
    outbox::Entity::insert_many(rows).on_conflict(known).exec_without_returning(db).await?;
    Ok(())
}

/// Keeps how far work has come, for whoever takes it next; false where it is no longer held.
pub async fn note_progress(db: &impl ConnectionTrait, task: &Task, payload: &serde_json::Value) -> Result<bool> {
    let done = held(task).col_expr(outbox::Column::Payload, Expr::value(json(payload)?)).exec(db).await?;
    Ok(done.rows_affected == 1)
}

fn row_of(task: &Task, now: DateTime<Utc>) -> Result<outbox::Model> {
    Ok(outbox::Model {
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
        name: task.name.clone(),
        lane: task.lane.clone(),
        given_up_at: None,
        forgiven: 0,
        skip_reason: None,
        held_by: None,
    })
}

/// Who takes work, and until when nobody else may.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// The node.
    pub by: &'a str,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Takes work of a kind that is due and first of its lane; it comes back when the hold is over unless it is finished before.
pub async fn take_due(
    db: &impl ConnectionTrait,
    kind: &str,
    now: DateTime<Utc>,
    hold: Hold<'_>,
    limit: u64,
) -> Result<Vec<Task>> {
    let earlier = Alias::new("earlier");
    let in_the_way = Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, earlier.clone())
        .and_where(
            Expr::col((earlier.clone(), outbox::Column::Lane)).eq(Expr::col((outbox::Entity, outbox::Column::Lane))),
        )
        .and_where(Expr::col((earlier.clone(), outbox::Column::Id)).lt(Expr::col((outbox::Entity, outbox::Column::Id))))
        .and_where(Expr::col((earlier, outbox::Column::FinishedAt)).is_null())
        .to_owned();
    let rows = outbox::Entity::find()
        .filter(outbox::Column::Kind.eq(kind))
        .filter(outbox::Column::FinishedAt.is_null())
        .filter(outbox::Column::GivenUpAt.is_null())
        .filter(outbox::Column::AvailableAt.lte(micros(now)))
        .filter(Expr::exists(in_the_way).not())
        .order_by_asc(outbox::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::AvailableAt, Expr::value(micros(hold.until)))
            .col_expr(outbox::Column::HeldBy, Expr::value(hold.by))
            .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).add(1))
            .col_expr(outbox::Column::StartedAt, Expr::value(micros(now)))
            .filter(outbox::Column::Id.eq(&row.id))
            .filter(outbox::Column::AvailableAt.eq(row.available_at))
            .filter(outbox::Column::Attempts.eq(row.attempts))
            .filter(outbox::Column::FinishedAt.is_null())
            .filter(outbox::Column::GivenUpAt.is_null())
            .exec(db)
            .await?;
        if done.rows_affected == 1 {
            taken.push(Task { attempts: count(row.attempts + 1)?, held_until: Some(hold.until), ..to_task(row)? });
        }
    }
    Ok(taken)
}

/// Lets go of what a node held when it stopped, so that it is tried again at once; how much that was.
pub async fn release_held(db: &impl ConnectionTrait, node: &str, now: DateTime<Utc>) -> Result<u64> {
    let done = outbox::Entity::update_many()
        .col_expr(outbox::Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(outbox::Column::HeldBy, Expr::value(None::<String>))
        .filter(outbox::Column::HeldBy.eq(node))
        .filter(outbox::Column::FinishedAt.is_null())
        .filter(outbox::Column::GivenUpAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

fn to_task(row: outbox::Model) -> Result<Task> {
    Ok(Task {
        attempts: count(row.attempts)?,
        forgiven: count(row.forgiven)?,
        payload: from_json(&row.payload)?,
        held_until: None,
        id: row.id,
        bundle_id: row.bundle_id,
        kind: row.kind,
        name: row.name,
        lane: row.lane,
        subject: row.subject,
        blocking: row.blocking,
    })
}

/// An update of a task that whoever took it still holds; an operator or, after its time, another taker may have been faster.
fn held(task: &Task) -> sea_orm::UpdateMany<outbox::Entity> {
    outbox::Entity::update_many()
        .filter(outbox::Column::Id.eq(&task.id))
        .filter(outbox::Column::Attempts.eq(i64::from(task.attempts)))
        .filter(outbox::Column::AvailableAt.eq(task.held_until.map_or(0, micros)))
        .filter(outbox::Column::FinishedAt.is_null())
}

/// Notes that work is done; false where it is no longer held.
pub async fn finish(db: &impl ConnectionTrait, task: &Task, now: DateTime<Utc>) -> Result<bool> {
    let done = held(task).col_expr(outbox::Column::FinishedAt, Expr::value(micros(now))).exec(db).await?;
    Ok(done.rows_affected == 1)
}

/// Notes why work failed and when to try again; false where it is no longer held.
pub async fn fail(db: &impl ConnectionTrait, task: &Task, error: &str, again: DateTime<Utc>) -> Result<bool> {
    let done = held(task)
        .col_expr(outbox::Column::LastError, Expr::value(error))
        .col_expr(outbox::Column::AvailableAt, Expr::value(micros(again)))
        .col_expr(outbox::Column::HeldBy, Expr::value(None::<String>))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that work failed once too often: it stays until an operator has it tried again or leaves it out. False where it
/// is no longer held.
pub async fn give_up(db: &impl ConnectionTrait, task: &Task, error: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = held(task)
        .col_expr(outbox::Column::LastError, Expr::value(error))
        .col_expr(outbox::Column::GivenUpAt, Expr::value(micros(now)))
        .col_expr(outbox::Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(outbox::Column::HeldBy, Expr::value(None::<String>))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Puts work back untried until an instant; false where it is no longer held.
pub async fn postpone(db: &impl ConnectionTrait, task: &Task, until: DateTime<Utc>) -> Result<bool> {
    let done = held(task)
        .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).sub(1))
        .col_expr(outbox::Column::AvailableAt, Expr::value(micros(until)))
        .col_expr(outbox::Column::HeldBy, Expr::value(None::<String>))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Work not yet done.
pub async fn open_count(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(outbox::Entity::find().filter(outbox::Column::FinishedAt.is_null()).count(db).await?)
}
