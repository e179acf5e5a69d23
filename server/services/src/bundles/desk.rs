//! The portal's lists of bundles: table, board and calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::bundle::desk::{BundleCard, BundleDesk, BundleListOrder, BundleQuery, BundleView, MINE};
use domain::bundle::{BundleStage, readiness};
use domain::month::Month;
use domain::page::{DEFAULT_LIMIT, MAX_LIMIT, Page, Paging};
use domain::uk_time;
use futures::{Stream, stream};
use persistence::bundles::{BundleFilter, BundleOrder, BundleSort};
use persistence::{bundles, contents, departments, teams};

use crate::records::{self, About};
use crate::{Ctx, Result, ServiceError, Services};

/// How many bundles a column of the board shows.
const COLUMN: u32 = 25;

/// The bundles that the caller may see, as the address asks for them.
pub async fn desk(services: &Services, ctx: &Ctx, query: BundleQuery) -> Result<BundleDesk> {
    let (filter, unread) = filter_of(ctx, &query);
    let month = Month::parse(&query.month).unwrap_or_else(|| Month::of(ctx.now));
    let mut columns = Vec::new();
    let cards = match query.view {
        BundleView::Table => {
            let offset = query.page.saturating_sub(1).saturating_mul(DEFAULT_LIMIT);
            page(services, ctx, &filter, Paging { limit: DEFAULT_LIMIT, offset }).await?
        }
        BundleView::Board => {
            let asked = query.stages();
            let wanted = |stage: &&BundleStage| asked.is_empty() || asked.contains(*stage);
            for stage in BundleStage::ALL.iter().filter(wanted) {
                let filter = BundleFilter { stages: vec![*stage], ..filter.clone() };
                columns.push((*stage, page(services, ctx, &filter, Paging { limit: COLUMN, offset: 0 }).await?));
            }
            Page::new(Vec::new(), columns.iter().map(|(_, page)| page.total_count).sum(), Paging::default())
        }
        BundleView::Calendar => page(services, ctx, &within(filter, month.bounds()), Paging::WHOLE).await?,
        BundleView::Week => {
            let days = query.days(ctx.now);
            let bounds = |day: Option<&NaiveDate>| day.copied().and_then(uk_time::day_bounds);
            let (first, last) = (bounds(days.first()), bounds(days.last()));
            let week = first.zip(last).map(|((first, _), (_, last))| (first, last));
            page(services, ctx, &within(filter, week), Paging::WHOLE).await?
        }
    };
    let db = services.db.pool();
    Ok(BundleDesk {
        unread,
        cards,
        columns,
        month,
        teams: teams::list(db).await?,
        departments: departments::page(db, None, Paging::WHOLE).await?.items,
        owners: bundles::owners_visible_to(db, ctx.caller()?).await?,
        now: ctx.now,
        query,
    })
}

/// The same within these instants alone, the soonest first.
fn within(filter: BundleFilter, bounds: Option<(DateTime<Utc>, DateTime<Utc>)>) -> BundleFilter {
    let (first, last) = bounds.unzip();
    BundleFilter {
        from: filter.from.max(first),
        to: filter.to.into_iter().chain(last).min(),
        order: BundleOrder::SOONEST,
        ..filter
    }
}

/// The whole list part after part, to take away; who took it, and by which filters, is recorded.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` for who may neither read nor preview bundles.
pub async fn export(
    services: &Services,
    ctx: &Ctx,
    query: &BundleQuery,
) -> Result<impl Stream<Item = Result<Vec<BundleCard>>> + Send + use<>> {
    let by = ctx.caller()?;
    let (filter, _) = filter_of(ctx, query);
    let first = page(services, ctx, &filter, Paging { limit: MAX_LIMIT, offset: 0 }).await?.items;
    let tx = services.db.begin().await?;
    let filters: BTreeMap<&str, String> = query.values().into_iter().collect();
    let details = serde_json::json!({"format": "csv", "filters": filters});
    let about = About { resource_type: "bundles", resource_id: "list" };
    records::note(&tx, ctx, by, about, "exported", details).await?;
    persistence::db::commit(tx).await?;
    let start = (services.clone(), ctx.clone(), filter, Some(first), 0_u32);
    Ok(stream::try_unfold(start, |(services, ctx, filter, part, offset)| async move {
        let Some(part) = part else { return Ok::<_, ServiceError>(None) };
        let offset = offset.saturating_add(MAX_LIMIT);
        let next = if part.len() >= MAX_LIMIT as usize {
            Some(page(&services, &ctx, &filter, Paging { limit: MAX_LIMIT, offset }).await?.items)
        } else {
            None
        };
        Ok(Some((part, (services, ctx, filter, next, offset))))
    }))
}

async fn page(services: &Services, ctx: &Ctx, filter: &BundleFilter, paging: Paging) -> Result<Page<BundleCard>> {
    let found = super::list(services, ctx, filter, paging).await?;
    // What is public is complete; of all others everything is loaded together.
    let open = found.items.iter().filter(|bundle| bundle.state.published_at().is_none());
    let ids: Vec<&str> = open.map(|bundle| bundle.id.as_str()).collect();
    let held = contents::lists_of_bundles(services.db.pool(), &ids).await?;
    Ok(found.map(|bundle| {
        let items = held.get(&bundle.id).map(Vec::as_slice).unwrap_or_default();
        BundleCard { percent: readiness::percent(&bundle, items), bundle }
    }))
}

/// The filter that the address means, and what of it could not be read.
fn filter_of(ctx: &Ctx, query: &BundleQuery) -> (BundleFilter, Option<String>) {
    let day = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().and_then(uk_time::day_bounds);
    let (from, to) = (day(&query.from), day(&query.to));
    let wrong = (!query.from.is_empty() && from.is_none()) || (!query.to.is_empty() && to.is_none());
    let unread = wrong.then(|| "A day is written as 2026-11-23. One that is not was left out.".to_owned());
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let me = ctx.caller.as_ref().filter(|_| query.owner == MINE).map(|caller| caller.actor.id.clone());
    let filter = BundleFilter {
        stages: query.stages(),
        kind: query.kind,
        title: given(&query.q),
        from: from.map(|(first, _)| first),
        to: to.map(|(_, last)| last),
        team: given(&query.team),
        department: given(&query.department),
        owner: given(&query.owner).filter(|owner| owner != MINE),
        in_the_hands_of: me,
        needing_somebody: None,
        order: order_of(query.order),
    };
    (filter, unread)
}

const fn order_of(order: BundleListOrder) -> BundleOrder {
    match order {
        BundleListOrder::Changed => BundleOrder { by: BundleSort::LastModified, ascending: false },
        BundleListOrder::PublicationDate => BundleOrder::SOONEST,
        BundleListOrder::Title => BundleOrder { by: BundleSort::Title, ascending: true },
        BundleListOrder::CreatedAt => BundleOrder { by: BundleSort::CreatedAt, ascending: false },
    }
}
