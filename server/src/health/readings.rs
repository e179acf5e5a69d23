//! What pages for operators are told of this process.

use domain::operations::{ComponentSight, Readings, read_exposition};
use futures::FutureExt;
use rpc::operations::Instruments;

use super::answers::standing;
use super::{Check, Manner, Status};
use crate::state::AppState;
use crate::telemetry;

/// The instruments of this process, read whenever a page asks.
#[must_use]
pub fn instruments(state: &AppState) -> Instruments {
    let (state, looked) = (state.clone(), state.clone());
    let look = move || {
        let state = looked.clone();
        async move { state.health.look(&state.services, Manner::of(&state.config)).await }.boxed()
    };
    Instruments::new(move || readings(&state), telemetry::kept, look)
}

/// What this process tells of itself now.
pub(crate) fn readings(state: &AppState) -> Readings {
    let (status, checks) = standing(state);
    Readings {
        status: word(status).to_owned(),
        components: checks.into_iter().map(sight).collect(),
        started_at: state.health.started_at,
        last_beat: state.config.enable_private_endpoints.then(|| state.health.last_beat()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("BUILD_COMMIT").to_owned(),
        samples: read_exposition(&state.metrics.render()),
        settings: state.config.effective().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        firing: state.conditions.firing(),
        limits: state.rates.sights(),
        caches: vec![state.remembered.sight()],
        callers: state.callers.sights(&state.services, state.services.clock.now()),
    }
}

/// How each component was last found.
pub(crate) fn sights(state: &AppState) -> Vec<ComponentSight> {
    standing(state).1.into_iter().map(sight).collect()
}

fn sight(check: Check) -> ComponentSight {
    ComponentSight {
        name: check.name.to_owned(),
        status: word(check.status).to_owned(),
        message: check.message,
        last_checked: check.last_checked,
        last_success: check.last_success,
        last_failure: check.last_failure,
        duration_ms: check.duration_ms,
        recent: check.recent,
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "OK",
        Status::Warning => "WARNING",
        Status::Critical => "CRITICAL",
    }
}
