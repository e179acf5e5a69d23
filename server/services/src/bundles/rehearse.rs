//! Rehearsing an instant: everything that it would make public, what is missing, and how long it would take.
//!
//! Each bundle is published in a transaction of its own that is rolled back, so that what is told is what the database said,
//! and nothing of it stays.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::missing::MissingRelease;
use domain::bundle::preview::BundlePreview;
use domain::bundle::{Bundle, BundleStage, ContentItem, preflight, step_ahead};
use domain::office::QueuePause;
use domain::page::Paging;
use domain::refusal::{Blocker, Refusal};
use persistence::{Connection, bundles, contents, queue_pause};

use super::missing::missing_until;
use super::outside;
use super::prepare::missing_bytes;
use super::preview::assemble;
use super::publish_due::{Before, Coming, make_public_alone};
use super::publish_together::expected;
use crate::{Ctx, Result, Services, deliveries};

/// How long before a real publication nothing is rehearsed: its transaction must not wait for one that is rolled back.
const APART: TimeDelta = TimeDelta::seconds(60);

/// What an instant would do.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The pause of the publish queue that has to end before any of it happens.
    pub paused: Option<QueuePause>,
    /// The bundles that would be published by then, soonest first.
    pub bundles: Vec<Rehearsed>,
    /// The releases that the calendar tells the public of for then, and whose bundle would not be published.
    pub missing: Vec<MissingRelease>,
}

impl Rehearsal {
    /// The bundles that were due at `now` already, and would be published as soon as the queue is resumed, before the others.
    #[must_use]
    pub fn overdue_first(&self, now: DateTime<Utc>) -> (&[Rehearsed], &[Rehearsed]) {
        let was_due = |rehearsed: &Rehearsed| {
            rehearsed.preview.bundle.state.schedule().is_some_and(|schedule| schedule.publication_date <= now)
        };
        self.bundles.split_at(self.bundles.partition_point(was_due))
    }
}

/// A bundle, published and taken back.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// What it makes public, against what is public now.
    pub preview: BundlePreview,
    /// What would fail it.
    pub blockers: Vec<Blocker>,
    /// How long its transaction took, without the commit itself; `None` where it would fail.
    pub took: Option<TimeDelta>,
}

/// What would come of one bundle, as far as it can be told without publishing it for a trial.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// What stands in the way, a missing approval or instant included.
    pub blockers: Vec<Blocker>,
    /// How long its publication should take once nothing does, reckoned from the number of its items.
    pub expected: TimeDelta,
}

/// What would come of a bundle; `None` once it is public. Nothing is written and no lock is taken, so that anybody who may see it
/// can ask at any time, also shortly before its instant.
pub async fn outlook(services: &Services, preview: &BundlePreview) -> Option<Outlook> {
    let bundle = &preview.bundle;
    if bundle.stage() == BundleStage::Published {
        return None;
    }
    let items: Vec<ContentItem> = preview.items.iter().map(|shown| shown.item.clone()).collect();
    let (stored, receivers) =
        tokio::join!(outside::bytes(services, bundle, &items), outside::receivers(services, bundle));
    let mut blockers: Vec<Blocker> = step_ahead(bundle).into_iter().collect();
    blockers.extend(preflight(&bundle.id, &items));
    for told in [stored, receivers] {
        blockers.extend(told.unwrap_or_else(|unknown| vec![unknown]));
    }
    Some(Outlook { blockers, expected: expected(items.len()) })
}

/// Rehearses everything that is due until `at`, or until the next instant at which a bundle is due where none is given, or until
/// now where all is overdue; `None` where nothing is scheduled. With `stored` the bytes of every file are looked for in the storage too.
pub async fn rehearse(
    services: &Services,
    ctx: &Ctx,
    at: Option<DateTime<Utc>>,
    stored: bool,
) -> Result<Option<(DateTime<Utc>, Rehearsal)>> {
    let db = services.db.pool();
    let at = match at {
        Some(at) => at,
        None => match next_or_now(db, ctx.now).await? {
            Some(at) => at,
            None => return Ok(None),
        },
    };
    let paused = queue_pause::find(db).await?.paused().cloned();
    // While the queue is paused what is due is not published, and no transaction of it can have to wait.
    let soon =
        if paused.is_none() { bundles::scheduled_until(db, services.clock.now() + APART).await? } else { Vec::new() };
    if let Some(soon) = soon.first() {
        let message = format!(
            "The bundle {} is due within {} seconds. Rehearse after it.",
            soon.details.title,
            APART.num_seconds()
        );
        return Err(Refusal::blocked("due_soon", message).into());
    }
    let mut rehearsed = Vec::new();
    for bundle in bundles::scheduled_until(db, at).await? {
        rehearsed.push(rehearse_one(services, ctx, bundle, at, stored).await?);
    }
    let missing = missing_until(services, ctx.caller()?, at, Paging::WHOLE).await?;
    Ok(Some((at, Rehearsal { paused, bundles: rehearsed, missing })))
}

/// The next instant at which a bundle is due; now where there is none and something is overdue, as while the queue is paused.
async fn next_or_now(db: &impl Connection, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let next = bundles::next_instant(db, now).await?;
    if next.is_some() {
        return Ok(next);
    }
    let overdue = bundles::scheduled_until(db, now).await?;
    Ok((!overdue.is_empty()).then_some(now))
}

async fn rehearse_one(
    services: &Services,
    ctx: &Ctx,
    bundle: Bundle,
    at: DateTime<Utc>,
    stored: bool,
) -> Result<Rehearsed> {
    let items = contents::list_of_bundle(services.db.pool(), &bundle.id).await?;
    let mut blockers = preflight(&bundle.id, &items);
    if stored {
        blockers.extend(missing_bytes(services, &items).await?);
    }
    blockers.extend(deliveries::in_the_way(services, &bundle.id).await?);
    let mut took = None;
    if blockers.is_empty() {
        let then = Ctx { now: at, ..ctx.clone() };
        let tx = services.db.begin().await?;
        let began = services.clock.now();
        let coming = Coming { bundle: bundle.clone(), before: Before::Nothing, items: items.clone() };
        let published = make_public_alone(&tx, services, &then, coming).await;
        let ended = services.clock.now();
        tx.rollback().await?;
        match published {
            Ok(Ok(_)) => took = Some(ended - began),
            Ok(Err(_)) => {
                let message = "Something was changed while it was rehearsed. Rehearse again.";
                blockers.push(Blocker::new("changed", message));
            }
            Err(error) => blockers.push(Blocker::new("rehearsal_failed", format!("Its publication fails: {error}."))),
        }
    }
    Ok(Rehearsed { preview: assemble(services, bundle, items).await?, blockers, took })
}
