//! The page of a dataset, an edition or a version: one shape, three addresses.

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::dataset::{Dataset, Edition};
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::version::Version;
use domain::views::VersionPage;
use persistence::{datasets, editions, files, images, topics, versions};

use crate::datasets::in_order;
use crate::{Ctx, Result, Services};

/// What the address names; what it leaves out means the latest of that scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: Option<String>,
    /// The version's number.
    pub version: Option<u32>,
}

/// The page as the public sees it; a preview for those with more rights is a page of its own.
pub async fn version_page(services: &Services, _ctx: &Ctx, scope: &Scope) -> Result<VersionPage> {
    Ok(without_the_work(version_within(services, &Reach::PublishedOnly, None, scope).await?))
}

/// The page as the public will see it once a bundle is public at `at`, made of what is there now: nothing is written.
///
/// Only for those who were found to see the bundle.
pub(crate) async fn version_page_with(
    services: &Services,
    bundle_id: &str,
    at: DateTime<Utc>,
    scope: &Scope,
) -> Result<VersionPage> {
    Ok(without_the_work(version_within(services, &Reach::with_bundle(bundle_id), Some(at), scope).await?))
}

/// Who wrote, approved and confirmed what, why, and how often it was saved, tells of work that is not public yet; the page shows none of it.
fn without_the_work(page: VersionPage) -> VersionPage {
    let office = Actor::system("catalogue");
    let of_version = |version: Version| Version {
        created_by: office.clone(),
        last_edited_by: office.clone(),
        approved_by: None,
        approved_at: None,
        revision: 0,
        ..version
    };
    let of_edition = |edition: Edition| Edition { revision: 0, ..edition };
    VersionPage {
        dataset: Dataset { created_by: office.clone(), last_edited_by: office.clone(), revision: 0, ..page.dataset },
        editions: page.editions.into_iter().map(of_edition).collect(),
        edition: of_edition(page.edition),
        versions: page.versions.into_iter().map(of_version).collect(),
        version: of_version(page.version),
        files: page.files.into_iter().map(|(file, sight)| (file.without_the_work(), sight)).collect(),
        ..page
    }
}

/// The same as the caller sees it, for documents about a version.
pub async fn version_seen_by(services: &Services, ctx: &Ctx, scope: &Scope) -> Result<VersionPage> {
    version_within(services, &ctx.reach(), None, scope).await
}

/// What is seen within the reach; with an instant as if all of it had become public then.
async fn version_within(
    services: &Services,
    reach: &Reach,
    instant: Option<DateTime<Utc>>,
    scope: &Scope,
) -> Result<VersionPage> {
    let db = services.db.pool();
    let dataset = datasets::find_visible_to(db, reach, &scope.dataset_id).await?.ok_or(Refusal::NotFound)?;
    let dataset = match instant {
        Some(at) => dataset.published_at_instant(at),
        None => dataset,
    };
    let mut found = editions::list_with_places_visible_to(db, reach, &dataset.id).await?;
    for (edition, _) in &mut found {
        edition.published_at = edition.published_at.or(instant);
        // Nothing is released after it became public (`Version::dated`); what is public was so before.
        edition.latest_release = edition.latest_release.map(|said| instant.map_or(said, |at| said.min(at)));
    }
    // However they are listed, an address without an edition means the one released last.
    let newest = found.first().map(|(edition, _)| edition.edition.clone()).ok_or(Refusal::NotFound)?;
    let wanted = scope.edition.as_ref().unwrap_or(&newest);
    let edition = found.iter().map(|(edition, _)| edition).find(|edition| edition.edition == *wanted);
    let edition = edition.cloned().ok_or(Refusal::NotFound)?;
    let of_edition = versions::list_visible_to(db, reach, &dataset.id, &edition.edition).await?;
    let of_edition: Vec<Version> = match instant {
        Some(at) => of_edition.into_iter().map(|version| version.published_at_instant(at)).collect(),
        None => of_edition,
    };
    let version = match scope.version {
        Some(wanted) => of_edition.iter().find(|v| v.version == wanted),
        None => of_edition.first(),
    };
    let version = version.cloned().ok_or(Refusal::NotFound)?;
    let all_topics = topics::list(db).await?;
    let departments = topics::departments(db).await?;
    let shown = dataset.shown();
    let stored = files::list_with_sights(db, &version).await?;
    let pictures = images::list_of_version(db, &version).await?;
    Ok(VersionPage {
        images: pictures.into_iter().map(|stored| stored.image).collect(),
        department: departments.into_iter().find(|d| d.id == dataset.department),
        topics: shown.topics.iter().filter_map(|id| all_topics.iter().find(|t| t.id == *id).cloned()).collect(),
        is_latest: of_edition.first().is_some_and(|newest| newest.version == version.version),
        files: stored.into_iter().map(|(stored, sight)| (stored.file, sight)).collect(),
        editions: in_order(found),
        newest_edition: newest,
        versions: of_edition,
        edition,
        version,
        dataset,
    })
}
