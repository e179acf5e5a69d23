//! Taking back things that an import did, from the inside out, each with a record of its own.

use std::collections::BTreeSet;

use domain::actor::Caller;
use domain::imported::ImportedKind;
use domain::policy::Reach;
use domain::refusal::Refusal;
use persistence::imports::{self, Kept};
use persistence::{Tx, bundles, datasets, editions, files, versions};

use super::present::was;
use crate::versions::Leftovers;
use crate::{Ctx, Result};

/// Takes these things back, which are locked and may be; what the storage still keeps of them.
pub(super) async fn take_back(tx: &Tx, ctx: &Ctx, caller: &Caller, taken: &[&Kept]) -> Result<Leftovers> {
    let mut left = Leftovers::default();
    let ids: BTreeSet<&str> = taken.iter().filter_map(|kept| kept.item.version_id.as_deref()).collect();
    for id in ids {
        let of_version: Vec<&Kept> =
            taken.iter().copied().filter(|kept| kept.item.version_id.as_deref() == Some(id)).collect();
        left.add(of_one_version(tx, ctx, caller, id, &of_version).await?);
    }
    let of_kind = |kind: ImportedKind| taken.iter().copied().filter(move |kept| kept.item.kind == kind);
    for kept in of_kind(ImportedKind::Edition) {
        let id = kept.item.edition.as_deref().unwrap_or_default();
        let found = editions::find_visible_to(tx, &Reach::All, &kept.item.dataset_id, id).await?;
        crate::datasets::remove_edition(tx, ctx, caller, &found.ok_or(Refusal::Stale)?).await?;
    }
    // Each draft that is put back is told to the bundles under review that hold it.
    let drafts: Vec<&str> = of_kind(ImportedKind::Draft).map(|kept| kept.item.dataset_id.as_str()).collect();
    bundles::lock_under_review(tx, &drafts).await?;
    for kept in of_kind(ImportedKind::Draft) {
        put_draft_back(tx, ctx, caller, kept).await?;
    }
    for kept in of_kind(ImportedKind::Dataset) {
        let found = datasets::find_visible_to(tx, &Reach::All, &kept.item.dataset_id).await?;
        crate::datasets::remove(tx, ctx, caller, &found.ok_or(Refusal::Stale)?).await?;
    }
    Ok(left)
}

/// Takes a version away that was begun, or what was done to one that was there.
async fn of_one_version(tx: &Tx, ctx: &Ctx, caller: &Caller, id: &str, taken: &[&Kept]) -> Result<Leftovers> {
    let mut version = versions::find_by_id(tx, id).await?.ok_or(Refusal::Stale)?;
    if taken.iter().any(|kept| kept.item.kind == ImportedKind::Version) {
        return crate::versions::remove(tx, ctx, caller, &version).await;
    }
    let mut left = Leftovers::default();
    for kept in taken {
        if let Some(file) = &kept.item.file_id {
            let stored = files::find_visible_to(tx, &Reach::All, file).await?.ok_or(Refusal::Stale)?;
            crate::files::remove(tx, ctx, caller, &mut version, &stored).await?;
            left.files.push(stored);
        } else {
            crate::versions::put_metadata(tx, ctx, caller, &mut version, was(kept)?).await?;
        }
    }
    // Imports before this one can be undone from here on, and so can what is left of this one.
    let found = taken.iter().filter_map(|kept| kept.item.found).min();
    let before: Vec<i64> = found.into_iter().chain(taken.iter().map(|kept| kept.item.left)).collect();
    imports::follow_version(tx, id, &before, version.revision).await?;
    Ok(left)
}

async fn put_draft_back(tx: &Tx, ctx: &Ctx, caller: &Caller, kept: &Kept) -> Result<()> {
    let id = &kept.item.dataset_id;
    let mut dataset = datasets::find_visible_to(tx, &Reach::All, id).await?.ok_or(Refusal::Stale)?;
    crate::datasets::put_draft(tx, ctx, caller, &mut dataset, was(kept)?).await?;
    match kept.item.found {
        Some(found) => Ok(imports::follow_draft(tx, id, found, dataset.revision, ctx.now).await?),
        None => Ok(()),
    }
}
