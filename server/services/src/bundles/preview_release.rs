//! The release of a bundle and its place in the calendar as readers will find them, made of what is there now: nothing is written or kept.

use domain::bundle::preview::PreviewItem;
use domain::bundle::{Look, Previewed};
use domain::dataset::Edition;
use domain::page::DEFAULT_LIMIT;
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::release::{
    CalendarPage, CalendarQuery, CalendarView, Release, ReleaseCommand, ReleasePage, ReleasedVersion,
};
use persistence::{contents, editions, releases};
use serde_json::json;

use super::preview::{assemble, to_preview};
use crate::{Ctx, Result, Services, audit};

/// The page of the bundle's release; looking is recorded until it is public.
///
/// # Errors
/// `NotFound` where the caller may not see the bundle, it holds nothing, or no release of the calendar comes with it.
pub async fn preview_release(services: &Services, ctx: &Ctx, id: &str) -> Result<Previewed<ReleasePage>> {
    let Coming { look, release, versions } = coming(services, ctx, id).await?;
    let page = ReleasePage { entry: release.entry(), versions };
    recorded(services, ctx, look, page, "release").await
}

/// What was published, latest first, with the bundle's release among it; looking is recorded until it is public.
///
/// # Errors
/// As above.
pub async fn preview_calendar(services: &Services, ctx: &Ctx, id: &str) -> Result<Previewed<CalendarPage>> {
    let Coming { look, release, .. } = coming(services, ctx, id).await?;
    let query = CalendarQuery {
        view: CalendarView::Published,
        state: None,
        month: None,
        topic: None,
        q: String::new(),
        offset: 0,
        limit: DEFAULT_LIMIT,
    };
    let mut page = crate::releases::calendar(services, ctx, &query).await?;
    let entry = release.entry();
    page.items.retain(|known| known.id != entry.id);
    let place = page.items.partition_point(|known| known.published_at > entry.published_at);
    page.items.insert(place, entry);
    recorded(services, ctx, look, page, "calendar").await
}

/// A bundle's release as it will be, or is where the bundle is public.
struct Coming {
    look: Look,
    release: Release,
    versions: Vec<ReleasedVersion>,
}

async fn coming(services: &Services, ctx: &Ctx, id: &str) -> Result<Coming> {
    let bundle = to_preview(services, ctx, id).await?;
    let db = services.db.pool();
    let items = contents::list_of_bundle(db, id).await?;
    // Whoever sees the bundle sees all that it makes public, its release too.
    let release = releases::find_of_bundle_visible_to(db, &Reach::All, id).await?.ok_or(Refusal::NotFound)?;
    let preview = assemble(services, bundle, items.clone()).await?;
    let datasets: Vec<&str> = preview.items.iter().map(|item| item.version.dataset_id.as_str()).collect();
    let titles = editions::list_of_datasets_visible_to(db, &Reach::All, &datasets).await?;
    let edition_of = |item: &PreviewItem| {
        let of_dataset = titles.get(&item.version.dataset_id)?;
        of_dataset.iter().find(|edition| edition.edition == item.version.edition)
    };
    let versions = preview.items.iter().map(|item| released(item, edition_of(item))).collect();
    let shown = preview.items.into_iter().next().ok_or(Refusal::NotFound)?;
    let look = Look { bundle: Some(preview.bundle), items, shown, release: preview.release };
    if look.is_public() {
        let versions = crate::releases::versions(services, &release).await?;
        return Ok(Coming { look, release, versions });
    }
    let at = look.instant().unwrap_or(ctx.now);
    let (release, _) = release.apply(ReleaseCommand::Publish { reason: None }, ctx.caller()?, at)?;
    Ok(Coming { look, release, versions })
}

fn released(item: &PreviewItem, edition: Option<&Edition>) -> ReleasedVersion {
    ReleasedVersion {
        dataset_id: item.version.dataset_id.clone(),
        edition: item.version.edition.clone(),
        edition_title: item.version.edition_title.clone(),
        edition_title_cy: edition.and_then(|edition| edition.title_cy.clone()),
        version: item.version.version,
        title: item.dataset.title.clone(),
        title_cy: item.dataset.title_cy.clone(),
        next_release: item.dataset.next_release.clone(),
        contacts: item.dataset.contacts.clone(),
    }
}

/// Records the look at all that is named there before anything of it leaves, unless everybody may have it.
async fn recorded<T>(services: &Services, ctx: &Ctx, look: Look, page: T, part: &str) -> Result<Previewed<T>> {
    if let Some(bundle) = look.bundle.as_ref().filter(|_| !look.is_public()) {
        let seen: Vec<String> = look.items.iter().map(domain::bundle::ContentItem::reference).collect();
        let details = json!({"contents": seen, "page": part});
        audit::preview_of_bundle(services, ctx, &bundle.id, details).await?;
    }
    Ok(Previewed { look, page })
}
