//! What every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use services::Services;
use tokio_util::sync::CancellationToken;

use crate::api::described::Document;
use crate::background::Conditions;
use crate::config::Config;
use crate::faults::ScriptFaults;
use crate::health::HealthBoard;
use crate::http::callers::Callers;
use crate::http::rates::Rates;
use crate::http::remembered::Remembered;
use crate::live::Streams;

/// What every handler shares, by one pointer: every layer takes a copy for every request.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl From<Shared> for AppState {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

/// The parts of the program that handlers use.
#[derive(Debug)]
pub struct Shared {
    /// The use cases.
    pub services: Services,
    /// The configuration.
    pub config: Arc<Config>,
    /// The latest results of the health checks.
    pub health: HealthBoard,
    /// The runbook's conditions, as this node last saw them.
    pub conditions: Conditions,
    /// Answers that everybody gets alike.
    pub remembered: Remembered,
    /// How often whom is let in.
    pub rates: Rates,
    /// Who asks most.
    pub callers: Callers,
    /// The pages of the portal that are told what happens.
    pub streams: Streams,
    /// How much goes wrong in the scripts of its pages.
    pub faults: ScriptFaults,
    /// The metrics, ready to be written out.
    pub metrics: PrometheusHandle,
    /// The description of the API.
    pub document: Document,
    /// Says that the program stops: answers that would go on for ever end.
    pub ending: CancellationToken,
}
