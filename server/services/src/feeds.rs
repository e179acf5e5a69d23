//! What is new, for feeds: of a search, a topic, a dataset, the corrections and the release calendar. Published content only.

mod calendars;

pub use calendars::{calendar_of_dataset, calendar_of_search, calendar_of_topic};

use chrono::{DateTime, Utc};
use domain::catalogue::{Hit, SearchQuery, Sort};
use domain::correction::{Correction, CorrectionsQuery};
use domain::feed::Entry;
use domain::language::Language;
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::release::{CalendarEntry, CalendarQuery};
use domain::text::escaped;
use domain::version::Version;
use persistence::{datasets, editions, versions};

use crate::topics::Found;
use crate::{Ctx, Result, Services, catalogue, corrections, releases, topics};

/// Entries of a feed.
const MOST: u32 = 50;
/// Editions of a dataset that are looked at, the newest ones.
const EDITIONS: usize = 10;

/// Where the entries lead: the site's address, and the language of its pages.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The public address, without a slash at the end.
    pub address: &'a str,
    /// The language of titles and pages.
    pub language: Language,
}

impl Site<'_> {
    fn page(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, self.language.path_prefix())
    }

    /// A name that stays the same in both languages.
    fn id(&self, path: &str, part: &str) -> String {
        format!("{}{path}#{part}", self.address)
    }
}

/// The newest releases that a search finds.
///
/// # Errors
/// Where the index or the database fails.
pub async fn of_search(services: &Services, site: Site<'_>, query: SearchQuery) -> Result<Vec<Entry>> {
    let query = SearchQuery { sort: Sort::Newest, limit: MOST, offset: 0, language: site.language, ..query };
    let found = catalogue::search(services, query).await?;
    Ok(found.items.into_iter().map(|hit| of_hit(site, hit)).collect())
}

/// The newest releases on a topic and those below it, with its title.
///
/// # Errors
/// `NotFound` where there is no such topic.
pub async fn of_topic(services: &Services, site: Site<'_>, id: &str) -> Result<(String, Vec<Entry>)> {
    let (title, query) = on_topic(services, site, id).await?;
    Ok((title, of_search(services, site, query).await?))
}

/// The title of a topic, by whatever address it ever had, and the search for its datasets.
async fn on_topic(services: &Services, site: Site<'_>, id: &str) -> Result<(String, SearchQuery)> {
    let topic = match topics::find(services, id).await? {
        Found::Here(topic) => topic,
        Found::Moved(id) => match topics::find(services, &id).await? {
            Found::Here(topic) => topic,
            Found::Moved(_) => return Err(Refusal::NotFound.into()),
        },
    };
    let title = site.language.pick(&topic.title, topic.title_cy.as_deref()).to_owned();
    Ok((title, SearchQuery { topics: vec![topic.id], ..SearchQuery::default() }))
}

/// A dataset's versions and what was said of them since, with its title.
///
/// # Errors
/// `NotFound` where it is not public.
pub async fn of_dataset(services: &Services, site: Site<'_>, id: &str) -> Result<(String, Vec<Entry>)> {
    let (db, reach) = (services.db.pool(), Reach::PublishedOnly);
    let dataset = datasets::find_visible_to(db, &reach, id).await?.ok_or(Refusal::NotFound)?;
    let metadata = dataset.shown();
    let title = site.language.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned();
    let mut entries = Vec::new();
    for edition in editions::list_visible_to(db, &reach, id).await?.into_iter().take(EDITIONS) {
        for version in versions::list_visible_to(db, &reach, id, &edition.edition).await? {
            let edition = site.language.pick(&edition.title, edition.title_cy.as_deref());
            entries.extend(of_version(site, &title, edition, &version));
            let about = |alert| Correction {
                dataset_id: version.dataset_id.clone(),
                title: metadata.title.clone(),
                title_cy: metadata.title_cy.clone(),
                edition: version.edition.clone(),
                edition_title: edition.to_owned(),
                version: version.version,
                alert,
            };
            entries
                .extend(version.metadata.alerts.iter().cloned().map(about).filter_map(|one| of_correction(site, one)));
        }
    }
    entries.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)));
    entries.truncate(MOST as usize);
    Ok((title, entries))
}

/// The newest corrections and notices of all datasets.
///
/// # Errors
/// Where the database fails.
pub async fn of_corrections(services: &Services, site: Site<'_>, query: CorrectionsQuery) -> Result<Vec<Entry>> {
    let query = CorrectionsQuery { offset: 0, limit: MOST, ..query };
    let found = corrections::page(services, &query).await?;
    Ok(found.items.into_iter().filter_map(|one| of_correction(site, one)).collect())
}

/// The release calendar under some choices.
///
/// # Errors
/// Where the database fails.
pub async fn of_releases(services: &Services, ctx: &Ctx, site: Site<'_>, query: CalendarQuery) -> Result<Vec<Entry>> {
    let query = CalendarQuery { offset: 0, limit: MOST, ..query };
    let found = releases::calendar(services, ctx, &query).await?;
    let mut entries: Vec<Entry> = found.items.iter().map(|entry| of_release(site, entry)).collect();
    entries.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)));
    Ok(entries)
}

fn of_hit(site: Site<'_>, hit: Hit) -> Entry {
    let path = format!("/catalogue/{}", hit.dataset_id);
    let topics = hit.topics.iter().map(|topic| site.language.pick(&topic.title, topic.title_cy.as_deref()).to_owned());
    Entry {
        id: site.id(&path, &format!("released-{}", hit.release_date.timestamp())),
        href: site.page(&path),
        categories: topics.collect(),
        title: hit.title,
        summary: hit.summary,
        published: hit.release_date,
        updated: hit.release_date,
    }
}

fn of_version(site: Site<'_>, title: &str, edition: &str, version: &Version) -> Option<Entry> {
    let published = version.metadata.release_date.or(version.published_at)?;
    let changes: Vec<String> = version
        .metadata
        .latest_changes
        .iter()
        .map(|change| format!("{}: {}", change.name, change.description))
        .collect();
    Some(Entry {
        id: site.id(&version.page_path(), "released"),
        title: format!("{title}, {edition}, {}", version.version),
        href: site.page(&version.page_path()),
        summary: changes.join(" "),
        published,
        updated: published,
        categories: Vec::new(),
    })
}

fn of_correction(site: Site<'_>, correction: Correction) -> Option<Entry> {
    let at = correction.alert.date?;
    let title = site.language.pick(&correction.title, correction.title_cy.as_deref());
    let path = correction.page_path();
    Some(Entry {
        id: site.id(&path, &format!("alert-{}", correction.alert.id)),
        title: format!("{title}, {}, {}", correction.edition_title, correction.version),
        href: site.page(&path),
        published: at,
        updated: at,
        categories: vec![correction.alert.kind.to_string()],
        summary: site
            .language
            .pick(&correction.alert.description, correction.alert.description_cy.as_deref())
            .to_owned(),
    })
}

fn of_release(site: Site<'_>, entry: &CalendarEntry) -> Entry {
    let (details, language) = (&entry.details, site.language);
    let path = format!("/releases/{}", escaped(&entry.id));
    let announced = entry.announced_at.or(entry.published_at).or(entry.date.instant());
    let announced = announced.unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    let told = entry.published_at.or(entry.changes.last().map(|change| change.at)).unwrap_or(announced);
    Entry {
        id: site.id(&path, "release"),
        title: language.pick(&details.title, details.title_cy.as_deref()).to_owned(),
        href: site.page(&path),
        summary: language.pick(&details.summary, details.summary_cy.as_deref()).to_owned(),
        published: announced,
        updated: told,
        categories: vec![entry.state.to_string()],
    }
}
