//! How a publication goes on, for whoever watches it: its place in the queue, its steps, and the one thing to do next.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, BundleAction, BundleStage, ContentItem};
use crate::delivery::Sink;
use crate::office::QueuePause;
use crate::views::{Check, Offer, Outcome, Step};

/// A publication as somebody sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicationProgress {
    /// The bundle.
    pub bundle: Bundle,
    /// Its contents in order.
    pub contents: Vec<ContentItem>,
    /// What follows from it.
    pub steps: Vec<Step>,
    /// Whether it could be published now.
    pub checks: Vec<Check>,
    /// What the viewer may do, or not, and why not.
    pub offers: Vec<Offer<BundleAction>>,
    /// Whether the viewer may have steps tried again.
    pub can_operate: bool,
    /// Its place among what the viewer sees of the queue.
    pub place: Option<QueuePlace>,
    /// The pause of the publish queue, while one lasts.
    pub paused: Option<QueuePause>,
    /// How long it should take once it is begun, in milliseconds, reckoned from the number of its items.
    pub expected_ms: i64,
    /// Receivers that the publication is still to be told to and that the viewer can leave out of it.
    #[serde(default)]
    pub ahead: Vec<Sink>,
    /// The id of the last thing that happened to it; empty where that was not asked for.
    pub last_event: String,
    /// The server's time when it was looked at.
    pub now: DateTime<Utc>,
}

/// A bundle on its way to the public, with what follows from that.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// The bundle.
    pub bundle: &'a Bundle,
    /// What follows from it.
    pub steps: &'a [Step],
    /// Whether the publish queue is paused.
    pub is_paused: bool,
    /// The id of the last thing that happened to it, such as a remark.
    pub last_event: &'a str,
}

impl Course<'_> {
    /// Whether it still changes by itself.
    #[must_use]
    pub fn goes_on(self) -> bool {
        let open = self.steps.iter().any(|step| step.is_owed() && step.given_up_at.is_none());
        open || matches!(self.bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing)
    }

    /// How it stands, in one sentence for those who only hear it.
    #[must_use]
    pub fn said(self) -> String {
        match self.bundle.stage() {
            BundleStage::Scheduled | BundleStage::Publishing if self.is_paused => {
                "Waiting until the publish queue is resumed, which an operator has paused.".to_owned()
            }
            BundleStage::Scheduled => "Waiting for its instant.".to_owned(),
            BundleStage::Publishing => "Being published.".to_owned(),
            BundleStage::Failed => "Publication failed. Nothing became public.".to_owned(),
            BundleStage::Published => {
                let owed = self.steps.iter().filter(|step| step.is_owed()).count();
                match (owed, self.steps.iter().any(|step| step.is_owed() && step.given_up_at.is_some())) {
                    (0, _) => "Public. Everything that follows has been done.".to_owned(),
                    (1, false) => "Public. One step that follows is still under way.".to_owned(),
                    (many, false) => format!("Public. {many} steps that follow are still under way."),
                    (_, true) => "Public. A step that follows was given up and waits for an operator.".to_owned(),
                }
            }
            _ => "It is not scheduled.".to_owned(),
        }
    }

    /// What changes whenever there is something new to see.
    #[must_use]
    pub fn mark(self) -> String {
        let steps: Vec<String> = self
            .steps
            .iter()
            .map(|step| format!("{}{}{}", step.state, step.attempts, step.given_up_at.is_some()))
            .collect();
        let paused = if self.is_paused { "-paused" } else { "" };
        let (revision, stage) = (self.bundle.revision, self.bundle.stage());
        format!("{revision}-{stage}-{}{paused}-{}", steps.join("-"), self.last_event)
    }
}

/// What changes whenever the publish queue has something new to show: of all bundles in it and those that wait for an instant.
#[must_use]
pub fn queue_mark(bundles: &[Bundle], is_paused: bool) -> String {
    let mut hasher = DefaultHasher::new();
    is_paused.hash(&mut hasher);
    for bundle in bundles {
        (&bundle.id, bundle.revision).hash(&mut hasher);
    }
    format!("{:x}", hasher.finish())
}

/// A place in the publish queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePlace {
    /// Counted from 1, soonest first.
    pub number: usize,
    /// How many wait.
    pub of: u64,
    /// The node that publishes it now.
    pub node: Option<String>,
}

/// The one safe thing to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing: it goes on, or has come to its end, by itself.
    Nothing,
    /// Try the publication again.
    Retry,
    /// Bring the bundle back to approved, since it would fail again as it is.
    Reset,
    /// Have the step with this id tried again.
    Replay(String),
    /// Somebody with more rights has to act.
    Ask,
}

impl PublicationProgress {
    /// The bundle on its way, as it is followed.
    #[must_use]
    pub fn course(&self) -> Course<'_> {
        Course {
            bundle: &self.bundle,
            steps: &self.steps,
            is_paused: self.paused.is_some(),
            last_event: &self.last_event,
        }
    }

    /// Whether it would fail again as it is.
    #[must_use]
    pub fn still_fails(&self) -> bool {
        self.checks.iter().any(|check| check.outcome == Outcome::Fail)
    }

    /// The one safe thing to do next, by the rules of the states and the viewer's rights.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        if let Some(step) = self.steps.iter().find(|step| step.is_owed() && step.given_up_at.is_some()) {
            return if self.can_operate { NextStep::Replay(step.id.clone()) } else { NextStep::Ask };
        }
        if self.bundle.stage() != BundleStage::Failed {
            return NextStep::Nothing;
        }
        let may = |action| self.offers.iter().any(|offer| offer.action == action && offer.blockers.is_empty());
        match (self.still_fails(), may(BundleAction::Retry), may(BundleAction::Reset)) {
            (false, true, _) => NextStep::Retry,
            (_, _, true) => NextStep::Reset,
            _ => NextStep::Ask,
        }
    }

    /// The other actions of this state, each with every reason why the viewer had better not or cannot take it.
    #[must_use]
    pub fn others(&self) -> Vec<(BundleAction, Vec<String>)> {
        let first = match self.next_step() {
            NextStep::Retry => Some(BundleAction::Retry),
            NextStep::Reset => Some(BundleAction::Reset),
            _ => None,
        };
        let known = [
            BundleAction::Retry,
            BundleAction::Reset,
            BundleAction::Schedule,
            BundleAction::CancelSchedule,
            BundleAction::PublishNow,
        ];
        let of_state = known.into_iter().filter(|action| action.rule().0.contains(&self.bundle.stage()));
        of_state.filter(|action| Some(*action) != first).map(|action| (action, self.why_not(action))).collect()
    }

    fn why_not(&self, action: BundleAction) -> Vec<String> {
        let Some(offer) = self.offers.iter().find(|offer| offer.action == action) else {
            return vec![format!("It needs the right {}.", action.rule().1)];
        };
        let mut reasons: Vec<String> = offer.blockers.iter().map(|blocker| blocker.message.clone()).collect();
        if action == BundleAction::Retry && self.still_fails() {
            reasons.push("It would fail again: what stood in the way still does.".to_owned());
        }
        reasons
    }
}
