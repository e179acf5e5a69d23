//! Taking a version one step through its states.

use domain::actor::ActorKind;
use domain::delivery::Sink;
use domain::refusal::{Blocker, FOUR_EYES, Refusal};
use domain::review::Reviewed;
use domain::version::{Version, VersionAction};
use persistence::outbox::Task;
use persistence::{archiving, files, outbox, review_claims, versions};

use super::VersionKey;
use crate::{Ctx, Result, Services, ids, public_change, records};

/// Submits, returns, approves, reopens, archives or restores a version; publication goes through bundles only.
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
    let (_, _, permission, _) = action.rule();
    let tx = services.db.begin().await?;
    let (version, caller) = super::find_to_change(&tx, ctx, permission, key).await?;
    if action == VersionAction::Publish {
        return Err(Refusal::blocked("bundle_needed", "Versions are published in bundles.").into());
    }
    if expected.is_some_and(|revision| revision != version.revision) {
        return Err(Refusal::Stale.into());
    }
    let before = version.clone();
    let waived = action == VersionAction::Approve && caller.waives_four_eyes_of(&version.last_edited_by);
    let (version, happened) = match version.apply(action, caller, ctx.now, reason) {
        Err(Refusal::FourEyes { message }) => return Err(with_other_reasons(&tx, &before, message).await?.into()),
        other => other?,
    };
    if matches!(action, VersionAction::Reopen) {
        super::must_be_free(&tx, ctx, &version).await?;
    }
    if matches!(action, VersionAction::Submit | VersionAction::Approve) {
        must_have_files(&tx, &version).await?;
    }
    match action {
        VersionAction::Archive => {
            must_not_be_held(&tx, &version, caller.actor.kind == ActorKind::System).await?;
            // From the commit on readers get the bytes from here, since the copies in the public bucket go.
            files::unmark_moved(&tx, &version.id).await?;
        }
        // What somebody wanted back is not archived again by the policy.
        VersionAction::Restore => {
            archiving::hold(&tx, &version.id, RESTORED, &caller.actor.id, ctx.now).await?;
        }
        _ => {}
    }
    if !versions::save(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let reference = version.reference();
    if matches!(action, VersionAction::Submit | VersionAction::Approve | VersionAction::Return) {
        review_claims::end(&tx, &Reviewed::Version(reference.clone())).await?;
    }
    let writes_letters = action == VersionAction::Submit
        && super::waiting_letters::queue(&tx, services, ctx, &version, &caller.actor).await?;
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), happened.event_type);
    let state = |state: &str| serde_json::json!({"state": state});
    let entry = entry.step(&happened).change(&state(happened.from_state), &state(happened.to_state))?;
    entry.details(records::waiver(waived)).write(&tx);
    let is_public_change = matches!(action, VersionAction::Archive | VersionAction::Restore);
    if is_public_change {
        public_change::raise(&tx, &version.dataset_id).await?;
        outbox::push(&tx, &moving(ctx, &version), ctx.now).await?;
        // Where this node has no bucket, one that has removes what was copied there.
        if services.delivers_to(Sink::PublicCopy) || has_copies(&tx, &version).await? {
            outbox::push(&tx, &crate::files::copying(ctx, &version.id), ctx.now).await?;
        }
    }
    persistence::db::commit(tx).await?;
    if is_public_change {
        public_change::tell(services);
    }
    if writes_letters {
        services.nudges.follow_up.notify_one();
    }
    Ok(Version { revision: version.revision + 1, ..version })
}

/// Whether a file of a version was ever on its way into the public bucket.
async fn has_copies(tx: &persistence::Tx, version: &Version) -> Result<bool> {
    Ok(files::list_with_withdrawn(tx, version).await?.iter().any(|stored| stored.public_key.is_some()))
}

/// Why a version that somebody wanted back is held.
const RESTORED: &str = "It was restored from the archive.";

async fn must_not_be_held(tx: &persistence::Tx, version: &Version, by_policy: bool) -> Result<()> {
    match archiving::hold_of(tx, &version.id).await? {
        // That of a restored version keeps the policy from it, not people.
        Some(reason) if reason == RESTORED && !by_policy => {
            archiving::release(tx, &version.id).await?;
            Ok(())
        }
        Some(reason) => {
            let message = format!("The version is held in standard storage: {reason} Take the hold off first.");
            Err(Refusal::blocked("held", message).into())
        }
        None => Ok(()),
    }
}

/// The refusal of an approval by the last editor, with everything else that stands in its way.
async fn with_other_reasons(tx: &persistence::Tx, version: &Version, message: String) -> Result<Refusal> {
    let others = missing_files(tx, version).await?;
    if others.is_empty() {
        return Ok(Refusal::FourEyes { message });
    }
    let mut blockers = vec![Blocker::new(FOUR_EYES, message.clone())];
    blockers.extend(others);
    Ok(Refusal::Blocked { message, blockers })
}

/// The task that brings the bytes to where the version's state wants them: one after another, as two would take each other's away.
fn moving(ctx: &Ctx, version: &Version) -> Task {
    let payload = serde_json::json!({"version": version.reference()});
    let sink = Sink::Archive.as_str();
    let lane = Some(format!("{sink}/{}", version.id));
    Task { lane, ..Task::new(ids::new_id(ctx.now), sink, &version.id, payload) }
}

/// What keeps a version back whose file was found odd.
fn to_confirm(filename: &str) -> String {
    format!("{filename}: what was found in it has to be confirmed first. Say why it is meant, or replace the file.")
}

async fn must_have_files(tx: &persistence::Tx, version: &Version) -> Result<()> {
    let blockers = missing_files(tx, version).await?;
    if blockers.is_empty() {
        return Ok(());
    }
    Err(Refusal::Blocked { message: "The version is not complete yet.".to_owned(), blockers }.into())
}

/// What its files lack before it can be submitted or approved: for the page that offers that as for the step itself.
pub(super) async fn missing_files(db: &impl persistence::Connection, version: &Version) -> Result<Vec<Blocker>> {
    let (sound, unsound) = files::count_by_soundness(db, &version.id).await?;
    let unconfirmed = files::unconfirmed_of(db, &version.id).await?;
    let unsound = unsound.saturating_sub(u32::try_from(unconfirmed.len()).unwrap_or(u32::MAX));
    let mut blockers = Vec::new();
    for filename in &unconfirmed {
        blockers.push(Blocker::new("file_unconfirmed", to_confirm(filename)));
    }
    if sound == 0 && unconfirmed.is_empty() {
        blockers.push(Blocker::new("no_files", "The version has no file that is ready. Upload at least one."));
    }
    if unsound > 0 {
        blockers
            .push(Blocker::new("files_not_ready", format!("{unsound} file(s) are not ready. Remove or replace them.")));
    }
    Ok(blockers.into_iter().map(|b| b.about(version.reference(), Some(version.admin_path()))).collect())
}
