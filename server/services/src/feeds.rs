//! What is new, for feeds: of a search, a topic, a dataset, the corrections, the release calendar and the state of the site. Published content
//! only.

mod calendars;

pub use calendars::{calendar_of_dataset, calendar_of_search, calendar_of_topic};

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::catalogue::{Hit, SearchQuery, Sort};
use domain::correction::{Correction, CorrectionsQuery};
use domain::dataset::Dataset;
use domain::feed::Entry;
use domain::language::Language;
use domain::page::{Page, Paging};
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::release::{CalendarEntry, CalendarQuery};
use domain::status::{PublicIncident, PublicUpdate};
use domain::text::escaped;
use domain::version::{AlertKind, Version};
use persistence::{datasets, editions, versions};

use crate::topics::Found;
use crate::{Ctx, Result, Services, catalogue, corrections, incidents, releases, topics};

/// Entries on one page of a feed; those of a search have what was corrected between them besides.
pub const ENTRIES: u32 = 50;

/// Where the entries lead and what they say: the site's address, the language of its pages, and their words.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The public address, without a slash at the end.
    pub address: &'a str,
    /// The language of titles and pages.
    pub language: Language,
    /// The words of the pages.
    pub words: Words,
}

/// What the pages say of a thing, for entries that have to say it too.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What a correction or notice is called.
    pub alert: fn(Language, AlertKind) -> String,
    /// When a release came or will come, and why that changed.
    pub release: fn(Language, &CalendarEntry) -> String,
    /// What an incident is called.
    pub incident: fn(Language, &PublicIncident) -> String,
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

/// A page of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is on it, newest first.
    pub entries: Vec<Entry>,
    /// How many pages there are; one at least.
    pub pages: u32,
}

impl Part {
    fn of(entries: Vec<Entry>, total: u64) -> Self {
        let pages = u32::try_from(total.div_ceil(u64::from(ENTRIES))).unwrap_or(u32::MAX);
        Self { entries, pages: pages.max(1) }
    }

    /// A page of all entries, in whatever order they are.
    fn of_all(mut all: Vec<Entry>, page: u32) -> Self {
        all.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)));
        let found = Page::of_whole(all, paging(page));
        Self::of(found.items, found.total_count)
    }
}

/// The entries of a page, from 1.
fn paging(page: u32) -> Paging {
    Paging { limit: ENTRIES, offset: page.saturating_sub(1).saturating_mul(ENTRIES) }
}

/// The releases that a search finds, the newest first, and between them what was corrected in any dataset that it finds.
///
/// # Errors
/// Where the index or the database fails.
pub async fn of_search(services: &Services, site: Site<'_>, query: SearchQuery, page: u32) -> Result<Part> {
    let Paging { limit, offset } = paging(page);
    // The last release of the page before tells from where on its corrections belong here.
    let before = offset.min(1);
    let query = SearchQuery {
        sort: Sort::Newest,
        limit: limit + before,
        offset: offset - before,
        language: site.language,
        ..query
    };
    let found = catalogue::search(services, query.clone()).await?;
    let mut part = Part::of(Vec::new(), found.total_count);
    if found.total_count == 0 || page > part.pages {
        return Ok(part);
    }
    let mut hits = found.items;
    let until = (before > 0 && !hits.is_empty()).then(|| hits.remove(0).release_date);
    let from = hits.last().map(|hit| hit.release_date).filter(|_| page < part.pages);
    let corrected = corrected(services, site, query, (from, until)).await?;
    part.entries = hits.into_iter().map(|hit| of_hit(site, hit)).chain(corrected).collect();
    // Of what came at one instant the order of the search stays.
    part.entries.sort_by_key(|entry| Reverse(entry.updated));
    Ok(part)
}

/// What was corrected in datasets that a search finds, after one instant and until another.
async fn corrected(
    services: &Services,
    site: Site<'_>,
    query: SearchQuery,
    (from, until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Vec<Entry>> {
    let all = corrections::page(services, &CorrectionsQuery { limit: u32::MAX, ..CorrectionsQuery::default() }).await?;
    let within = |one: &Correction| {
        one.alert.date.is_some_and(|at| from.is_none_or(|from| at > from) && until.is_none_or(|until| at <= until))
    };
    let all: Vec<Correction> = all.items.into_iter().filter(within).collect();
    let ids: HashSet<String> = all.iter().map(|one| one.dataset_id.clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = catalogue::found_among(services, query, ids.into_iter().collect()).await?;
    let found: HashSet<String> = found.into_iter().collect();
    let told = all.into_iter().filter(|one| found.contains(&one.dataset_id));
    Ok(told.filter_map(|one| of_correction_among_releases(site, one)).collect())
}

/// The releases and corrections on a topic and those below it, newest first, with its title.
///
/// # Errors
/// `NotFound` where there is no such topic.
pub async fn of_topic(services: &Services, site: Site<'_>, id: &str, page: u32) -> Result<(String, Part)> {
    let (title, query) = on_topic(services, site, id).await?;
    Ok((title, of_search(services, site, query, page).await?))
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

/// What a topic that was chosen in a list is called; what was asked for where there is no such topic.
///
/// # Errors
/// Where the database fails.
pub async fn title_of_topic(services: &Services, language: Language, id: &str) -> Result<String> {
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    let now = taxonomy.redirects.get(id).map_or(id, String::as_str);
    let topic = taxonomy.topics.iter().find(|topic| topic.id == now);
    Ok(topic.map_or(id, |topic| language.pick(&topic.title, topic.title_cy.as_deref())).to_owned())
}

/// A dataset's versions and what was said of them since, with its title.
///
/// # Errors
/// `NotFound` where it is not public.
pub async fn of_dataset(services: &Services, site: Site<'_>, id: &str, page: u32) -> Result<(String, Part)> {
    let dataset = public_dataset(services, id).await?;
    let metadata = dataset.shown();
    let title = site.language.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned();
    let mut entries = Vec::new();
    for (edition, version) in versions_of(services, site, id).await? {
        entries.extend(of_version(site, &title, &edition, &version));
        let about = |alert| Correction {
            dataset_id: version.dataset_id.clone(),
            title: metadata.title.clone(),
            title_cy: metadata.title_cy.clone(),
            edition: version.edition.clone(),
            edition_title: edition.clone(),
            version: version.version,
            alert,
        };
        entries.extend(version.metadata.alerts.iter().cloned().map(about).filter_map(|one| of_correction(site, one)));
    }
    Ok((title, Part::of_all(entries, page)))
}

async fn public_dataset(services: &Services, id: &str) -> Result<Dataset> {
    let found = datasets::find_visible_to(services.db.pool(), &Reach::PublishedOnly, id).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The public versions of a dataset in no order, each with the title of its edition.
async fn versions_of(services: &Services, site: Site<'_>, id: &str) -> Result<Vec<(String, Version)>> {
    let (db, reach) = (services.db.pool(), Reach::PublishedOnly);
    let editions = editions::list_visible_to(db, &reach, id).await?;
    let of_edition = |version: Version| {
        let edition = editions.iter().find(|edition| edition.edition == version.edition)?;
        Some((site.language.pick(&edition.title, edition.title_cy.as_deref()).to_owned(), version))
    };
    Ok(versions::list_of_dataset_visible_to(db, &reach, id).await?.into_iter().filter_map(of_edition).collect())
}

/// The corrections and notices of all datasets, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_corrections(services: &Services, site: Site<'_>, query: CorrectionsQuery, page: u32) -> Result<Part> {
    let Paging { limit, offset } = paging(page);
    let found = corrections::page(services, &CorrectionsQuery { limit, offset, ..query }).await?;
    let entries = found.items.into_iter().filter_map(|one| of_correction(site, one)).collect();
    Ok(Part::of(entries, found.total_count))
}

/// What the public was told of incidents, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_incidents(services: &Services, ctx: &Ctx, site: Site<'_>, page: u32) -> Result<Part> {
    let told = incidents::told_of(services, ctx).await?;
    let entries = told.iter().flat_map(|one| one.updates.iter().map(move |update| of_update(site, one, update)));
    Ok(Part::of_all(entries.collect(), page))
}

fn of_update(site: Site<'_>, incident: &PublicIncident, update: &PublicUpdate) -> Entry {
    let place = update.place();
    Entry {
        id: site.id("/status", &place),
        title: (site.words.incident)(site.language, incident),
        href: site.page(&format!("/status#{place}")),
        summary: site.language.pick(&update.text, update.text_cy.as_deref()).to_owned(),
        published: update.at,
        updated: update.at,
        categories: Vec::new(),
    }
}

/// The release calendar under some choices, what was told last first.
///
/// # Errors
/// Where the database fails.
pub async fn of_releases(
    services: &Services,
    ctx: &Ctx,
    site: Site<'_>,
    query: CalendarQuery,
    page: u32,
) -> Result<Part> {
    let Paging { limit, offset } = paging(page);
    let found = releases::told(services, ctx, &CalendarQuery { limit, offset, ..query }).await?;
    Ok(Part::of(found.items.iter().map(|entry| of_release(site, entry)).collect(), found.total_count))
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

/// A correction among entries that are releases: its title says that it is none.
fn of_correction_among_releases(site: Site<'_>, correction: Correction) -> Option<Entry> {
    let kind = (site.words.alert)(site.language, correction.alert.kind);
    of_correction(site, correction).map(|entry| Entry { title: format!("{kind}: {}", entry.title), ..entry })
}

fn of_release(site: Site<'_>, entry: &CalendarEntry) -> Entry {
    let (details, language) = (&entry.details, site.language);
    let path = format!("/releases/{}", escaped(&entry.id));
    let announced = entry.announced_at.or(entry.published_at).or(entry.date.instant());
    let announced = announced.unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    let about = language.pick(&details.summary, details.summary_cy.as_deref());
    let said = (site.words.release)(language, entry);
    Entry {
        id: site.id(&path, "release"),
        title: language.pick(&details.title, details.title_cy.as_deref()).to_owned(),
        href: site.page(&path),
        summary: format!("{said} {about}").trim().to_owned(),
        published: announced,
        updated: entry.told_at().unwrap_or(announced),
        categories: vec![entry.state.to_string()],
    }
}
