//! Publications as runs: when each was due, when it ended and how, how long it took, and under which request.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, BundleStage};
use crate::event::Event;

/// What the trail keeps with the end of a run, so that it can be told when its bundle has long gone on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// What the bundle was called.
    pub title: String,
    /// When it was meant to be public; `None` where it was published by hand.
    pub due_at: Option<DateTime<Utc>>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// How many items the bundle held.
    pub items: u32,
    /// The how manyth try it was.
    pub attempts: u32,
}

impl RunFacts {
    /// What is to be kept of a bundle's run that began then.
    #[must_use]
    pub fn of(bundle: &Bundle, started_at: Option<DateTime<Utc>>) -> Self {
        Self {
            title: bundle.details.title.clone(),
            due_at: bundle.state.schedule().map(|schedule| schedule.publication_date),
            started_at,
            items: bundle.item_count,
            attempts: bundle.attempts,
        }
    }
}

/// One run: a publication of a bundle that is under way, succeeded or failed. A bundle that fails and is tried again has several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationRun {
    /// The bundle.
    pub bundle_id: String,
    /// What the bundle is called, or was where it is gone; `None` where nothing tells any more.
    pub title: Option<String>,
    /// Whether the bundle is still there.
    pub is_there: bool,
    /// How it stands: being published, published, or failed.
    pub stage: BundleStage,
    /// When it ended; `None` while it is under way.
    pub ended_at: Option<DateTime<Utc>>,
    /// What is known of it besides; `None` where it ended before that was kept and its bundle has gone on.
    pub facts: Option<RunFacts>,
    /// Why it failed.
    pub error: Option<String>,
    /// The id of the request under which it ended, by which the log knows it, too.
    pub trace_id: Option<String>,
}

impl PublicationRun {
    /// The run of a bundle that is being published.
    #[must_use]
    pub fn under_way(bundle: &Bundle) -> Self {
        Self {
            bundle_id: bundle.id.clone(),
            title: Some(bundle.details.title.clone()),
            is_there: true,
            stage: bundle.stage(),
            ended_at: None,
            facts: Some(RunFacts::of(bundle, bundle.state.started_at())),
            error: None,
            trace_id: None,
        }
    }

    /// The run that ended with this record; `bundle` is how its bundle stands now, where it is still there.
    #[must_use]
    pub fn ended(event: &Event, bundle: Option<&Bundle>) -> Self {
        let stage = if event.event_type == "published" { BundleStage::Published } else { BundleStage::Failed };
        let kept: Option<RunFacts> = serde_json::from_value(event.details.clone()).ok();
        // The bundle knows its last run, if it has not gone on since.
        let known = || {
            let bundle = bundle?;
            let state = &bundle.state;
            let ended_at = state.published_at().or_else(|| state.failure().map(|failure| failure.at))?;
            let is_this = ended_at.timestamp_micros() == event.timestamp.timestamp_micros();
            is_this.then(|| RunFacts::of(bundle, state.started_at()))
        };
        let facts = kept.or_else(known);
        let title = bundle.map(|bundle| bundle.details.title.clone());
        Self {
            bundle_id: event.resource_id.clone(),
            title: title.or_else(|| facts.as_ref().map(|facts| facts.title.clone())),
            is_there: bundle.is_some(),
            stage,
            ended_at: Some(event.timestamp),
            facts,
            error: event.reason.clone().filter(|_| stage == BundleStage::Failed),
            trace_id: Some(event.trace_id.clone()),
        }
    }

    /// When it was meant to be public; `None` where it was published by hand, or nothing tells any more.
    #[must_use]
    pub fn due(&self) -> Option<DateTime<Utc>> {
        self.facts.as_ref()?.due_at
    }

    /// When it became public.
    #[must_use]
    pub fn published_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at.filter(|_| self.stage == BundleStage::Published)
    }

    /// When it failed.
    #[must_use]
    pub fn failed_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at.filter(|_| self.stage == BundleStage::Failed)
    }

    /// How long after its instant it was public, in milliseconds.
    #[must_use]
    pub fn late_ms(&self) -> Option<i64> {
        Some((self.published_at()? - self.due()?).num_milliseconds())
    }

    /// How long it took until it was public or failed, in milliseconds.
    #[must_use]
    pub fn took_ms(&self) -> Option<i64> {
        Some((self.ended_at? - self.facts.as_ref()?.started_at?).num_milliseconds())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::actor::Actor;

    fn failed(details: serde_json::Value) -> Event {
        Event {
            id: "1".into(),
            event_type: "failed".into(),
            resource_type: "bundle".into(),
            resource_id: "b".into(),
            actor: Actor::system("scheduler"),
            from_state: None,
            to_state: None,
            reason: Some("Bundle publication failed: the bytes are missing".into()),
            timestamp: DateTime::UNIX_EPOCH + TimeDelta::seconds(70),
            details,
            before: None,
            after: None,
            bundle_id: Some("b".into()),
            via: None,
            client: None,
            trace_id: "t".into(),
        }
    }

    #[test]
    fn a_run_is_told_from_its_record_when_the_bundle_is_gone() {
        let facts = RunFacts {
            title: "Prices".into(),
            due_at: Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(60)),
            started_at: Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(61)),
            items: 3,
            attempts: 2,
        };
        let run = PublicationRun::ended(&failed(serde_json::to_value(&facts).unwrap()), None);
        assert_eq!((run.title.as_deref(), run.is_there, run.stage), (Some("Prices"), false, BundleStage::Failed));
        assert_eq!((run.due(), run.took_ms(), run.late_ms()), (facts.due_at, Some(9_000), None));
        assert_eq!((run.published_at(), run.failed_at()), (None, run.ended_at));
        assert!(run.error.is_some_and(|error| error.contains("bytes are missing")));
        // What earlier releases wrote says nothing of it.
        let old = PublicationRun::ended(&failed(serde_json::json!({})), None);
        assert_eq!((old.title, old.facts, old.trace_id.as_deref()), (None, None, Some("t")));
    }
}
