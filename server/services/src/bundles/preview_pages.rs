//! The public pages of a bundle's items as readers will find them, made of what is there now: nothing is written or kept.

use domain::bundle::{Look, Previewed};
use domain::comparison::{ComparePage, CompareQuery, DatasetPage};
use domain::explore::{ExplorePage, ExploreQuery};
use domain::refusal::Refusal;
use domain::views::VersionPage;
use persistence::contents;
use serde_json::json;

use super::preview::{assemble, to_preview};
use crate::catalogue::{Scope, version_page, version_page_with};
use crate::{Ctx, Result, ServiceError, Services, audit, data};

/// The page of an item's version; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` where the caller may not see the bundle, or it has no such item.
pub async fn preview_page(services: &Services, ctx: &Ctx, id: &str, item: &str) -> Result<Previewed<DatasetPage>> {
    let look = look(services, ctx, id, item).await?;
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
    id: &str,
    item: &str,
    query: ExploreQuery,
) -> Result<Previewed<ExplorePage>> {
    let look = look(services, ctx, id, item).await?;
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
    id: &str,
    item: &str,
    query: &CompareQuery,
) -> Result<Previewed<ComparePage>> {
    let look = look(services, ctx, id, item).await?;
    let to = becoming(services, ctx, &look, query.to).await?;
    let page = data::compared_with(services, to, query).await?;
    recorded(services, ctx, look, page, "compare").await
}

/// Methods and quality of an item's dataset; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` as above.
pub async fn preview_quality(services: &Services, ctx: &Ctx, id: &str, item: &str) -> Result<Previewed<DatasetPage>> {
    let look = look(services, ctx, id, item).await?;
    let scope = Scope { dataset_id: look.shown.item.dataset_id.clone(), edition: None, version: None };
    let version = within(services, ctx, &look, &scope).await?;
    let page = DatasetPage { version, since: None, listed: Vec::new() };
    recorded(services, ctx, look, page, "quality").await
}

/// The bundle with the item, for somebody who may look at it before it is public.
async fn look(services: &Services, ctx: &Ctx, id: &str, item: &str) -> Result<Look> {
    let bundle = to_preview(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let wanted = items.iter().find(|known| known.id == item).cloned().ok_or(Refusal::NotFound)?;
    let mut preview = assemble(services, bundle, vec![wanted]).await?;
    let lost = || ServiceError::Internal(format!("the item {item} was not assembled"));
    let shown = preview.items.pop().ok_or_else(lost)?;
    Ok(Look { bundle: preview.bundle, items, shown, release: preview.release })
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
    version_page_with(services, &look.bundle.id, look.instant().unwrap_or(ctx.now), scope).await
}

/// Records the look before anything of it leaves, unless everybody may have it.
async fn recorded<T>(services: &Services, ctx: &Ctx, look: Look, page: T, part: &str) -> Result<Previewed<T>> {
    if !look.is_public() {
        let details = json!({"contents": [look.shown.item.reference()], "page": part});
        audit::preview_of_bundle(services, ctx, &look.bundle.id, details).await?;
    }
    Ok(Previewed { look, page })
}
