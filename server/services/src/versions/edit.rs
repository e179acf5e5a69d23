//! Changing what is said about a version in preparation, or deleting it.

use domain::actor::Caller;
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use domain::version::{Version, VersionMetadata};
use persistence::files::StoredFile;
use persistence::images::StoredImage;
use persistence::{Tx, files, images, versions};

use super::VersionKey;
use crate::imports::Did;
use crate::{Ctx, Result, Services, records};

/// Replaces the metadata of a version in preparation.
pub async fn edit(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    expected: i64,
    mut metadata: VersionMetadata,
) -> Result<Version> {
    let tx = services.db.begin().await?;
    let (mut version, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsWrite, key).await?;
    all_valid(metadata.problems())?;
    if version.revision != expected {
        return Err(Refusal::Stale.into());
    }
    super::must_be_editable(&tx, ctx, &version).await?;
    super::alerts::name_alerts(ctx, &mut metadata);
    crate::imports::keep(&tx, ctx, Did::EditedVersion(&version)).await?;
    put_metadata(&tx, ctx, caller, &mut version, metadata).await?;
    persistence::db::commit(tx).await?;
    Ok(version)
}

/// Gives a version, which is locked and may be edited, other metadata, and records that.
pub(crate) async fn put_metadata(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    version: &mut Version,
    metadata: VersionMetadata,
) -> Result<()> {
    let before = std::mem::replace(&mut version.metadata, metadata);
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::save(tx, version).await? {
        return Err(Refusal::Stale.into());
    }
    version.revision += 1;
    let reference = version.reference();
    records::change(tx, ctx, caller, records::version(&reference), "edited", &before, &version.metadata).await
}

/// Deletes the newest version of an edition while it is in preparation, files and all.
pub async fn delete(services: &Services, ctx: &Ctx, key: &VersionKey, expected: i64) -> Result<()> {
    let tx = services.db.begin().await?;
    let (version, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsWrite, key).await?;
    if version.revision != expected {
        return Err(Refusal::Stale.into());
    }
    super::must_be_editable(&tx, ctx, &version).await?;
    if versions::next_number(&tx, &key.dataset_id, &key.edition).await? != version.version + 1 {
        return Err(Refusal::blocked(
            "not_newest",
            "Only the newest version can be deleted, so that numbers have no gaps.",
        )
        .into());
    }
    let left = remove(&tx, ctx, caller, &version).await?;
    persistence::db::commit(tx).await?;
    left.discard(services).await;
    Ok(())
}

/// Takes a version away that is locked, may be edited and is the newest of its edition, and records that.
pub(crate) async fn remove(tx: &Tx, ctx: &Ctx, caller: &Caller, version: &Version) -> Result<Leftovers> {
    let stored = files::list_of_version(tx, version).await?;
    let pictures = images::list_with_withdrawn(tx, version).await?;
    versions::delete(tx, &version.id).await?;
    let filenames: Vec<&str> = stored.iter().map(|stored| stored.file.filename.as_str()).collect();
    let before = serde_json::json!({"metadata": version.metadata, "files": filenames});
    records::change(tx, ctx, caller, records::version(&version.reference()), "deleted", &before, &()).await?;
    Ok(Leftovers { files: stored, pictures })
}

/// What the storage still keeps of what was taken away: it goes once that is committed.
#[derive(Debug, Default)]
pub(crate) struct Leftovers {
    pub(crate) files: Vec<StoredFile>,
    pub(crate) pictures: Vec<StoredImage>,
}

impl Leftovers {
    /// Adds what another thing left.
    pub(crate) fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        self.pictures.extend(other.pictures);
    }

    /// Removes the bytes.
    pub(crate) async fn discard(self, services: &Services) {
        for file in self.files {
            crate::files::discard(services, &file.object_key).await;
            crate::data::discard(services, &file.file.id, file.read_as.as_deref()).await;
        }
        for picture in self.pictures {
            crate::images::discard(services, &picture.image).await;
        }
    }
}
