//! When datasets came and when they are to come next, for calendars. Published content only: the next release is what the
//! dataset's public page says of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::calendar::{Event, EventStatus, EventTime};
use domain::catalogue::{Hit, SearchQuery, Sort};
use domain::dataset::{DatasetMetadata, NextRelease};
use domain::policy::Reach;
use domain::text::escaped;
use domain::uk_time;
use persistence::datasets;

use super::{Site, of_hit, of_version, on_topic, public_dataset, versions_of};
use crate::{Ctx, Result, Services, catalogue};

/// Datasets of a calendar, those with the newest releases: more than a feed has entries, as most have one date still to come.
const DATASETS: u32 = 200;
/// Versions of a dataset's calendar, the newest ones.
const VERSIONS: usize = 50;

/// The newest releases that a search finds, and the next ones of the same datasets.
///
/// # Errors
/// Where the index or the database fails.
pub async fn calendar_of_search(
    services: &Services,
    ctx: &Ctx,
    site: Site<'_>,
    query: SearchQuery,
) -> Result<Vec<Event>> {
    let query = SearchQuery { sort: Sort::Newest, limit: DATASETS, offset: 0, language: site.language, ..query };
    let found = catalogue::search(services, query).await?.items;
    let ids: Vec<&str> = found.iter().map(|hit| hit.dataset_id.as_str()).collect();
    let listed = datasets::list_of_visible_to(services.db.pool(), &Reach::PublishedOnly, &ids).await?;
    let metadata: HashMap<String, DatasetMetadata> = listed.into_iter().map(|one| (one.id, one.metadata)).collect();
    let mut events = Vec::with_capacity(found.len());
    for hit in found {
        events.extend(metadata.get(&hit.dataset_id).and_then(|metadata| next(ctx, site, metadata, &hit)));
        events.push(Event::of_entry(of_hit(site, hit)));
    }
    Ok(events)
}

/// The same of a topic and those below it, with its title.
///
/// # Errors
/// `NotFound` where there is no such topic.
pub async fn calendar_of_topic(
    services: &Services,
    ctx: &Ctx,
    site: Site<'_>,
    id: &str,
) -> Result<(String, Vec<Event>)> {
    let (title, query) = on_topic(services, site, id).await?;
    Ok((title, calendar_of_search(services, ctx, site, query).await?))
}

/// When the versions of a dataset came and when the next is to come, with its title.
///
/// # Errors
/// `NotFound` where it is not public.
pub async fn calendar_of_dataset(
    services: &Services,
    ctx: &Ctx,
    site: Site<'_>,
    id: &str,
) -> Result<(String, Vec<Event>)> {
    let metadata = public_dataset(services, id).await?.shown();
    let title = site.language.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned();
    let listed = versions_of(services, site, id).await?;
    let told = listed.iter().filter_map(|(edition, version)| of_version(site, &title, edition, version));
    let mut entries: Vec<_> = told.collect();
    entries.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.id.cmp(&b.id)));
    entries.truncate(VERSIONS);
    let newest = entries.first().map_or(DateTime::<Utc>::UNIX_EPOCH, |entry| entry.published);
    let to_come = next_of(ctx, site, &metadata, id, &title, newest);
    Ok((title, to_come.into_iter().chain(entries.into_iter().map(Event::of_entry)).collect()))
}

fn next(ctx: &Ctx, site: Site<'_>, metadata: &DatasetMetadata, hit: &Hit) -> Option<Event> {
    next_of(ctx, site, metadata, &hit.dataset_id, &hit.title, hit.release_date)
}

/// The next release of a dataset, where its page names a day or an instant that is not over; `said` is when the page was last
/// known to change.
fn next_of(
    ctx: &Ctx,
    site: Site<'_>,
    metadata: &DatasetMetadata,
    id: &str,
    title: &str,
    said: DateTime<Utc>,
) -> Option<Event> {
    let (time, day) = match NextRelease::of(metadata.next_release.as_deref()?) {
        NextRelease::At(at) => (EventTime::At(at), uk_time::day(at)),
        NextRelease::Day(day) => (EventTime::Day(day), day),
        _ => return None,
    };
    let path = format!("/catalogue/{}", escaped(id));
    (day >= uk_time::day(ctx.now)).then(|| Event {
        uid: site.id(&path, "next-release"),
        said,
        sequence: 0,
        time,
        title: title.to_owned(),
        text: String::new(),
        href: site.page(&path),
        status: EventStatus::Tentative,
    })
}
