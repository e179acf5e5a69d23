//! Health: checked in the background, answered from memory.

pub mod answers;
mod checks;
mod public;
mod readings;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use services::Services;
use utoipa::ToSchema;

pub use checks::Component;
pub use readings::instruments;
pub(crate) use readings::{readings, sights};

use crate::config::Config;

/// Of so many of the last looks it is kept how long they took.
const RECENT: usize = 40;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = HealthStatus)]
pub enum Status {
    /// In order.
    Ok,
    /// Failing, but not for long, or not needed to serve.
    Warning,
    /// Unable to operate.
    Critical,
}

/// The latest result of checking one component.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HealthCheck)]
pub struct Check {
    /// The component.
    pub name: &'static str,
    /// How it is.
    pub status: Status,
    /// A sentence.
    pub message: String,
    /// When it was last looked at.
    pub last_checked: DateTime<Utc>,
    /// When it was last in order.
    pub last_success: Option<DateTime<Utc>>,
    /// When it last failed.
    pub last_failure: Option<DateTime<Utc>>,
    /// How long looking took, in milliseconds.
    pub duration_ms: i64,
    /// The same of the last looks, the newest last; for operators.
    #[serde(skip)]
    pub recent: Vec<i64>,
}

/// What a look needs to know besides the parts it looks at.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How long a vital component may fail before it is critical.
    pub patience: TimeDelta,
    /// The time between two looks.
    pub interval: Duration,
    /// Whether this node runs the scheduler.
    pub schedules: bool,
}

impl Manner {
    /// As this node is configured.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            patience: TimeDelta::from_std(config.healthcheck_critical_timeout).unwrap_or_default(),
            interval: config.healthcheck_interval,
            schedules: config.enable_private_endpoints,
        }
    }
}

/// The latest results of all checks; cheap to clone.
#[derive(Clone, Debug)]
pub struct HealthBoard {
    started_at: DateTime<Utc>,
    checks: Arc<RwLock<Vec<Check>>>,
    heartbeat: Arc<AtomicI64>,
    watched: Arc<AtomicBool>,
}

impl HealthBoard {
    /// An empty board of a process that started at `started_at`.
    #[must_use]
    pub fn new(started_at: DateTime<Utc>) -> Self {
        let heartbeat = Arc::new(AtomicI64::new(started_at.timestamp_micros()));
        Self { started_at, checks: Arc::default(), heartbeat, watched: Arc::default() }
    }

    /// Notes that somebody looks from now on, whose looks are missed if they cease, be it before the first has ended.
    pub fn watch(&self) {
        self.watched.store(true, Ordering::Relaxed);
    }

    /// Notes that the scheduler is alive.
    pub fn beat(&self, now: DateTime<Utc>) {
        self.heartbeat.store(now.timestamp_micros(), Ordering::Relaxed);
    }

    /// When the scheduler last showed that it is alive.
    #[must_use]
    pub fn last_beat(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.heartbeat.load(Ordering::Relaxed)).unwrap_or(self.started_at)
    }

    fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    fn checks(&self) -> Vec<Check> {
        self.checks.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at every component once, side by side; a failure of a vital one is critical once it has lasted too long.
    pub async fn look(&self, services: &Services, manner: Manner) {
        self.watch();
        let before = self.checks();
        let components = Component::all_with_receivers(services);
        let components = components.into_iter().filter(|c| !c.is_of_scheduler() || manner.schedules);
        let before = &before;
        let looks = components.map(|component| async move {
            let known = before.iter().find(|check| check.name == component.name());
            let (outcome, took) = component.look(services, self, manner).await;
            self.judge(component, known, (outcome, took), services.clock.now(), manner.patience)
        });
        let after = futures::future::join_all(looks).await;
        *self.checks.write().unwrap_or_else(PoisonError::into_inner) = after;
    }

    fn judge(
        &self,
        component: Component,
        known: Option<&Check>,
        (outcome, took): (Result<String, String>, Duration),
        now: DateTime<Utc>,
        patience: TimeDelta,
    ) -> Check {
        let last_success = known.and_then(|check| check.last_success);
        let status = match &outcome {
            Ok(_) => Status::Ok,
            Err(_) if component.is_vital() && now - last_success.unwrap_or(self.started_at) >= patience => {
                Status::Critical
            }
            Err(_) => Status::Warning,
        };
        if known.is_some_and(|known| known.status != status) || (known.is_none() && status != Status::Ok) {
            let message = outcome.as_ref().map_or_else(Clone::clone, Clone::clone);
            tracing::warn!(component = component.name(), ?status, message, "health changed");
        }
        metrics::gauge!("health_status", "component" => component.name()).set(match status {
            Status::Ok => 1.0,
            Status::Warning => 0.5,
            Status::Critical => 0.0,
        });
        metrics::histogram!("dependency_check_duration_seconds", "component" => component.name())
            .record(took.as_secs_f64());
        let duration_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        let mut recent = known.map(|check| check.recent.clone()).unwrap_or_default();
        recent.push(duration_ms);
        let older = recent.len().saturating_sub(RECENT);
        recent.drain(..older);
        Check {
            name: component.name(),
            status,
            last_checked: now,
            last_success: if outcome.is_ok() { Some(now) } else { last_success },
            last_failure: if outcome.is_err() { Some(now) } else { known.and_then(|check| check.last_failure) },
            message: outcome.unwrap_or_else(|error| error),
            duration_ms,
            recent,
        }
    }
}
