//! Keeping what an import does, in the transactions in which it does it, so that it can be taken back.

use domain::dataset::{Dataset, Edition};
use domain::file::File;
use domain::imported::{CarriedOut, ImportedItem, ImportedKind};
use domain::version::Version;
use persistence::{Tx, imports};
use serde::Serialize;
use serde_json::Value;

use crate::records::{About, Entry};
use crate::{Ctx, Result, ServiceError};

/// What a use case does in its transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Did<'a> {
    /// It makes this dataset.
    MadeDataset(&'a Dataset),
    /// It changes the draft of this dataset, which is as it was found.
    EditedDraft(&'a Dataset),
    /// It begins this edition.
    BeganEdition(&'a Edition),
    /// It begins this version.
    BeganVersion(&'a Version),
    /// It changes what is said of this version, which is as it was found.
    EditedVersion(&'a Version),
    /// It puts this file into this version, which is as it was found.
    TookFile(&'a Version, &'a File),
}

/// What records of an import are about.
pub(super) const fn about(id: &str) -> About<'_> {
    About { resource_type: "import", resource_id: id }
}

/// Keeps what is done where it is a part of an import; with the first thing the import itself is recorded.
pub(crate) async fn keep(tx: &Tx, ctx: &Ctx, did: Did<'_>) -> Result<()> {
    let Some(id) = &ctx.import else { return Ok(()) };
    let by = ctx.caller()?;
    let import = CarriedOut { id: id.clone(), by: by.actor.clone(), at: ctx.now, undone: None };
    let (item, was) = item_of(ctx, did)?;
    if imports::keep(tx, &import, &item, was.as_ref()).await? {
        Entry::new(ctx, &by.actor, about(id), "carried_out").write(tx);
    }
    Ok(())
}

/// The thing, and what was said before where something else is said now.
fn item_of(ctx: &Ctx, did: Did<'_>) -> Result<(ImportedItem, Option<Value>)> {
    let of_dataset = |kind, dataset: &Dataset, left| ImportedItem::new(kind, &dataset.id, left, ctx.now);
    Ok(match did {
        Did::MadeDataset(dataset) => (of_dataset(ImportedKind::Dataset, dataset, dataset.revision), None),
        Did::EditedDraft(dataset) => {
            let item = of_dataset(ImportedKind::Draft, dataset, dataset.revision + 1);
            (ImportedItem { found: Some(dataset.revision), ..item }, Some(as_it_was(&dataset.working())?))
        }
        Did::BeganEdition(edition) => {
            let item = ImportedItem::new(ImportedKind::Edition, &edition.dataset_id, edition.revision, ctx.now);
            (ImportedItem { edition: Some(edition.edition.clone()), ..item }, None)
        }
        Did::BeganVersion(version) => (of_version(ctx, ImportedKind::Version, version, None), None),
        Did::EditedVersion(version) => {
            let item = of_version(ctx, ImportedKind::Details, version, Some(version.revision));
            (item, Some(as_it_was(&version.metadata)?))
        }
        Did::TookFile(version, file) => {
            let item = of_version(ctx, ImportedKind::File, version, Some(version.revision));
            (ImportedItem { file_id: Some(file.id.clone()), filename: Some(file.filename.clone()), ..item }, None)
        }
    })
}

/// A thing of a version, which was found in this revision unless it is begun.
fn of_version(ctx: &Ctx, kind: ImportedKind, version: &Version, found: Option<i64>) -> ImportedItem {
    let left = found.map_or(version.revision, |found| found + 1);
    ImportedItem {
        edition: Some(version.edition.clone()),
        version: Some(version.version),
        version_id: Some(version.id.clone()),
        found,
        ..ImportedItem::new(kind, &version.dataset_id, left, ctx.now)
    }
}

fn as_it_was(said: &impl Serialize) -> Result<Value> {
    serde_json::to_value(said).map_err(|error| ServiceError::Internal(format!("what cannot be kept: {error}")))
}
