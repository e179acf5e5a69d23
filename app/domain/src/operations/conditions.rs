//! The runbook's alerts as data: what is measured, from which value on for how long, and how grave that is.
//!
//! `deploy/prometheus/alerts.yml` says the same to the office's Prometheus; `tests/alerts.rs` holds both together.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::severity::IncidentSeverity;
use crate::wire::wire_enum;

wire_enum! {
    /// Something that must not be so (runbook, "Alert Thresholds" and "Escalation Matrix by Severity").
    Condition {
        /// Answers take too long.
        SlowAnswers => "slow_answers",
        /// Too many answers are faults of ours.
        Faults => "faults",
        /// Far too many are.
        ManyFaults => "many_faults",
        /// A component of this node is critical.
        ComponentCritical => "component_critical",
        /// Publications fail one after another.
        PublicationsFail => "publications_fail",
        /// What was stored is not what it was.
        DataCorrupt => "data_corrupt",
        /// A bundle that is due soon will fail.
        PublicationAtRisk => "publication_at_risk",
        /// Too few publications of a month succeeded.
        PublicationsBelowTarget => "publications_below_target",
        /// The clocks of a node and the database differ.
        ClocksApart => "clocks_apart",
        /// A bundle is due and not public.
        PublicationOverdue => "publication_overdue",
        /// Too many bundles wait.
        PublishQueueLong => "publish_queue_long",
        /// An operator has paused the whole publish queue.
        PublishQueuePaused => "publish_queue_paused",
        /// What follows from publications waits too long.
        FollowUpWorkLate => "follow_up_work_late",
        /// Deliveries wait for somebody.
        DeliveryGivenUp => "delivery_given_up",
        /// A receiver outside of the catalogue does not answer.
        IntegrationDown => "integration_down",
    }
}

/// What the runbook says of a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The name of the alert for Prometheus.
    pub alert: &'static str,
    /// The value beyond which it holds, in the unit of the measure: seconds, parts of one, or a number.
    pub threshold: f64,
    /// How long it has to hold before anybody is alerted.
    pub held_for: TimeDelta,
    /// How grave it is.
    pub severity: IncidentSeverity,
    /// Whether an incident is opened; a figure of a whole month is nothing that somebody could resolve, and what an operator
    /// does on purpose is none.
    pub opens: bool,
    /// The procedure of the runbook's page.
    pub procedure: &'static str,
    /// The page that shows more.
    pub page: &'static str,
}

const fn rule(
    alert: &'static str,
    threshold: f64,
    minutes: i64,
    severity: IncidentSeverity,
    (procedure, page): (&'static str, &'static str),
) -> Rule {
    Rule { alert, threshold, held_for: TimeDelta::minutes(minutes), severity, opens: true, procedure, page }
}

impl Condition {
    /// What the runbook says of it.
    #[must_use]
    pub const fn rule(self) -> Rule {
        use IncidentSeverity::{P1, P2, P3};
        const SLOW: (&str, &str) = ("slow", "/ops/performance");
        const FAILED: (&str, &str) = ("failed-bundle", "/ops/failures");
        const QUEUE: (&str, &str) = ("failed-bundle", "/ops/queue");
        const PAUSED: (&str, &str) = ("paused-queue", "/ops/queue");
        const HEALTH: (&str, &str) = ("health", "/ops/health");
        const RECEIVERS: (&str, &str) = ("receiver-down", "/ops/integrations");
        match self {
            Self::SlowAnswers => rule("CatalogueSlow", 1.0, 5, P3, SLOW),
            Self::Faults => rule("CatalogueErrors", 0.01, 5, P3, SLOW),
            Self::ManyFaults => rule("CatalogueManyErrors", 0.05, 5, P2, SLOW),
            Self::ComponentCritical => rule("CatalogueComponentCritical", 0.0, 0, P1, HEALTH),
            Self::PublicationsFail => rule("PublicationsFail", 3.0, 0, P1, FAILED),
            Self::DataCorrupt => rule("DataCorrupt", 0.0, 0, P1, ("investigation", "/ops/health")),
            Self::PublicationAtRisk => rule("PublicationAtRisk", 0.0, 0, P2, QUEUE),
            Self::PublicationsBelowTarget => {
                Rule { opens: false, ..rule("PublicationsBelowTarget", 0.995, 0, P3, FAILED) }
            }
            Self::ClocksApart => rule("ClocksApart", 0.2, 1, P3, HEALTH),
            Self::PublicationOverdue => rule("PublicationOverdue", 60.0, 0, P1, QUEUE),
            Self::PublishQueueLong => rule("PublishQueueLong", 10.0, 0, P3, QUEUE),
            Self::PublishQueuePaused => Rule { opens: false, ..rule("PublishQueuePaused", 0.0, 0, P3, PAUSED) },
            Self::FollowUpWorkLate => rule("FollowUpWorkLate", 300.0, 0, P3, RECEIVERS),
            Self::DeliveryGivenUp => rule("DeliveryGivenUp", 0.0, 0, P3, RECEIVERS),
            Self::IntegrationDown => rule("IntegrationDown", 0.0, 60, P2, RECEIVERS),
        }
    }

    /// Whether a value is beyond the threshold; at the threshold it is not.
    #[must_use]
    pub fn holds_at(self, value: f64) -> bool {
        let threshold = self.rule().threshold;
        match self {
            // How a component is: 1 in order, 0 critical.
            Self::ComponentCritical => value <= threshold,
            Self::PublicationsBelowTarget => value < threshold,
            _ => value > threshold,
        }
    }

    /// What is the matter, as a title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SlowAnswers => "Answers are slow",
            Self::Faults => "Too many answers are faults",
            Self::ManyFaults => "Far too many answers are faults",
            Self::ComponentCritical => "A component is critical",
            Self::PublicationsFail => "Publications fail one after another",
            Self::DataCorrupt => "Data is not what it was",
            Self::PublicationAtRisk => "A publication within the hour will fail",
            Self::PublicationsBelowTarget => "Too few publications of the month succeeded",
            Self::ClocksApart => "The clocks are apart",
            Self::PublicationOverdue => "A bundle is due and not published",
            Self::PublishQueueLong => "The publish queue is long",
            Self::PublishQueuePaused => "The publish queue is paused",
            Self::FollowUpWorkLate => "Follow-up work is late",
            Self::DeliveryGivenUp => "Deliveries were given up",
            Self::IntegrationDown => "A receiver is down",
        }
    }

    /// When it holds, in the runbook's words.
    #[must_use]
    pub const fn threshold_words(self) -> &'static str {
        match self {
            Self::SlowAnswers => "p95 above 1,000 ms for 5 minutes",
            Self::Faults => "above 1 % for 5 minutes",
            Self::ManyFaults => "above 5 % for 5 minutes",
            Self::ComponentCritical => "critical, however short",
            Self::PublicationsFail => "more than 3 in a row",
            Self::DataCorrupt => "from the first",
            Self::PublicationAtRisk => "from the first",
            Self::PublicationsBelowTarget => "below 99.5 % in 30 days",
            Self::ClocksApart => "more than 200 ms for 1 minute",
            Self::PublicationOverdue => "more than 60 s",
            Self::PublishQueueLong => "more than 10",
            Self::PublishQueuePaused => "from the first moment",
            Self::FollowUpWorkLate => "more than 5 minutes",
            Self::DeliveryGivenUp => "from the first",
            Self::IntegrationDown => "for 1 hour",
        }
    }

    /// A value of it in words.
    #[must_use]
    pub fn value_words(self, value: f64) -> String {
        match self {
            Self::SlowAnswers | Self::ClocksApart => format!("{:.0} ms", value * 1000.0),
            Self::Faults | Self::ManyFaults => format!("{:.2} %", value * 100.0),
            Self::PublicationsBelowTarget => format!("{:.1} %", value * 100.0),
            Self::PublicationOverdue | Self::FollowUpWorkLate => format!("{value:.0} s"),
            Self::ComponentCritical if value <= 0.0 => "critical".to_owned(),
            Self::ComponentCritical => "in order".to_owned(),
            Self::IntegrationDown if value > 0.0 => "left in peace".to_owned(),
            Self::IntegrationDown => "called".to_owned(),
            Self::PublishQueuePaused if value > 0.0 => "paused".to_owned(),
            Self::PublishQueuePaused => "goes on".to_owned(),
            _ => format!("{value:.0}"),
        }
    }

    /// Where the runbook says what to do.
    #[must_use]
    pub fn runbook_path(self) -> String {
        format!("/ops/runbook#{}", self.rule().procedure)
    }
}

/// A condition that holds now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Firing {
    /// Which.
    pub condition: Condition,
    /// The component, receiver or kind of data; empty where there is only one.
    pub subject: String,
    /// The value that was measured last.
    pub value: f64,
    /// Since when it has held without a break, as this node knows.
    pub since: DateTime<Utc>,
    /// Whether it has held for as long as it has to; before, nobody is alerted.
    pub is_due: bool,
}

impl Firing {
    /// By which its incident is known while it is open.
    #[must_use]
    pub fn key(&self) -> String {
        key_of(self.condition, &self.subject)
    }

    /// What is the matter with what.
    #[must_use]
    pub fn title(&self) -> String {
        titled(self.condition, &self.subject)
    }

    /// When anybody is alerted, if it goes on.
    #[must_use]
    pub fn due_at(&self) -> DateTime<Utc> {
        self.since + self.condition.rule().held_for
    }
}

/// A condition of a subject, as one word.
#[must_use]
pub fn key_of(condition: Condition, subject: &str) -> String {
    format!("{condition}:{subject}")
}

/// A condition's title with its subject.
#[must_use]
pub fn titled(condition: Condition, subject: &str) -> String {
    if subject.is_empty() { condition.title().to_owned() } else { format!("{}: {subject}", condition.title()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_themselves_are_still_within() {
        for condition in Condition::ALL {
            let at = condition.rule().threshold;
            let beyond = match condition {
                Condition::ComponentCritical => {
                    assert!(condition.holds_at(at) && !condition.holds_at(0.5), "{condition}");
                    continue;
                }
                Condition::PublicationsBelowTarget => at - 0.001,
                _ => at + 0.001,
            };
            assert!(!condition.holds_at(at) && condition.holds_at(beyond), "{condition}");
        }
    }

    #[test]
    fn values_read_well() {
        assert_eq!(Condition::SlowAnswers.value_words(1.25), "1250 ms");
        assert_eq!(Condition::Faults.value_words(0.0123), "1.23 %");
        assert_eq!(Condition::PublicationsFail.value_words(4.0), "4");
        assert_eq!(Condition::PublishQueuePaused.value_words(1.0), "paused");
        assert_eq!(titled(Condition::DataCorrupt, "files"), "Data is not what it was: files");
    }
}
