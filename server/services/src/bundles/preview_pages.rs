//! The public pages of a bundle's items, or of a version by itself, as readers will find them, made of what is there now: nothing is written or kept.

use domain::bundle::{ContentItem, Look, PreviewOf, Previewed};
use domain::comparison::{ComparePage, CompareQuery, DatasetPage};
use domain::dataset::Dataset;
use domain::explore::{ExplorePage, ExploreQuery};
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use domain::version::Version;
use domain::views::VersionPage;
use persistence::{bundles, contents};
use serde_json::json;

use super::preview::{assemble, shown_items, to_preview};
use crate::catalogue::{Scope, version_page, version_page_with, version_seen_by};
use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services, audit, data};

/// The page of an item's version; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` where the caller may not see the bundle, or it has no such item; of a version by itself where they may not read its dataset.
pub async fn preview_page(services: &Services, ctx: &Ctx, of: &PreviewOf) -> Result<Previewed<DatasetPage>> {
    let look = look(services, ctx, of).await?;
    let number = Some(look.shown.item.version);
    let version = becoming(services, ctx, &look, number).await?;
    let page = data::with_changes(services, version).await;
    recorded(services, ctx, look, page, "page").await
}

/// The explorer of an item's table; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` as above, and where the version has no such table.
pub async fn preview_explorer(
    services: &Services,
    ctx: &Ctx,
    of: &PreviewOf,
    query: ExploreQuery,
) -> Result<Previewed<ExplorePage>> {
    let look = look(services, ctx, of).await?;
    let number = Some(look.shown.item.version);
    let version = becoming(services, ctx, &look, number).await?;
    let page = data::explored(services, version, query).await?;
    recorded(services, ctx, look, page, "explore").await
}

/// Two versions of an item's edition side by side; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` as above, and where one of the versions will not be public with the bundle.
pub async fn preview_comparison(
    services: &Services,
    ctx: &Ctx,
    of: &PreviewOf,
    query: &CompareQuery,
) -> Result<Previewed<ComparePage>> {
    let look = look(services, ctx, of).await?;
    let to = becoming(services, ctx, &look, query.to).await?;
    let page = data::compared_with(services, to, query).await?;
    recorded(services, ctx, look, page, "compare").await
}

/// Methods and quality of an item's dataset; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` as above.
pub async fn preview_quality(services: &Services, ctx: &Ctx, of: &PreviewOf) -> Result<Previewed<DatasetPage>> {
    let look = look(services, ctx, of).await?;
    let scope = Scope { dataset_id: look.shown.item.dataset_id.clone(), edition: None, version: None };
    let version = within(services, ctx, &look, &scope).await?;
    let page = DatasetPage { version, since: None, listed: Vec::new() };
    recorded(services, ctx, look, page, "quality").await
}

/// Where somebody sees a version, or the newest of an edition or a dataset, that they know of a bundle alone that is shared with them: its
/// `part` of that bundle's preview. Nothing for all others, who find it on its public page or among what they work on.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_ahead(services: &Services, ctx: &Ctx, scope: &Scope, part: &str) -> Result<Option<String>> {
    let Some(caller) = ctx.caller.as_ref().filter(|caller| caller.previews().is_some()) else { return Ok(None) };
    let page = match version_seen_by(services, ctx, scope).await {
        Err(ServiceError::Refused(Refusal::NotFound)) => return Ok(None),
        found => found?,
    };
    let is_public = match (&scope.edition, scope.version) {
        (_, Some(_)) => page.version.is_public(),
        (Some(_), None) => page.versions.iter().any(Version::is_public),
        (None, None) => page.dataset.published.is_some(),
    };
    if is_public || caller.may_for(Permission::DatasetsRead, &page.dataset.department, &page.dataset.id) {
        return Ok(None);
    }
    let db = services.db.pool();
    let held = bundles::holding_visible_to(db, caller, &[&page.version.id]).await?;
    let Some((_, bundle)) = held.into_iter().next() else { return Ok(None) };
    let items = contents::list_of_bundle(db, &bundle.id).await?;
    let item = items.into_iter().find(|item| item.version_id == page.version.id);
    Ok(item.map(|item| bundle.preview_path(&item.id, part)))
}

/// From where the caller looks, where they may.
async fn look(services: &Services, ctx: &Ctx, of: &PreviewOf) -> Result<Look> {
    match of {
        PreviewOf::Item { bundle, item } => look_at_item(services, ctx, bundle, item).await,
        PreviewOf::Version { dataset, edition, version } => {
            let (dataset_id, edition) = (dataset.clone(), edition.clone());
            look_at_version(services, ctx, &VersionKey { dataset_id, edition, version: *version }).await
        }
    }
}

/// The bundle with the item, for somebody who may look at it before it is public.
async fn look_at_item(services: &Services, ctx: &Ctx, id: &str, item: &str) -> Result<Look> {
    let bundle = to_preview(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let wanted = items.iter().find(|known| known.id == item).cloned().ok_or(Refusal::NotFound)?;
    let mut preview = assemble(services, bundle, vec![wanted]).await?;
    let shown = preview.items.pop().ok_or_else(|| not_assembled(item))?;
    Ok(Look { bundle: Some(preview.bundle), items, shown, release: preview.release })
}

/// The version by itself, for somebody who reads its dataset before it is public. What is shared with others is looked at in its bundle.
async fn look_at_version(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<Look> {
    let caller = ctx.caller()?;
    let (version, dataset) = crate::versions::find_with_dataset(services, ctx, key).await?;
    if !caller.may_for(Permission::DatasetsRead, &dataset.department, &dataset.id) {
        return Err(Refusal::NotFound.into());
    }
    let items = vec![alone(&version, &dataset)];
    let shown = shown_items(services, &items).await?.pop().ok_or_else(|| not_assembled(&version.id))?;
    Ok(Look { bundle: None, items, shown, release: None })
}

/// A version as if it were the one item of a bundle; what only a bundle's checks ask of it is left out.
fn alone(version: &Version, dataset: &Dataset) -> ContentItem {
    ContentItem {
        id: version.id.clone(),
        bundle_id: String::new(),
        version_id: version.id.clone(),
        dataset_id: version.dataset_id.clone(),
        department: dataset.department.clone(),
        edition: version.edition.clone(),
        version: version.version,
        title: dataset.working().title,
        edition_title: version.edition_title.clone(),
        state: version.state,
        version_revision: version.revision,
        validated_revision: version.revision,
        last_validated: version.last_updated,
        draft_revision: dataset.revision,
        approved_draft: None,
        draft_edited_by: dataset.last_edited_by.clone(),
        draft_is_news: false,
        edition_titled_by: None,
        sound_files: 0,
        unsound_files: 0,
        unsound_file: None,
        gaps: Vec::new(),
        missing_predecessor: None,
    }
}

fn not_assembled(item: &str) -> ServiceError {
    ServiceError::Internal(format!("the item {item} was not assembled"))
}

/// A version of the item's edition, or its latest, as it will be.
async fn becoming(services: &Services, ctx: &Ctx, look: &Look, version: Option<u32>) -> Result<VersionPage> {
    let item = &look.shown.item;
    let scope = Scope { dataset_id: item.dataset_id.clone(), edition: Some(item.edition.clone()), version };
    within(services, ctx, look, &scope).await
}

/// What will stand at a public address at the instant, or would if the bundle were published now where none is set.
async fn within(services: &Services, ctx: &Ctx, look: &Look, scope: &Scope) -> Result<VersionPage> {
    if look.is_public() {
        return version_page(services, ctx, scope).await;
    }
    let reach = match &look.bundle {
        Some(bundle) => Reach::with_bundle(&bundle.id),
        None => Reach::with_version(&look.shown.version.id),
    };
    version_page_with(services, &reach, look.instant().unwrap_or(ctx.now), scope).await
}

/// Records the look before anything of it leaves, unless everybody may have it.
async fn recorded<T>(services: &Services, ctx: &Ctx, look: Look, page: T, part: &str) -> Result<Previewed<T>> {
    if !look.is_public() {
        let details = json!({"contents": [look.shown.item.reference()], "page": part});
        match &look.bundle {
            Some(bundle) => audit::preview_of_bundle(services, ctx, &bundle.id, details).await?,
            None => audit::preview_of_page(services, ctx, &look.shown.version, json!({"page": part})).await?,
        }
    }
    Ok(Previewed { look, page })
}
