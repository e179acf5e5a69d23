//! The public home page.

use std::sync::Arc;

use domain::correction::CorrectionsQuery;
use domain::file::FileSight;
use domain::page::Paging;
use domain::policy::Reach;
use domain::release::{CalendarQuery, CalendarView};
use domain::topic::with_descendants;
use domain::views::{DatasetSummary, HomePage};
use persistence::datasets::DatasetFilter;
use persistence::{datasets, editions, files, topics, versions};

use crate::{Ctx, Result, Services, releases};

/// How many of the datasets published last are looked at for the newest releases.
const RECENT: Paging = Paging { limit: 40, offset: 0 };

/// The corrections and notices that the home page tells of.
const CORRECTIONS: CorrectionsQuery = CorrectionsQuery { year: None, kind: None, offset: 0, limit: 3 };

/// The releases to come that the home page tells of.
const UPCOMING: CalendarQuery = CalendarQuery {
    view: CalendarView::Upcoming,
    state: None,
    month: None,
    topic: None,
    q: String::new(),
    offset: 0,
    limit: 4,
};

/// The newest datasets among which figures to open with are looked for, and how many figures are shown.
const HEADLINES: (usize, usize) = (8, 3);

/// What is new, what comes next, what there is, and figures to open with; what is public only, whoever asks.
///
/// Made once for each revision of the catalogue, since every reader gets the same; its time is that of making it.
pub async fn home(services: &Services, ctx: &Ctx) -> Result<Arc<HomePage>> {
    services.memory.home(&services.db, make(services, ctx)).await
}

async fn make(services: &Services, ctx: &Ctx) -> Result<HomePage> {
    let db = services.db.pool();
    let recent = datasets::list_visible_to(db, &Reach::PublishedOnly, &DatasetFilter::default(), RECENT).await?;
    let dataset_count = recent.total_count;
    let mut latest = recent.items;
    latest.sort_by(|a, b| b.release_date.cmp(&a.release_date).then_with(|| a.id.cmp(&b.id)));
    let (looked_at, wanted) = HEADLINES;
    let mut headlines = Vec::with_capacity(wanted);
    for summary in latest.iter().take(looked_at) {
        if headlines.len() == wanted {
            break;
        }
        if let Some(sight) = newest_chart(services, summary).await? {
            headlines.push((summary.clone(), sight));
        }
    }
    latest.truncate(8);
    let corrections = crate::corrections::page(services, &CORRECTIONS).await?.items;
    let upcoming = releases::calendar(services, ctx, &UPCOMING).await?.items;
    let topics = topic_counts(services).await?;
    Ok(HomePage { latest, topics, dataset_count, headlines, upcoming, corrections, now: ctx.now })
}

/// Top topics with the number of public datasets that carry the topic or one below it.
async fn topic_counts(services: &Services) -> Result<Vec<(domain::topic::Topic, u64)>> {
    let db = services.db.pool();
    let all = topics::list(db).await?;
    let used = topics::public_topics(db).await?;
    let counted = all.iter().filter(|t| t.parent_id.is_none()).map(|top| {
        let under = with_descendants(&all, &top.id);
        let mut datasets: Vec<&str> =
            used.iter().filter(|(_, topic)| under.contains(topic)).map(|(d, _)| d.as_str()).collect();
        datasets.sort_unstable();
        datasets.dedup();
        (top.clone(), u64::try_from(datasets.len()).unwrap_or(u64::MAX))
    });
    Ok(counted.collect())
}

/// What pages show of the newest table of a dataset that has a series to open with; what is public only.
pub(crate) async fn newest_chart(services: &Services, summary: &DatasetSummary) -> Result<Option<FileSight>> {
    let db = services.db.pool();
    let reach = Reach::PublishedOnly;
    let Some(edition) = editions::list_visible_to(db, &reach, &summary.id).await?.into_iter().next() else {
        return Ok(None);
    };
    let Some(number) = edition.latest_version else { return Ok(None) };
    let version = versions::find_visible_to(db, &reach, &summary.id, &edition.edition, number).await?;
    let Some(version) = version else { return Ok(None) };
    let sights = files::list_with_sights(db, &version).await?;
    Ok(sights
        .into_iter()
        .map(|(_, sight)| sight)
        .find(|sight| sight.chart.as_ref().is_some_and(|chart| domain::table::latest(chart).is_some())))
}
