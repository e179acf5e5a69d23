//! Reading versions.

use domain::dataset::Dataset;
use domain::page::{MAX_LIMIT, Page, Paging};
use domain::policy::Permission;
use domain::refusal::{Blocker, Refusal};
use domain::version::{Neighbours, Version, VersionAction, VersionState};
use domain::views::{Offer, VersionAdminPage};
use persistence::{bundles, datasets, editions, events, files, images, version_comments, versions};

use super::VersionKey;
use crate::{Ctx, Result, Services, audit};

/// The version as the caller sees it.
pub async fn find(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<Version> {
    let reach = ctx.reach();
    let found =
        versions::find_visible_to(services.db.pool(), &reach, &key.dataset_id, &key.edition, key.version).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The version with its dataset, both as the caller sees them.
pub async fn find_with_dataset(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<(Version, Dataset)> {
    let (db, reach) = (services.db.pool(), ctx.reach());
    let found = versions::find_with_dataset_visible_to(db, &reach, &key.dataset_id, &key.edition, key.version).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The versions beside one, among those that the caller sees.
pub async fn neighbours(services: &Services, ctx: &Ctx, version: &Version) -> Result<Neighbours> {
    let (db, reach) = (services.db.pool(), ctx.reach());
    let known = versions::numbers_visible_to(db, &reach, &version.dataset_id, &version.edition).await?;
    Ok(Neighbours::of(version.version, known.into_iter()))
}

/// The edition's versions that the caller sees, newest first.
pub async fn list(services: &Services, ctx: &Ctx, dataset_id: &str, edition: &str) -> Result<Vec<Version>> {
    let db = services.db.pool();
    let reach = ctx.reach();
    let listed = versions::list_visible_to(db, &reach, dataset_id, edition).await?;
    if listed.is_empty() {
        // An edition without versions is there, an unknown one is not.
        editions::find_visible_to(db, &reach, dataset_id, edition).await?.ok_or(Refusal::NotFound)?;
    }
    Ok(listed)
}

/// Versions in a state, for those who work on them.
pub async fn list_in_state(
    services: &Services,
    ctx: &Ctx,
    state: VersionState,
    paging: Paging,
) -> Result<Page<Version>> {
    Ok(versions::list_in_state(services.db.pool(), &ctx.reach(), state, paging).await?)
}

/// The portal's page of a version; looking at figures that are not public yet is recorded.
pub async fn admin_page(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<VersionAdminPage> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let version = find(services, ctx, key).await?;
    let dataset = datasets::find_visible_to(db, &ctx.reach(), &key.dataset_id).await?.ok_or(Refusal::NotFound)?;
    // Of what is public there is a page of its own; the unpublished is seen here by those who read it or preview it.
    let reads = caller.may_for(Permission::DatasetsRead, &dataset.department, &dataset.id);
    if !reads && version.is_public() {
        return Err(Refusal::NotFound.into());
    }
    let stored = files::list_with_sights(db, &version).await?;
    let holding = bundles::holding(db, &version.id).await?;
    let is_held = holding.is_some();
    if !version.is_public() && stored.iter().any(|(_, sight)| sight.preview.is_some() || sight.chart.is_some()) {
        audit::preview_of_version(services, ctx, &version, holding.as_ref()).await?;
    }
    let held = bundles::holding_visible_to(db, caller, &[&version.id]).await?;
    let bundle = held.into_iter().map(|(_, bundle)| bundle).next();
    let may_write = caller.may_for(Permission::DatasetsWrite, &dataset.department, &dataset.id);
    let mut offers = Vec::new();
    for action in VersionAction::ALL.iter().copied().filter(|action| *action != VersionAction::Publish) {
        let (from, _, permission, _) = action.rule();
        if version.state != from || !caller.may_for(permission, &dataset.department, &dataset.id) {
            continue;
        }
        let mut blockers = Vec::new();
        if matches!(action, VersionAction::Submit | VersionAction::Approve) {
            blockers.extend(super::step::missing_files(db, &version).await?);
        }
        if action == VersionAction::Approve && caller.is_same_person(&version.last_edited_by) {
            blockers
                .push(Blocker::new("four_eyes", "You edited this version last, so somebody else has to approve it."));
        }
        if action == VersionAction::Reopen && is_held {
            blockers.push(Blocker::new("in_bundle", "This version is in a bundle. Take it out of the bundle first."));
        }
        offers.push(Offer { action, blockers });
    }
    let may_correct = caller.may_for(Permission::DatasetsCorrect, &dataset.department, &dataset.id);
    let ids: Vec<&str> = stored.iter().map(|(stored, _)| stored.file.id.as_str()).collect();
    let jobs = persistence::file_jobs::of_files(db, &ids).await?.into_values().collect();
    let withdrawn = if reads { files::withdrawn_of_version(db, &version).await? } else { Vec::new() };
    let mut pictures = images::list_with_withdrawn(db, &version).await?;
    pictures.retain(|stored| reads || !stored.image.withdrawn);
    let may_bundle = caller.may_for(Permission::BundlesWrite, &dataset.department, &dataset.id);
    let is_free = version.state == VersionState::Approved && !is_held;
    let comments = if reads { Some(version_comments::newest_of(db, &version.id, MAX_LIMIT).await?) } else { None };
    Ok(VersionAdminPage {
        comments,
        jobs,
        bundling: if may_bundle && is_free { Some(crate::bundles::in_hand(services, ctx).await?) } else { None },
        withdrawn: withdrawn.into_iter().map(|stored| stored.file).collect(),
        images: pictures.into_iter().map(|stored| stored.image).collect(),
        largest_file: services.settings.max_upload_bytes,
        largest_image: crate::images::most_bytes(services),
        can_correct: may_correct && version.is_public(),
        can_edit: may_write && version.state == VersionState::Created && !is_held,
        files: stored.into_iter().map(|(stored, sight)| (stored.file, sight)).collect(),
        timeline: if reads {
            events::newest_of(db, "version", &version.reference(), MAX_LIMIT).await?
        } else {
            Vec::new()
        },
        bundle: match bundle {
            Some(bundle) => bundles::find_visible_to(db, caller, &bundle.id).await?,
            None => None,
        },
        offers,
        dataset,
        version,
    })
}
