//! How far files have come, the queue of those that are looked into, and trying again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::file::{File, FileJob, FileJobState};
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{file_jobs, files};

use crate::{Ctx, Result, Services, records};

/// The most jobs that are told one by one.
const MOST: u64 = 1000;

/// Files that wait, are looked into or have failed; only those that the caller may see.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The first of them, oldest first.
    pub items: Vec<(File, FileJob)>,
    /// How many of all of them are in each state, and since when the oldest of that.
    pub counts: HashMap<FileJobState, (u64, DateTime<Utc>)>,
}

/// A file with the job that looks into it, where it was not looked into at once.
pub(super) async fn find_with_job(services: &Services, ctx: &Ctx, id: &str) -> Result<(File, Option<FileJob>)> {
    let file = super::find(services, ctx, id).await?;
    Ok((file, job_of(services, id).await?))
}

/// The job that looks into a file that was found for the caller.
pub async fn job_of(services: &Services, id: &str) -> Result<Option<FileJob>> {
    Ok(file_jobs::of_files(services.db.pool(), &[id]).await?.remove(id))
}

/// The queue as the caller may see it: all of it counted, and its beginning.
pub async fn queue(services: &Services, ctx: &Ctx) -> Result<Queue> {
    ctx.caller()?;
    let (db, reach) = (services.db.pool(), ctx.reach());
    let mut items = Vec::new();
    for job in file_jobs::queue(db, &reach, MOST).await? {
        if let Some(stored) = files::find_visible_to(db, &reach, &job.file_id).await? {
            items.push((stored.file, job));
        }
    }
    Ok(Queue { items, counts: file_jobs::counts(db, &reach).await? })
}

/// Has a failed file looked into again.
pub async fn retry(services: &Services, ctx: &Ctx, id: &str) -> Result<(File, Option<FileJob>)> {
    let tx = services.db.begin().await?;
    let stored = files::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    let caller = ctx.caller()?;
    crate::datasets::find_to_change(&tx, ctx, Permission::DatasetsWrite, &stored.file.dataset_id).await?;
    if !file_jobs::retry(&tx, id, ctx.now).await? {
        let state = stored.file.state;
        return Err(
            Refusal::blocked("not_failed", format!("The file is {state}; only what failed is tried again.")).into()
        );
    }
    let file = &stored.file;
    let reference = format!("{}/{}/{}", file.dataset_id, file.edition, file.version);
    let details = serde_json::json!({"file_id": id, "filename": file.filename});
    records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_retried").details(details).write(&tx);
    persistence::db::commit(tx).await?;
    services.nudges.files.notify_one();
    find_with_job(services, ctx, id).await
}

/// Takes failed jobs off the queue; their files stay failed until they are removed or retried. How many that were.
pub async fn clear_failed(services: &Services, ctx: &Ctx) -> Result<u64> {
    let caller = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let cleared = file_jobs::clear_failed(&tx).await?;
    let details = serde_json::json!({"cleared": cleared});
    records::Entry::new(
        ctx,
        &caller.actor,
        records::About { resource_type: "system", resource_id: "file queue" },
        "failed_cleared",
    )
    .details(details)
    .write(&tx);
    persistence::db::commit(tx).await?;
    Ok(cleared)
}

/// How deep the queue is, and since when the oldest that waits does.
pub async fn depths(services: &Services) -> Result<Vec<(FileJobState, u64, Option<DateTime<Utc>>)>> {
    let mut all = Vec::new();
    for state in [FileJobState::Queued, FileJobState::Running, FileJobState::Failed] {
        let (number, oldest) = file_jobs::depth(services.db.pool(), state).await?;
        all.push((state, number, oldest));
    }
    Ok(all)
}
