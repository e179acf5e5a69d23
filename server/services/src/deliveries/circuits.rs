//! How it goes with each receiver, as this node sees it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::delivery::{Circuit, CircuitState, Fuse};

/// The circuits of the receivers, by name; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Circuits(Arc<Mutex<HashMap<String, Circuit>>>);

impl Circuits {
    fn with<T>(&self, receiver: &str, act: impl FnOnce(&mut Circuit) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(all.entry(receiver.to_owned()).or_default())
    }

    /// Whether a try is let through now; else when to ask again.
    pub fn admit(&self, receiver: &str, fuse: Fuse, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        self.with(receiver, |circuit| circuit.admit(fuse, now))
    }

    /// The receiver answered, or an operator wants it tried.
    pub fn close(&self, receiver: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(receiver);
    }

    /// The receiver could not be reached.
    pub fn failed(&self, receiver: &str, fuse: Fuse, now: DateTime<Utc>) {
        self.with(receiver, |circuit| circuit.failed(fuse, now));
    }

    /// How the worst circuit of a receiver and what is below it stands: webhooks have one each, `webhook:…`.
    #[must_use]
    pub fn state(&self, receiver: &str, now: DateTime<Utc>) -> CircuitState {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let below = format!("{receiver}:");
        let mine = all.iter().filter(|(name, _)| *name == receiver || name.starts_with(&below));
        mine.map(|(_, circuit)| circuit.state(now)).max().unwrap_or(CircuitState::Closed)
    }
}
