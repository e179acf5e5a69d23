//! What there is to know for giving a bundle its instant.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::bundle::BundleStage;
use domain::bundle::plan::{Coming, SchedulePlan, beside, proposal, suggestions, week_of};
use domain::page::Paging;
use domain::refusal::FieldProblem;
use domain::release::ReleaseState;
use domain::uk_time;
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::releases::ReleaseFilter;

use super::publish_together::expected;
use crate::{Ctx, Result, Services};

/// The plan for a bundle; `day` and `time`, where they are given, name an instant to look at, and `day` alone the week of it.
pub async fn schedule_plan(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    (day, time): (&str, &str),
) -> Result<SchedulePlan> {
    let page = super::page(services, ctx, id).await?;
    let present = page.bundle.state.schedule().map(|schedule| schedule.publication_date);
    let office = services.memory.office(&services.db).await?;
    let times = &office.times;
    let wanted = NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d").ok();
    let is_week = wanted.is_some() && time.trim().is_empty();
    let (looked_at, unread) = if is_week { (None, None) } else { read(day, time, &times.usual) };
    let usual = suggestions(ctx.now, times);
    let focus = looked_at.or(present).or_else(|| usual.first().copied()).unwrap_or(ctx.now);
    let week = week_of(wanted.unwrap_or_else(|| uk_time::day(focus)));
    let chosen = looked_at.or(present);
    // The bundle's own instant may lie outside the week that is looked at.
    let of_chosen = chosen.map(uk_time::day);
    let first = [week.first().copied(), Some(uk_time::day(ctx.now)), of_chosen].into_iter().flatten().min();
    let last = [week.last().copied(), usual.last().map(|at| uk_time::day(*at)), of_chosen].into_iter().flatten().max();
    let coming = coming(services, ctx, first, last).await?;
    let of_day = |day: NaiveDate| coming.iter().filter(|one| uk_time::day(one.at) == day).cloned().collect();
    Ok(SchedulePlan {
        suggestions: usual.into_iter().map(|at| proposal(&page.bundle, at, ctx.now, &coming, times)).collect(),
        chosen: chosen.map(|at| proposal(&page.bundle, at, ctx.now, &coming, times)),
        unread,
        expected_ms: expected(page.contents.len()).num_milliseconds(),
        beside: chosen.map_or(0, |at| beside(&page.bundle, at, &coming)),
        week: week.into_iter().map(|day| (day, of_day(day))).collect(),
        page,
    })
}

fn read(day: &str, time: &str, usual: &str) -> (Option<DateTime<Utc>>, Option<String>) {
    if day.trim().is_empty() {
        return (None, None);
    }
    let time = if time.trim().is_empty() { usual } else { time };
    match uk_time::read(("date", day), ("time", time), ("time", "")) {
        Ok(at) => (Some(at), None),
        Err(problems) => {
            let words: Vec<String> = problems.into_iter().map(|problem: FieldProblem| problem.message).collect();
            (None, Some(words.join(" ")))
        }
    }
}

/// The bundles and releases that come out on these days, as far as the caller may know of them.
async fn coming(
    services: &Services,
    ctx: &Ctx,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
) -> Result<Vec<Coming>> {
    // What lies beside the days may still be near.
    let margin = TimeDelta::hours(1);
    let from = first.and_then(uk_time::day_bounds).map(|(first, _)| first - margin);
    let to = last.and_then(uk_time::day_bounds).map(|(_, last)| last + margin);
    let filter = BundleFilter {
        stages: vec![BundleStage::Scheduled, BundleStage::Publishing, BundleStage::Published],
        from,
        to,
        order: BundleOrder::SOONEST,
        ..BundleFilter::default()
    };
    let bundles = super::list(services, ctx, &filter, Paging::WHOLE).await?.items;
    let mut coming: Vec<Coming> = bundles
        .iter()
        .filter_map(|bundle| {
            let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
            Some(Coming {
                at: due.or_else(|| bundle.state.published_at())?,
                title: bundle.details.title.clone(),
                path: bundle.admin_path(),
                kind: bundle.stage().to_string(),
            })
        })
        .collect();
    let filter = ReleaseFilter { states: ReleaseState::UPCOMING.to_vec(), from, to, ..ReleaseFilter::default() };
    for release in crate::releases::list(services, ctx, &filter, Paging::WHOLE).await?.items {
        // Those of a bundle come out with it.
        if release.bundle_id.is_some() {
            continue;
        }
        if let Some(at) = release.date.instant() {
            let path = format!("/releases/{}", release.id);
            let kind = format!("{} release", release.state);
            coming.push(Coming { at, title: release.details.title, path, kind });
        }
    }
    coming.sort_by_key(|one| one.at);
    Ok(coming)
}
