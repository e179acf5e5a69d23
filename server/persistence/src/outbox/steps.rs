//! Work of the outbox as the steps of a publication.

use std::collections::HashMap;

use domain::page::{Page, Paging};
use domain::views::Step;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{count, from_json, instant, maybe_instant};
use crate::entities::outbox;
use crate::error::Result;

use super::{Task, to_task};

/// The work that follows from a bundle, as steps of its publication, oldest first.
pub async fn steps_of(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<Step>> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::BundleId.eq(bundle_id))
        .order_by_asc(outbox::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_step).collect()
}

/// The step of a bundle with this id or name, and the work behind it; of several of one name the one that is owed, else the newest.
pub async fn step_named(db: &impl ConnectionTrait, bundle_id: &str, named: &str) -> Result<Option<(Task, Step)>> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::BundleId.eq(bundle_id))
        .filter(outbox::Column::Id.eq(named).or(outbox::Column::Name.eq(named)))
        .order_by_desc(outbox::Column::Id)
        .all(db)
        .await?;
    let chosen = rows.iter().find(|row| row.finished_at.is_none()).or_else(|| rows.first()).cloned();
    chosen.map(|row| Ok((to_task(row.clone())?, to_step(row)?))).transpose()
}

/// The work of this id that follows from no bundle, and how it stands.
pub async fn of_no_bundle(db: &impl ConnectionTrait, id: &str) -> Result<Option<(Task, Step)>> {
    let row = outbox::Entity::find_by_id(id).filter(outbox::Column::BundleId.is_null()).one(db).await?;
    row.map(|row| Ok((to_task(row.clone())?, to_step(row)?))).transpose()
}

/// The newest work of a kind for a subject, with the bundles it follows from.
pub async fn newest_of_subject(
    db: &impl ConnectionTrait,
    kind: &str,
    subject: &str,
    limit: u64,
) -> Result<Vec<(Option<String>, Step)>> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::Kind.eq(kind))
        .filter(outbox::Column::Subject.eq(subject))
        .order_by_desc(outbox::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((row.bundle_id.clone(), to_step(row)?))).collect()
}

/// With what these pieces of work are done, by their ids; what was forgotten since is not among them.
pub async fn payloads_of(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, serde_json::Value>> {
    let rows: Vec<(String, String)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .column(outbox::Column::Payload)
        .filter(outbox::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter().map(|(id, payload)| Ok((id, from_json(&payload)?))).collect()
}

/// A page of what failed and is still owed, or was given up, newest first: the kind, the bundle that it follows from, and the step.
pub async fn failing(db: &impl ConnectionTrait, paging: Paging) -> Result<Page<(String, Option<String>, Step)>> {
    let query = outbox::Entity::find()
        .filter(outbox::Column::FinishedAt.is_null())
        .filter(outbox::Column::LastError.is_not_null().or(outbox::Column::GivenUpAt.is_not_null()));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_desc(outbox::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    let steps = rows.into_iter().map(|row| Ok((row.kind.clone(), row.bundle_id.clone(), to_step(row)?)));
    Ok(Page::new(steps.collect::<Result<_>>()?, total, paging))
}

fn to_step(row: outbox::Model) -> Result<Step> {
    let state = match (row.finished_at, &row.skip_reason, row.attempts, &row.last_error) {
        (Some(_), Some(_), _, _) => "skipped",
        (Some(_), None, _, _) => "done",
        (None, _, 0, _) => "pending",
        (None, _, _, Some(_)) => "failed",
        (None, _, _, None) => "running",
    };
    let waits = state == "failed" && row.given_up_at.is_none();
    Ok(Step {
        state: state.to_owned(),
        blocking: row.blocking,
        attempts: count(row.attempts)?,
        started_at: maybe_instant(row.started_at)?,
        finished_at: maybe_instant(row.finished_at)?,
        next_attempt_at: waits.then(|| instant(row.available_at)).transpose()?,
        given_up_at: maybe_instant(row.given_up_at)?,
        skip_reason: row.skip_reason,
        last_error: row.last_error,
        name: row.name,
        id: row.id,
    })
}
