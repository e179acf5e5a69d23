//! Looking at what will become public, before it does.

use std::collections::HashMap;

use domain::bundle::preview::{BundlePreview, PreviewItem, changes};
use domain::bundle::{Bundle, BundleStage, ContentItem};
use domain::dataset::Dataset;
use domain::file::File;
use domain::policy::{Permission, Reach};
use domain::version::Version;
use persistence::files::StoredFile;
use persistence::{contents, datasets, files, releases, versions};

use crate::ctx::forbidden;
use crate::{Ctx, Result, ServiceError, Services, audit};

/// Everything that the bundle will make public, against what is public now; looking is recorded until it is public.
pub async fn preview(services: &Services, ctx: &Ctx, id: &str) -> Result<BundlePreview> {
    let bundle = to_preview(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let preview = assemble(services, bundle, items).await?;
    if preview.bundle.stage() != BundleStage::Published {
        let seen: Vec<String> = preview.items.iter().map(|item| item.item.reference()).collect();
        audit::preview_of_bundle(services, ctx, id, serde_json::json!({"contents": seen})).await?;
    }
    Ok(preview)
}

/// The bundle, for somebody who may look at what is in it before it is public.
pub(super) async fn to_preview(services: &Services, ctx: &Ctx, id: &str) -> Result<Bundle> {
    let caller = ctx.caller()?;
    let bundle = super::find(services, ctx, id).await?;
    if !caller.may(Permission::BundlesRead) && !caller.may(Permission::BundlesPreview) {
        return Err(forbidden(Permission::BundlesPreview).into());
    }
    Ok(bundle)
}

/// Loads what the items need, each kind of thing once, and the release that comes with the bundle.
pub(super) async fn assemble(services: &Services, bundle: Bundle, items: Vec<ContentItem>) -> Result<BundlePreview> {
    let shown = shown_items(services, &items).await?;
    let release = releases::find_of_bundle_visible_to(services.db.pool(), &Reach::All, &bundle.id).await?;
    Ok(BundlePreview { bundle, items: shown, release: release.map(|release| release.id) })
}

/// The items as readers will find them, against what is public now.
pub(super) async fn shown_items(services: &Services, items: &[ContentItem]) -> Result<Vec<PreviewItem>> {
    let db = services.db.pool();
    let version_ids: Vec<&str> = items.iter().map(|item| item.version_id.as_str()).collect();
    let dataset_ids: Vec<&str> = items.iter().map(|item| item.dataset_id.as_str()).collect();
    let editions: Vec<(&str, &str)> =
        items.iter().map(|item| (item.dataset_id.as_str(), item.edition.as_str())).collect();
    let coming: HashMap<String, Version> =
        versions::list_by_ids(db, &version_ids).await?.into_iter().map(|v| (v.id.clone(), v)).collect();
    let known: HashMap<String, Dataset> =
        datasets::list_by_ids(db, &dataset_ids).await?.into_iter().map(|d| (d.id.clone(), d)).collect();
    let public = versions::latest_public(db, &editions).await?;
    let all: Vec<Version> = coming.values().chain(&public).cloned().collect();
    let stored = files::list_of_versions(db, &all).await?;
    let lost = |item: &ContentItem| ServiceError::Internal(format!("the item {} has no version or dataset", item.id));
    let mut shown = Vec::with_capacity(items.len());
    for item in items {
        let version = coming.get(&item.version_id).ok_or_else(|| lost(item))?;
        let dataset = known.get(&item.dataset_id).ok_or_else(|| lost(item))?;
        // Of an item that is public already nothing changes any more.
        let replaced = public.iter().find(|v| {
            v.dataset_id == version.dataset_id && v.edition == version.edition && v.version < version.version
        });
        shown.push(shown_item(item, version, dataset, replaced, &stored));
    }
    Ok(shown)
}

fn shown_item(
    item: &ContentItem,
    version: &Version,
    dataset: &Dataset,
    replaced: Option<&Version>,
    stored: &HashMap<String, Vec<StoredFile>>,
) -> PreviewItem {
    let of =
        |id: &str| -> Vec<File> { stored.get(id).into_iter().flatten().map(|stored| stored.file.clone()).collect() };
    let (files, before) = (of(&version.id), replaced.map(|v| of(&v.id)).unwrap_or_default());
    let names_only_in = |these: &[File], others: &[File]| -> Vec<String> {
        let only = these.iter().filter(|file| !others.iter().any(|other| other.filename == file.filename));
        only.map(|file| file.filename.clone()).collect()
    };
    let is_same =
        |file: &File| before.iter().any(|other| other.filename == file.filename && other.sha256 == file.sha256);
    let files_same = files.iter().filter(|file| is_same(file)).map(|file| file.filename.clone()).collect();
    let becoming = dataset.working();
    PreviewItem {
        dataset_is_new: dataset.published.is_none(),
        edition_is_new: replaced.is_none() && !version.is_public(),
        replaces: replaced.map(|v| v.version),
        dataset_changes: changes(dataset.published.as_ref(), &becoming),
        version_changes: changes(replaced.map(|v| &v.metadata), &version.metadata),
        files_added: names_only_in(&files, &before),
        files_dropped: names_only_in(&before, &files),
        files_same,
        dataset: becoming,
        version: version.clone(),
        files,
        item: item.clone(),
    }
}
