//! How grave an incident is, and the times that the runbook allows for it ("Escalation Matrix by Severity", "P1 Critical Incident Response").

use chrono::{DateTime, TimeDelta, Utc};

use crate::uk_time;
use crate::wire::wire_enum;

wire_enum! {
    /// How grave an incident is.
    IncidentSeverity {
        /// Publication is down, data is damaged, or somebody broke in.
        P1 => "p1",
        /// A part is degraded so that people notice.
        P2 => "p2",
        /// Something is wrong that nobody outside notices.
        P3 => "p3",
        /// Everything else.
        P4 => "p4",
    }
}

/// By when somebody has to answer for an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// This long after it began.
    Within(TimeDelta),
    /// Before the business hours of the next working day end.
    NextWorkingDay,
}

/// The times that the runbook allows; what it says nothing of has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    /// By when somebody answers.
    pub respond: Response,
    /// The longest time between two updates to those concerned.
    pub update: Option<TimeDelta>,
    /// By when it is resolved.
    pub resolve: Option<TimeDelta>,
    /// The time after its resolution within which it is reviewed.
    pub review: Option<TimeDelta>,
}

impl IncidentSeverity {
    /// What the runbook calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::P1 => "P1, critical",
            Self::P2 => "P2, high",
            Self::P3 => "P3, medium",
            Self::P4 => "P4, low",
        }
    }

    /// The severity's word in the alerts of Prometheus; what is lowest raises none.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::P1 => "critical",
            Self::P2 => "high",
            Self::P3 => "warning",
            Self::P4 => "info",
        }
    }

    /// What makes an incident so grave.
    #[must_use]
    pub const fn when(self) -> &'static str {
        match self {
            Self::P1 => {
                "Publication down, data corrupted or lost, a breach, or nothing published in the peak window of 9am to 12pm"
            }
            Self::P2 => {
                "One part degraded, publications more than 2 hours late, Wagtail or Tracker down for more than 1 hour"
            }
            Self::P3 => "Something is wrong that nobody outside notices",
            Self::P4 => "Everything else",
        }
    }

    /// The time to answer, in words.
    #[must_use]
    pub const fn response_words(self) -> &'static str {
        match self {
            Self::P1 => "15 minutes",
            Self::P2 => "1 hour",
            Self::P3 => "4 hours",
            Self::P4 => "Next working day",
        }
    }

    /// Whom it is passed on to, in this order.
    #[must_use]
    pub const fn escalation(self) -> &'static str {
        match self {
            Self::P1 => "On-call engineer, then senior developer, then head of engineering",
            Self::P2 => "The team's channel of alerts, then team lead, then product owner",
            Self::P3 => "The developers' channel, then the sprint's team, then the backlog",
            Self::P4 => "A ticket, then the product backlog",
        }
    }

    /// The times that the runbook allows.
    #[must_use]
    pub const fn targets(self) -> Targets {
        let respond = match self {
            Self::P1 => Response::Within(TimeDelta::minutes(15)),
            Self::P2 => Response::Within(TimeDelta::hours(1)),
            Self::P3 => Response::Within(TimeDelta::hours(4)),
            Self::P4 => Response::NextWorkingDay,
        };
        match self {
            Self::P1 => Targets {
                respond,
                update: Some(TimeDelta::hours(1)),
                resolve: Some(TimeDelta::hours(4)),
                review: Some(TimeDelta::hours(48)),
            },
            _ => Targets { respond, update: None, resolve: None, review: None },
        }
    }

    /// By when somebody has to answer for an incident that began then.
    #[must_use]
    pub fn respond_by(self, began: DateTime<Utc>) -> DateTime<Utc> {
        match self.targets().respond {
            Response::Within(time) => began + time,
            Response::NextWorkingDay => uk_time::end_of_next_working_day(began),
        }
    }
}
