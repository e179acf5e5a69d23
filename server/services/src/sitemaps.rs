//! Every public page, for search engines.

use domain::page::Paging;
use domain::policy::Reach;
use domain::sitemap::{Place, places_of};
use domain::text::escaped;
use persistence::datasets::{self, DatasetFilter};
use persistence::releases::{ReleaseFilter, ReleaseOrder};
use persistence::{registers, releases, topics};

use crate::{Result, Services};

/// Pages that are always there.
const PAGES: [&str; 18] = [
    "/",
    "/catalogue",
    "/topics",
    "/releases",
    "/corrections",
    "/publication-log",
    "/feeds",
    "/subscribe",
    "/developers",
    "/status",
    "/help",
    "/about",
    "/accessibility",
    "/cookies",
    "/privacy",
    "/terms",
    "/contact",
    "/feedback",
];
/// Releases of the calendar that are told, the latest ones.
const RELEASES: Paging = Paging { limit: 10_000, offset: 0 };

/// How many datasets are public.
///
/// # Errors
/// Where the database fails.
pub async fn count(services: &Services) -> Result<u64> {
    let filter = DatasetFilter::default();
    let count = async { Ok(datasets::count_visible_to(services.db.pool(), &Reach::PublishedOnly, &filter).await?) };
    services.memory.count(&services.db, &Reach::PublishedOnly, &filter, count).await
}

/// The datasets of the file with this number, from 1, where each holds `size` of them; none where there is no such file.
///
/// # Errors
/// Where the database fails.
pub async fn of_datasets(services: &Services, number: u64, size: u64) -> Result<Vec<Place>> {
    let first = number.checked_sub(1).and_then(|before| before.checked_mul(size));
    // A database counts no further than this.
    let Some(first) = first.filter(|first| i64::try_from(*first).is_ok()) else { return Ok(Vec::new()) };
    let found = registers::public_ids(services.db.pool(), first, size).await?;
    Ok(found.into_iter().flat_map(|(id, changed)| places_of(&id, changed)).collect())
}

/// The site's own pages, its topics, and the releases of its calendar.
///
/// # Errors
/// Where the database fails.
pub async fn of_pages(services: &Services) -> Result<Vec<Place>> {
    let db = services.db.pool();
    let own = PAGES.iter().map(|path| Place { path: (*path).to_owned(), changed: None });
    let topics = topics::list(db).await?;
    let topics = topics.iter().map(|topic| Place { path: format!("/topics/{}", topic.id), changed: None });
    let filter = ReleaseFilter { order: ReleaseOrder::Latest, ..ReleaseFilter::default() };
    let releases = releases::list_visible_to(db, &Reach::PublishedOnly, &filter, RELEASES).await?;
    let releases = releases.items.iter().map(|release| {
        let entry = release.entry();
        Place { path: format!("/releases/{}", escaped(&entry.id)), changed: entry.told_at() }
    });
    Ok(own.chain(topics).chain(releases).collect())
}
