//! The runbook's conditions: looked at with every round of housekeeping, so that an incident is open before anybody complains.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::operations::{ClockKind, Firing, Incident, IncidentSeverity, Readings, Watch};
use services::{Result, incidents, operations};

use crate::health::readings;
use crate::state::AppState;

/// How often the publications of the month are counted.
const COUNTED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// A clock of an incident that ran out: the incident, the clock, and the instant.
type RunOut = (String, ClockKind, DateTime<Utc>);

#[derive(Debug)]
struct Inner {
    watch: Watch,
    firing: Vec<Firing>,
    outcomes: (u64, u64),
    counted_at: Option<DateTime<Utc>>,
    told: BTreeSet<RunOut>,
}

/// What this node knows of the runbook's conditions.
#[derive(Debug)]
pub struct Conditions(Mutex<Inner>);

impl Conditions {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(Inner {
            watch: Watch::starting(now),
            firing: Vec::new(),
            outcomes: (0, 0),
            counted_at: None,
            told: BTreeSet::new(),
        }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The conditions that held when this node last looked.
    #[must_use]
    pub fn firing(&self) -> Vec<Firing> {
        self.inner().firing.clone()
    }

    fn wants_count(&self, now: DateTime<Utc>) -> bool {
        self.inner().counted_at.is_none_or(|at| at + COUNTED_EVERY <= now)
    }

    fn count(&self, outcomes: (u64, u64), now: DateTime<Utc>) {
        let mut inner = self.inner();
        (inner.outcomes, inner.counted_at) = (outcomes, Some(now));
    }

    fn look(&self, readings: &Readings, now: DateTime<Utc>) -> Vec<Firing> {
        let mut inner = self.inner();
        let outcomes = inner.outcomes;
        inner.firing = inner.watch.look(readings, outcomes, now);
        inner.firing.clone()
    }

    /// Those of these that nobody was told of yet.
    fn newly(&self, run_out: BTreeSet<RunOut>) -> Vec<RunOut> {
        let mut inner = self.inner();
        let new = run_out.difference(&inner.told).cloned().collect();
        inner.told = run_out;
        new
    }
}

/// Looks at every condition and every clock.
pub(super) async fn look(state: &AppState) -> Result<()> {
    let now = state.services.clock.now();
    if state.conditions.wants_count(now) {
        state.conditions.count(operations::outcomes(&state.services, now).await?, now);
    }
    let firing = state.conditions.look(&readings(state), now);
    let watched = incidents::watch(&state.services, &firing).await?;
    for incident in &watched.recovered {
        tracing::info!(incident = %incident.id, "the condition of the incident {} holds no more: {}", incident.id, incident.title);
    }
    measure(&firing, &watched.live, now);
    let run_out = watched.live.iter().flat_map(|incident| {
        let over = incident.clocks().into_iter().filter(move |clock| clock.stopped.is_none() && clock.due < now);
        over.map(move |clock| (incident.id.clone(), clock.kind, clock.due))
    });
    for (id, clock, due) in state.conditions.newly(run_out.collect()) {
        tracing::error!(alert = true, incident = %id, %clock, %due, "the incident {id} is over its time to {clock}");
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
fn measure(firing: &[Firing], live: &[Incident], now: DateTime<Utc>) {
    for severity in IncidentSeverity::ALL {
        let open = live.iter().filter(|incident| incident.severity == *severity).count();
        metrics::gauge!("incidents_open", "severity" => severity.as_str()).set(open as f64);
        let due = firing.iter().filter(|one| one.is_due && one.condition.rule().severity == *severity).count();
        metrics::gauge!("conditions_firing", "severity" => severity.as_str()).set(due as f64);
    }
    for kind in ClockKind::ALL {
        let over = |incident: &&Incident| {
            incident.clocks().iter().any(|clock| clock.kind == *kind && clock.stopped.is_none() && clock.due < now)
        };
        let number = live.iter().filter(over).count();
        metrics::gauge!("incident_clocks_breached", "clock" => kind.as_str()).set(number as f64);
    }
}
