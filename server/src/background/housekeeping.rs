//! Gauges, and what has had its time: sessions, kept answers, counters.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::BundleStage;
use domain::delivery::{CircuitState, Sink};
use domain::feedback::KEPT_DAYS;
use domain::file::FileJobState;
use domain::subscription::{SubscriptionChannel, SubscriptionStage};
use persistence::{
    PersistenceError, bundles, caller_blocks, events, feedback, idempotency, outbox, password_links, presence, probes,
    queue_pause, remembered_devices, reminders, revisions, sessions, silences, subscriptions, throttles, uploads,
    webhooks,
};
use services::{Ctx, archiving, deliveries, office};
use tokio_util::sync::CancellationToken;

use crate::http::idempotent::KEPT_HOURS;
use crate::state::AppState;

/// The time between two rounds.
const PERIOD: Duration = Duration::from_secs(15);
/// Rounds in an hour, as often as what was delivered is gone through.
const ROUNDS_AN_HOUR: u64 = 240;
/// Copies in the public bucket that are read again each hour.
const COPIES_AN_HOUR: u64 = 50;
/// How long calls of webhooks stay in their log, and addresses with letters that were sent.
const CALLS_KEPT_DAYS: i64 = 90;

/// How long a subscription that has ended, without its address, stays to be counted.
const ENDED_KEPT_DAYS: i64 = 30;

/// Looks after the house until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut round = 0_u64;
    let mut copies = String::new();
    loop {
        if round.is_multiple_of(ROUNDS_AN_HOUR)
            && let Err(error) = forget(&state).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "what was delivered long ago cannot be forgotten");
        }
        if round.is_multiple_of(ROUNDS_AN_HOUR) {
            sweep_outputs(&state).await;
            sweep_compared(&state).await;
            sweep_files(&state).await;
            look_at_copies(&state, &mut copies).await;
            archive(&state).await;
            if let Err(error) = services::search_desk::forget_counts(&state.services).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "old counts of searches cannot be forgotten");
            }
            if let Err(error) = services::uses::forget_counts(&state.services).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "old counts of downloads cannot be forgotten");
            }
            note_outlooks(&state).await;
            sort_titles(&state).await;
        }
        keep_counts(&state).await;
        round += 1;
        look_round(&state).await;
        if let Err(error) = tidy(&state).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "what has ended cannot be removed");
        }
        match services::filters::tidy(&state.services).await {
            Ok(removed) => metrics::counter!("outputs_expired_total").increment(removed),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "filters and outputs that are over cannot be removed"
                );
            }
        }
        match services::uploads::tidy(&state.services).await {
            Ok(ended) => metrics::counter!("uploads_expired_total").increment(ended),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "uploads that have expired cannot be removed");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Writes down what was counted in memory; what fails is told in the log.
pub(super) async fn keep_counts(state: &AppState) {
    if let Err(error) = services::search_desk::keep_counts(&state.services).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "what was searched for cannot be counted");
    }
    if let Err(error) = services::uses::keep_counts(&state.services).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "what was downloaded cannot be counted");
    }
}

/// Measures how everything stands, and does what the runbook's conditions ask for; what fails is told in the log.
pub async fn look_round(state: &AppState) {
    if let Err(error) = measure(state).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "gauges cannot be read");
    }
    if let Err(error) = measure_files(state).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the queue of files cannot be measured");
    }
    if let Err(error) = super::conditions::look(state).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the runbook's conditions cannot be looked at");
    }
}

/// Removes files of outputs that nothing refers to.
async fn sweep_outputs(state: &AppState) {
    match services::filters::sweep(&state.services).await {
        Ok(0) => {}
        Ok(removed) => tracing::warn!(removed, "files of outputs that nothing refers to were removed"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "files of outputs cannot be looked through");
        }
    }
}

/// Removes comparisons of tables that were made long ago.
async fn sweep_compared(state: &AppState) {
    if let Err(error) = services::data::sweep_compared(&state.services).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "old comparisons of tables cannot be removed");
    }
}

/// Removes bytes of uploads that became nobody's.
async fn sweep_files(state: &AppState) {
    if !state.config.enable_private_endpoints {
        return;
    }
    match services::files::sweep(&state.services).await {
        Ok(0) => {}
        Ok(removed) => {
            metrics::counter!("uploads_swept_total").increment(removed);
            tracing::warn!(removed, "bytes of uploads that nothing refers to were removed");
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "bytes of uploads cannot be looked through");
        }
    }
}

/// Archives what the departments' policies say.
async fn archive(state: &AppState) {
    if !state.config.enable_private_endpoints {
        return;
    }
    match archiving::carry_out(&state.services).await {
        Ok(0) => {}
        Ok(archived) => {
            metrics::counter!("versions_archived_total").increment(archived);
            tracing::info!(archived, "versions were archived by the policies of their departments");
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the archive policies cannot be carried out");
        }
    }
}

/// Notes what a node of the program of before, which knows nothing of outlooks, changed in drafts during an upgrade.
async fn note_outlooks(state: &AppState) {
    if !state.config.enable_private_endpoints {
        return;
    }
    if let Err(error) = services::datasets::note_outlooks(&state.services).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "what drafts lack cannot be noted");
    }
}

/// Sorts by its title what such a node has changed, too.
async fn sort_titles(state: &AppState) {
    if !state.config.enable_private_endpoints {
        return;
    }
    if let Err(error) = services::datasets::sort_titles(&state.services).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "titles of datasets cannot be sorted");
    }
}

/// Looks at some copies in the public bucket; `from` says where to go on the next time.
async fn look_at_copies(state: &AppState, from: &mut String) {
    let ctx = Ctx::system("housekeeping", state.services.clock.now());
    match deliveries::verify_copies(&state.services, &ctx, from, COPIES_AN_HOUR).await {
        Ok((next, damaged)) => {
            *from = next.unwrap_or_default();
            metrics::counter!("data_corruption_total", "what" => "public copies").increment(damaged);
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "copies in the public bucket cannot be looked at")
        }
    }
}

/// Forgets what was delivered long ago, and which reminders were sent of instants that are long past.
async fn forget(state: &AppState) -> Result<(), PersistenceError> {
    let before = state.services.clock.now() - TimeDelta::days(CALLS_KEPT_DAYS);
    outbox::forget_finished(state.services.db.pool(), before).await?;
    reminders::forget_before(state.services.db.pool(), before).await?;
    let told_before = state.services.clock.now() - TimeDelta::days(KEPT_DAYS);
    feedback::delete_before(state.services.db.pool(), told_before).await?;
    Ok(())
}

/// Removes sessions, links, remembered devices and answers that have ended, and tries that no longer count.
async fn tidy(state: &AppState) -> Result<(), PersistenceError> {
    let (db, now) = (state.services.db.pool(), state.services.clock.now());
    state.rates.forget_the_silent();
    sessions::delete_expired(db, now).await?;
    let set = office::in_force(&state.services).await.sessions;
    sessions::delete_over(db, state.services.settings.session_limits.under(set), now).await?;
    presence::forget(db, now).await?;
    password_links::delete_expired(db, now).await?;
    remembered_devices::delete_expired(db, now).await?;
    caller_blocks::delete_expired(db, now).await?;
    silences::delete_expired(db, now).await?;
    throttles::delete_before(db, now - throttles::KEPT).await?;
    webhooks::forget_calls(db, now - TimeDelta::days(CALLS_KEPT_DAYS)).await?;
    subscriptions::forget(db, now, now - TimeDelta::days(ENDED_KEPT_DAYS)).await?;
    idempotency::forget(db, now - TimeDelta::hours(KEPT_HOURS)).await?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
async fn measure(state: &AppState) -> Result<(), PersistenceError> {
    let (db, now) = (state.services.db.pool(), state.services.clock.now());
    let pool = state.services.db.pool_figures();
    metrics::gauge!("database_connections", "state" => "used").set(f64::from(pool.open - pool.idle.min(pool.open)));
    metrics::gauge!("database_connections", "state" => "idle").set(f64::from(pool.idle));
    metrics::gauge!("database_connections_max").set(f64::from(pool.most));
    metrics::counter!("log_lines_dropped_total").absolute(crate::telemetry::dropped());
    if let Some(bytes) = resident_memory() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    let system = domain::actor::Caller::system("housekeeping");
    let counts = bundles::count_by_stage(db, &system).await?;
    let queued: u64 = counts
        .iter()
        .filter(|(s, _)| matches!(s, BundleStage::Scheduled | BundleStage::Publishing))
        .map(|(_, n)| n)
        .sum();
    metrics::gauge!("publish_queue_depth").set(queued as f64);
    metrics::gauge!("publish_queue_overdue_seconds").set(age(bundles::due_longest(db).await?, now));
    let paused = queue_pause::find(db).await?.paused().is_some();
    metrics::gauge!("publish_queue_paused").set(if paused { 1.0 } else { 0.0 });
    let failed = events::publications_failed_in_a_row(db).await?;
    metrics::gauge!("bundle_publication_consecutive_failures").set(failed as f64);
    metrics::gauge!("publication_leases_held")
        .set(bundles::leases_held(db, &state.services.settings.node).await? as f64);
    metrics::gauge!("outbox_open").set(outbox::open_count(db).await? as f64);
    metrics::gauge!("outbox_oldest_age_seconds").set(age(probes::oldest_open_work(db).await?, now));
    measure_deliveries(state).await?;
    let cursor = state.services.index.cursor();
    metrics::gauge!("search_index_revision").set(cursor as f64);
    metrics::gauge!("search_index_lag").set(revisions::current(db).await?.saturating_sub(cursor) as f64);
    metrics::gauge!("sessions_open").set(probes::open_sessions(db, now).await? as f64);
    metrics::gauge!("uploads_open").set(uploads::open_count(db).await? as f64);
    measure_subscriptions(state).await
}

/// How many large files wait to be looked into, and how long.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
async fn measure_files(state: &AppState) -> Result<(), services::ServiceError> {
    let mut oldest = None;
    for (at, number, since) in services::files::depths(&state.services).await? {
        metrics::gauge!("file_jobs", "state" => at.as_str()).set(number as f64);
        if at != FileJobState::Failed {
            oldest = [oldest, since].into_iter().flatten().min();
        }
    }
    metrics::gauge!("file_jobs_oldest_age_seconds").set(age(oldest, state.services.clock.now()));
    for (at, number) in services::filters::output_depths(&state.services).await? {
        metrics::gauge!("output_jobs", "state" => at.as_str()).set(number as f64);
    }
    Ok(())
}

/// How many subscriptions the public has, in each state.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
async fn measure_subscriptions(state: &AppState) -> Result<(), PersistenceError> {
    let counts = subscriptions::counts(state.services.db.pool()).await?;
    for stage in SubscriptionStage::ALL {
        for channel in SubscriptionChannel::ALL {
            let found = counts.iter().find(|(of, by, _)| of == stage && by == channel);
            let number = found.map_or(0.0, |(.., number)| *number as f64);
            metrics::gauge!("subscriptions", "state" => stage.as_str(), "channel" => channel.as_str()).set(number);
        }
    }
    Ok(())
}

/// How much is owed to each receiver, and how it goes with those that are elsewhere.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
async fn measure_deliveries(state: &AppState) -> Result<(), PersistenceError> {
    let now = state.services.clock.now();
    let backlog = outbox::backlog(state.services.db.pool()).await?;
    for sink in Sink::ALL {
        let name = sink.as_str();
        let line = backlog.iter().find(|line| line.kind == name);
        metrics::gauge!("delivery_backlog", "sink" => name).set(line.map_or(0.0, |line| line.open as f64));
        metrics::gauge!("delivery_oldest_age_seconds", "sink" => name).set(age(line.and_then(|line| line.oldest), now));
        metrics::gauge!("deliveries_given_up", "sink" => name).set(line.map_or(0.0, |line| line.given_up as f64));
    }
    // Letters go through the mail server of the e-mails, which has one circuit; what subscribers run is nobody's here to mend.
    let has_one = |sink: &&Sink| sink.is_remote() && **sink != Sink::Letter && !sink.is_to_subscribers();
    for sink in Sink::ALL.iter().filter(has_one) {
        let circuit = state.services.outlets.circuits.state(sink.as_str(), now);
        metrics::gauge!("delivery_circuit_open", "sink" => sink.as_str()).set(match circuit {
            CircuitState::Closed => 0.0,
            CircuitState::HalfOpen => 0.5,
            CircuitState::Open => 1.0,
        });
    }
    Ok(())
}

/// Seconds since then; nothing counts as no time at all.
fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    since.and_then(|since| (now - since).to_std().ok()).unwrap_or_default().as_secs_f64()
}

/// The memory that the process holds, where the system tells.
fn resident_memory() -> Option<u64> {
    const PAGE: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * PAGE)
}
