//! The page that an operator looks at first.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::BundleStage;
use domain::file::FileJobState;
use domain::operations::{Overview, Readings, indicators};
use domain::page::Paging;
use persistence::bundles::BundleFilter;
use persistence::events::EventFilter;
use persistence::{events, incidents, outbox};

use super::watcher;
use crate::{Ctx, Result, Services, bundles, files};

/// Over how many days publications are counted.
const DAYS: i64 = 30;
/// So many failed bundles are listed.
const MOST: u32 = 10;
const ONE: Paging = Paging { limit: 1, offset: 0 };

/// How everything stands, against the runbook's thresholds; `readings` is what this process tells of itself.
pub async fn overview(services: &Services, ctx: &Ctx, readings: Readings) -> Result<Overview> {
    watcher(ctx)?;
    let db = services.db.pool();
    let queue = bundles::queue(services, ctx, ONE).await?;
    let failed = BundleFilter { stages: vec![BundleStage::Failed], ..BundleFilter::default() };
    let failed = bundles::list(services, ctx, &failed, Paging { limit: MOST, offset: 0 }).await?;
    let depths = files::depths(services).await?;
    let failed_files = depths.iter().find(|(state, ..)| *state == FileJobState::Failed).map_or(0, |(_, n, _)| *n);
    let (published, missed) = outcomes(services, ctx.now).await?;
    Ok(Overview {
        indicators: indicators(&readings, queue.total_count, published, missed),
        readings,
        incidents: incidents::live(db).await?,
        queued: queue.total_count,
        next: queue.items.into_iter().next(),
        failed,
        given_up: outbox::backlog(db).await?.iter().map(|line| line.given_up).sum(),
        failed_files,
        node: services.settings.node.clone(),
        now: ctx.now,
    })
}

/// How many publications succeeded and how many failed in the last 30 days, as the audit trail tells.
pub async fn outcomes(services: &Services, now: DateTime<Utc>) -> Result<(u64, u64)> {
    Ok((count(services, now, "published").await?, count(services, now, "failed").await?))
}

/// How many publications ended so in the last days.
async fn count(services: &Services, now: DateTime<Utc>, event: &str) -> Result<u64> {
    let filter = EventFilter {
        event_types: vec![event.to_owned()],
        resource_types: vec!["bundle".to_owned()],
        from: Some(now - TimeDelta::days(DAYS)),
        ..EventFilter::default()
    };
    Ok(events::list(services.db.pool(), &filter, ONE).await?.total_count)
}
