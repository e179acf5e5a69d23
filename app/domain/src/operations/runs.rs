//! Publications as runs: when each was due, when it was public, how long it took, and under which request.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::Bundle;

/// The publication of a bundle, under way or at an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationRun {
    /// The bundle.
    pub bundle: Bundle,
    /// The id of the request under which it became public or failed, by which the log knows it, too.
    pub trace_id: Option<String>,
}

impl PublicationRun {
    /// When it was meant to be public; `None` where it was published by hand.
    #[must_use]
    pub fn due(&self) -> Option<DateTime<Utc>> {
        self.bundle.state.schedule().map(|schedule| schedule.publication_date)
    }

    /// How long after its instant it was public, in milliseconds.
    #[must_use]
    pub fn late_ms(&self) -> Option<i64> {
        Some((self.bundle.state.published_at()? - self.due()?).num_milliseconds())
    }

    /// How long it took, in milliseconds.
    #[must_use]
    pub fn took_ms(&self) -> Option<i64> {
        Some((self.bundle.state.published_at()? - self.bundle.state.started_at()?).num_milliseconds())
    }
}
