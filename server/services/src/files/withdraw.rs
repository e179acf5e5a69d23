//! Recalling a public file: the one way in which published bytes stop being given out.

use domain::delivery::Sink;
use domain::file::{File, FileState};
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::outbox::{self, Task};
use persistence::{files, versions};
use serde_json::json;

use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, ids, public_change, records};

/// Why a file or an image is recalled, and what readers are told.
#[derive(Clone, Debug)]
pub struct Recall {
    /// Why, for the audit trail.
    pub reason: String,
    /// What readers of the version's page are told, as an alert.
    pub notice: Option<String>,
}

/// Recalls a public file: from the commit on nobody outside gets it; its copy in the public bucket is removed afterwards.
///
/// # Errors
/// `Blocked` where the file is not public (such files are removed), and every refusal of the right to correct.
pub async fn withdraw(services: &Services, ctx: &Ctx, id: &str, recall: Recall) -> Result<File> {
    change(services, ctx, id, FileState::Withdrawn, recall).await
}

/// Gives a recalled file out again.
///
/// # Errors
/// `Blocked` where the file was not recalled, and every refusal of the right to correct.
pub async fn reinstate(services: &Services, ctx: &Ctx, id: &str, recall: Recall) -> Result<File> {
    change(services, ctx, id, FileState::Published, recall).await
}

async fn change(services: &Services, ctx: &Ctx, id: &str, to: FileState, recall: Recall) -> Result<File> {
    let tx = services.db.begin().await?;
    let stored = files::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    let file = &stored.file;
    let key = VersionKey { dataset_id: file.dataset_id.clone(), edition: file.edition.clone(), version: file.version };
    let (mut version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsCorrect, &key).await?;
    let withdraws = to == FileState::Withdrawn;
    if !stored.is_public {
        let message = "The file is not public yet. Remove it from its version instead.";
        return Err(Refusal::blocked("not_published", message).into());
    }
    let from: &[FileState] =
        if withdraws { &[FileState::Published, FileState::Moved] } else { &[FileState::Withdrawn] };
    if !files::change_state(&tx, id, from, to).await? {
        let (code, message) = match withdraws {
            true => ("already_withdrawn", "The file was withdrawn already."),
            false => ("not_withdrawn", "The file was not withdrawn."),
        };
        return Err(Refusal::blocked(code, message).into());
    }
    crate::versions::put_notice(ctx, &mut version, recall.notice)?;
    version.last_updated = ctx.now;
    if !versions::save(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let event = if withdraws { "file_withdrawn" } else { "file_reinstated" };
    let reference = version.reference();
    let state = |state: FileState| json!({"file_id": id, "state": state});
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), event);
    let details = json!({"file_id": id, "filename": stored.file.filename, "sha256": stored.file.sha256});
    entry.because(Some(recall.reason)).details(details).change(&state(stored.file.state), &state(to))?.write(&tx);
    // Where this node has no bucket, one that has removes what was copied there.
    if services.delivers_to(Sink::PublicCopy) || stored.public_key.is_some() {
        outbox::push(&tx, &copying(ctx, &version.id), ctx.now).await?;
    }
    public_change::raise(&tx, &version.dataset_id).await?;
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    if withdraws {
        crate::filters::recall(services, id).await;
        crate::data::forget_compared(services, id).await;
    }
    tracing::warn!(file.id = %id, version = %reference, by = %caller.actor.name, event, "a published file was recalled or given again");
    Ok(File { state: to, ..stored.file })
}

/// The task that brings the copies of a version's files in the public bucket in line with their states.
pub(crate) fn copying(ctx: &Ctx, version_id: &str) -> Task {
    let sink = Sink::PublicCopy.as_str();
    Task { lane: Some(format!("{sink}/{version_id}")), ..Task::new(ids::new_id(ctx.now), sink, version_id, json!({})) }
}
