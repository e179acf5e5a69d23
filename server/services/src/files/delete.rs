//! Removing a file from a version in preparation.

use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{files, versions};

use crate::versions::VersionKey;
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
    files::delete(&tx, id).await?;
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::touch(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let details = serde_json::json!({"file_id": id, "filename": stored.file.filename});
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_removed");
    entry.details(details).change(&super::as_recorded(&stored.file), &())?.write(&tx);
    persistence::db::commit(tx).await?;
    super::discard(services, &stored.object_key).await;
    crate::data::discard(services, id, stored.read_as.as_deref()).await;
    Ok(())
}
