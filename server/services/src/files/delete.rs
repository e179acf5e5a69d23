//! Removing a file from a version in preparation.

use domain::actor::Caller;
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::version::Version;
use persistence::files::StoredFile;
use persistence::{Tx, files, versions};

use crate::versions::{Leftovers, VersionKey};
use crate::{Ctx, Result, Services, records};

/// Removes the file and its bytes.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let tx = services.db.begin().await?;
    let stored = files::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    let key = VersionKey {
        dataset_id: stored.file.dataset_id.clone(),
        edition: stored.file.edition.clone(),
        version: stored.file.version,
    };
    let (mut version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &key).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    remove(&tx, ctx, caller, &mut version, &stored).await?;
    persistence::db::commit(tx).await?;
    Leftovers { files: vec![stored], pictures: Vec::new() }.discard(services).await;
    Ok(())
}

/// Takes a file out of its version, which is locked and may be edited, and records that; its bytes go after the commit.
pub(crate) async fn remove(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    version: &mut Version,
    stored: &StoredFile,
) -> Result<()> {
    let id = &stored.file.id;
    files::delete(tx, id).await?;
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::touch(tx, version).await? {
        return Err(Refusal::Stale.into());
    }
    version.revision += 1;
    let details = serde_json::json!({"file_id": id, "filename": stored.file.filename});
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_removed");
    entry.details(details).change(&super::as_recorded(&stored.file), &())?.write(tx);
    Ok(())
}
