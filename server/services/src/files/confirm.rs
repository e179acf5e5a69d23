//! Confirming that what was found in a file is meant.

use domain::file::File;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::{MAX_REASON, check_optional};
use persistence::{files, versions};

use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, records};

/// Notes why what was found in a file is meant, so that its version can go on; whoever says so counts as its last editor.
///
/// # Errors
/// `Invalid` without a reason, `Blocked` where nothing waits to be confirmed, and every refusal of the right to edit.
pub async fn confirm(services: &Services, ctx: &Ctx, id: &str, reason: &str) -> Result<File> {
    let tx = services.db.begin().await?;
    let stored = files::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    let file = stored.file;
    let key = VersionKey { dataset_id: file.dataset_id.clone(), edition: file.edition.clone(), version: file.version };
    let (mut version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &key).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    let reason = checked(reason)?;
    if !files::confirm(&tx, id, &reason).await? {
        let message = "Nothing that was found in the file waits to be confirmed.";
        return Err(Refusal::blocked("nothing_to_confirm", message).into());
    }
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::touch(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let details = serde_json::json!({"file_id": id, "filename": file.filename, "sha256": file.sha256});
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_confirmed");
    entry.because(Some(reason.clone())).details(details).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(File { confirmed: Some(reason), ..file })
}

/// The reason without blanks around it.
fn checked(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    let mut problems = Vec::new();
    if reason.is_empty() {
        problems.push(FieldProblem::required("reason"));
    }
    check_optional(&mut problems, "reason", reason, MAX_REASON, true);
    all_valid(problems)?;
    Ok(reason.to_owned())
}
