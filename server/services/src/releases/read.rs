//! Reading the calendar: what the public may know, and what those who prepare it may know besides.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::page::{Page, Paging};
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use domain::release::{
    CalendarEntry, CalendarPage, CalendarQuery, CalendarView, Release, ReleasePage, ReleaseState, ReleasedVersion,
};
use domain::topic::{Topic, in_tree_order};
use domain::uk_time::month_bounds;
use persistence::releases::{ReleaseFilter, ReleaseOrder};
use persistence::{bundles, releases};

use super::{may, reach};
use crate::{Ctx, Result, Services};

/// For how long whoever follows what is to come is told what became of it.
const FOLLOWED: TimeDelta = TimeDelta::weeks(4);
/// The most releases of which is looked at when they were last told of; more than any calendar has to come.
const LOOKED_AT: Paging = Paging { limit: 10_000, offset: 0 };

/// What somebody who prepares the release may know besides what is public.
#[derive(Clone, Debug)]
pub struct Inside {
    /// The bundle, if the caller may see it.
    pub bundle_id: Option<String>,
}

/// The release as the caller sees it; what only insiders may know is told by [`inside`].
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Release> {
    Ok(releases::find_visible_to(services.db.pool(), &reach(ctx), id).await?.ok_or(Refusal::NotFound)?)
}

/// The releases that the caller sees.
pub async fn list(services: &Services, ctx: &Ctx, filter: &ReleaseFilter, paging: Paging) -> Result<Page<Release>> {
    Ok(releases::list_visible_to(services.db.pool(), &reach(ctx), filter, paging).await?)
}

/// What the caller may know of each release besides what is public; none where that is nothing.
pub async fn inside(services: &Services, ctx: &Ctx, listed: &[Release]) -> Result<Vec<Option<Inside>>> {
    let Some(caller) = &ctx.caller else { return Ok(listed.iter().map(|_| None).collect()) };
    let reached = |r: &&Release| may(caller, Permission::ReleasesRead, r.details.department.as_deref());
    let named: Vec<String> = listed.iter().filter(reached).filter_map(|r| r.bundle_id.clone()).collect();
    let seen = bundles::visible_among(services.db.pool(), caller, &named).await?;
    let of = |r: &Release| Inside { bundle_id: r.bundle_id.clone().filter(|id| seen.contains(id)) };
    Ok(listed.iter().map(|r| reached(&r).then(|| of(r))).collect())
}

/// The same for one release.
pub async fn inside_of(services: &Services, ctx: &Ctx, release: &Release) -> Result<Option<Inside>> {
    Ok(inside(services, ctx, std::slice::from_ref(release)).await?.pop().flatten())
}

/// What a published release made public; nothing before.
pub async fn versions(services: &Services, release: &Release) -> Result<Vec<ReleasedVersion>> {
    match &release.bundle_id {
        Some(bundle) if release.state == ReleaseState::Published => {
            Ok(releases::public_versions(services.db.pool(), bundle).await?)
        }
        _ => Ok(Vec::new()),
    }
}

/// The public page of a release, whoever asks.
pub async fn page(services: &Services, id: &str) -> Result<ReleasePage> {
    let found = releases::find_visible_to(services.db.pool(), &Reach::PublishedOnly, id).await?;
    let release = found.ok_or(Refusal::NotFound)?;
    Ok(ReleasePage { versions: versions(services, &release).await?, entry: release.entry() })
}

/// The entry of a release in the public calendar, whoever asks.
pub async fn entry(services: &Services, id: &str) -> Result<CalendarEntry> {
    let found = releases::find_visible_to(services.db.pool(), &Reach::PublishedOnly, id).await?;
    Ok(found.ok_or(Refusal::NotFound)?.entry())
}

/// A page of the public calendar, whoever asks.
pub async fn calendar(services: &Services, ctx: &Ctx, query: &CalendarQuery) -> Result<CalendarPage> {
    let bounds = bounds_of(query, ctx.now);
    let states = match query.view {
        CalendarView::Upcoming => {
            let asked = query.state.filter(|state| ReleaseState::UPCOMING.contains(state));
            asked.map_or_else(|| ReleaseState::UPCOMING.to_vec(), |state| vec![state])
        }
        CalendarView::Published => vec![ReleaseState::Published],
        CalendarView::Cancelled => vec![ReleaseState::Cancelled],
        CalendarView::Month => query.state.into_iter().collect(),
    };
    let (topics, under) = topics_of(services, query).await?;
    let backwards = matches!(query.view, CalendarView::Published | CalendarView::Cancelled);
    let filter = ReleaseFilter {
        states,
        from: bounds.map(|(first, _)| first),
        to: bounds.map(|(_, last)| last),
        title: Some(query.q.clone()).filter(|q| !q.trim().is_empty()),
        order: if backwards { ReleaseOrder::Latest } else { ReleaseOrder::Soonest },
        topics: under,
        as_it_came: true,
    };
    let paging = Paging { limit: query.limit.min(domain::page::MAX_LIMIT), offset: query.offset };
    let found = releases::list_visible_to(services.db.pool(), &Reach::PublishedOnly, &filter, paging).await?;
    let items = found.items.iter().map(Release::entry).collect();
    Ok(CalendarPage { items, total_count: found.total_count, topics, now: ctx.now })
}

/// The month that is asked for, which the view by month always is.
fn bounds_of(query: &CalendarQuery, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    match query.view {
        CalendarView::Month => query.month_shown(now).bounds(),
        _ => query.month.and_then(|(year, month)| month_bounds(year, month)),
    }
}

/// The topics that may be chosen, and those that were, with all below. Only what is published has any: which topics a release
/// to come is about would tell what is in it.
async fn topics_of(services: &Services, query: &CalendarQuery) -> Result<(Vec<Topic>, Vec<String>)> {
    if query.view != CalendarView::Published {
        return Ok((Vec::new(), Vec::new()));
    }
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    let under = crate::topics::under(&taxonomy, query.topic.as_ref());
    Ok((in_tree_order(&taxonomy.topics), under))
}

/// What calendar programs are told: announced releases from four weeks ago on or of a month, soonest first.
pub async fn feed(services: &Services, ctx: &Ctx, query: &CalendarQuery) -> Result<Vec<CalendarEntry>> {
    let bounds = bounds_of(query, ctx.now);
    let states = match (query.state, query.view) {
        (Some(state), _) => vec![state],
        (None, CalendarView::Published) => vec![ReleaseState::Published],
        (None, CalendarView::Cancelled) => vec![ReleaseState::Cancelled],
        // Who follows what is to come wants to be told what became of it.
        (None, CalendarView::Upcoming | CalendarView::Month) => Vec::new(),
    };
    let (_, under) = topics_of(services, query).await?;
    let filter = ReleaseFilter {
        states,
        from: Some(bounds.map_or_else(|| ctx.now - FOLLOWED, |(first, _)| first)),
        to: bounds.map(|(_, last)| last),
        title: Some(query.q.clone()).filter(|q| !q.trim().is_empty()),
        topics: under,
        ..ReleaseFilter::default()
    };
    let found = releases::list_visible_to(services.db.pool(), &Reach::PublishedOnly, &filter, Paging::WHOLE).await?;
    Ok(found.items.iter().map(Release::entry).collect())
}

/// What feeds are told: a page of the releases of a view, those first of which something was told last. To what is to come
/// belongs what became of it in the last four weeks, also where its date was taken back.
pub async fn told(services: &Services, ctx: &Ctx, query: &CalendarQuery) -> Result<Page<CalendarEntry>> {
    let paging = Paging { limit: query.limit, offset: query.offset };
    let (states, follows) = match (query.state, query.view) {
        // What came last was told last, so that the database has the order.
        (_, CalendarView::Published) => {
            let found = calendar(services, ctx, query).await?;
            return Ok(Page::new(found.items, found.total_count, paging));
        }
        (Some(state), _) => (vec![state], false),
        (None, CalendarView::Cancelled) => (vec![ReleaseState::Cancelled], false),
        (None, CalendarView::Month) => (Vec::new(), false),
        (None, CalendarView::Upcoming) => (ReleaseState::UPCOMING.to_vec(), true),
    };
    let bounds = bounds_of(query, ctx.now);
    let filter = ReleaseFilter {
        states,
        from: bounds.map(|(first, _)| first),
        to: bounds.map(|(_, last)| last),
        title: Some(query.q.clone()).filter(|q| !q.trim().is_empty()),
        as_it_came: true,
        ..ReleaseFilter::default()
    };
    let mut all = entries(services, &filter).await?;
    if follows {
        let since = ctx.now - FOLLOWED;
        let came = ReleaseFilter {
            states: vec![ReleaseState::Published],
            from: Some(bounds.map_or(since, |(first, _)| first)),
            ..filter.clone()
        };
        all.extend(entries(services, &came).await?);
        // What was called off may never have had a date, so that only its last change tells when it was.
        let cancelled = entries(services, &ReleaseFilter { states: vec![ReleaseState::Cancelled], ..filter }).await?;
        all.extend(cancelled.into_iter().filter(|entry| bounds.is_some() || entry.told_at() >= Some(since)));
    }
    all.sort_by(|a, b| b.told_at().cmp(&a.told_at()).then_with(|| a.id.cmp(&b.id)));
    // What came between two of these questions is told as what it is now.
    let mut met = HashSet::new();
    all.retain(|entry| met.insert(entry.id.clone()));
    Ok(Page::of_whole(all, paging))
}

async fn entries(services: &Services, filter: &ReleaseFilter) -> Result<Vec<CalendarEntry>> {
    let found = releases::list_visible_to(services.db.pool(), &Reach::PublishedOnly, filter, LOOKED_AT).await?;
    Ok(found.items.iter().map(Release::entry).collect())
}
