//! Taking a version one step through its states.

use domain::refusal::{Blocker, Refusal};
use domain::version::{Version, VersionAction, VersionState};
use persistence::{files, versions};

use super::VersionKey;
use crate::{Ctx, Result, Services, records};

/// Submits, returns, approves or reopens a version; publication goes through bundles only.
///
/// `expected` is the revision that the caller looked at; without it the present one is taken, and the write is still conditional.
pub async fn take_step(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    action: VersionAction,
    expected: Option<i64>,
    reason: Option<String>,
) -> Result<Version> {
    if action == VersionAction::Publish {
        return Err(Refusal::blocked("bundle_needed", "Versions are published in bundles.").into());
    }
    let (_, _, permission, _) = action.rule();
    let tx = services.db.begin().await?;
    let (version, caller) = super::find_to_change(&tx, ctx, permission, key).await?;
    if expected.is_some_and(|revision| revision != version.revision) {
        return Err(Refusal::Stale.into());
    }
    let (version, happened) = version.apply(action, caller, ctx.now, reason)?;
    if matches!(action, VersionAction::Reopen) {
        super::must_be_free(&tx, &version).await?;
    }
    if matches!(version.state, VersionState::Submitted | VersionState::Approved) && action != VersionAction::Reopen {
        must_have_files(&tx, &version).await?;
    }
    if !versions::save(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    records::step(&tx, ctx, caller, records::version(&version.reference()), &happened, ctx.now).await?;
    persistence::db::commit(tx).await?;
    Ok(Version { revision: version.revision + 1, ..version })
}

async fn must_have_files(tx: &persistence::Tx, version: &Version) -> Result<()> {
    let (sound, unsound) = files::count_by_soundness(tx, &version.id).await?;
    let mut blockers = Vec::new();
    if sound == 0 {
        blockers.push(Blocker::new("no_files", "The version has no file that is ready. Upload at least one."));
    }
    if unsound > 0 {
        blockers
            .push(Blocker::new("files_not_ready", format!("{unsound} file(s) are not ready. Remove or replace them.")));
    }
    if blockers.is_empty() {
        return Ok(());
    }
    let blockers = blockers.into_iter().map(|b| b.about(version.reference(), Some(version.admin_path()))).collect();
    Err(Refusal::Blocked { message: "The version is not complete yet.".to_owned(), blockers }.into())
}
