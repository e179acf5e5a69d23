//! Incidents of the operations desk.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::operations::{Clock, ClockKind, Condition, Incident, IncidentSeverity, IncidentState};
use domain::status::PublicUpdate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ActorBody, Links, segment};

/// An incident with the clocks that the runbook sets for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentBody {
    /// A UUID.
    #[schema(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    id: String,
    /// What is the matter, in one line.
    #[schema(example = "A bundle is due and not published")]
    title: String,
    /// What is known of it.
    #[schema(example = "Measured: 61 s. The threshold is: more than 60 s.")]
    description: String,
    /// How grave it is.
    severity: IncidentSeverity,
    /// Where it stands.
    state: IncidentState,
    /// The condition of the runbook that opened it; none was opened by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    /// The condition's component, receiver or kind of data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "slack")]
    subject: Option<String>,
    /// Who or what opened it.
    opened_by: ActorBody,
    /// When.
    opened_at: DateTime<Utc>,
    /// From when its clocks count: when it was opened, or opened again.
    began_at: DateTime<Utc>,
    /// Who answered for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by: Option<ActorBody>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<DateTime<Utc>>,
    /// When it ceased to harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    mitigated_at: Option<DateTime<Utc>>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<DateTime<Utc>>,
    /// What it came from, once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// When its condition held no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovered_at: Option<DateTime<Utc>>,
    /// By when it is to be reviewed, where the runbook wants that.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_by: Option<DateTime<Utc>>,
    /// The times that the runbook allows.
    clocks: Vec<ClockBody>,
    /// What the public was told, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    public_updates: Vec<PublicUpdateBody>,
    /// What happened, the oldest first; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<IncidentEventBody>>,
    links: Links,
}

/// What the public was told of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicUpdateBody {
    /// When.
    at: DateTime<Utc>,
    /// What.
    #[schema(example = "Downloads are slow since noon; we look into it.")]
    text: String,
    /// The same in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_cy: Option<String>,
}

/// A time that is allowed for something.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockBody {
    /// What for.
    clock: ClockKind,
    /// By when.
    due: DateTime<Utc>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_at: Option<DateTime<Utc>>,
    /// Whether it ran out before.
    breached: bool,
}

/// Something that happened to an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentEventBody {
    /// What happened.
    #[schema(example = "acknowledged")]
    event_type: String,
    /// Who did it.
    actor: ActorBody,
    /// When.
    at: DateTime<Utc>,
    /// What was said with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The receiver answers again.")]
    text: Option<String>,
}

impl IncidentBody {
    /// The incident as it stands now; without a history as lists show it.
    #[must_use]
    pub fn new(incident: Incident, history: Option<&[Event]>, now: DateTime<Utc>) -> Self {
        let mut links = Links::from([("page", incident.path()), ("self", incident_path(&incident.id))]);
        if let Some(condition) = incident.condition {
            links.insert("runbook", condition.runbook_path());
        }
        let clock = |clock: Clock| ClockBody {
            clock: clock.kind,
            due: clock.due,
            stopped_at: clock.stopped,
            breached: clock.is_breached(now),
        };
        Self {
            clocks: incident.clocks().into_iter().map(clock).collect(),
            review_by: incident.review_by(),
            severity: incident.severity,
            state: incident.state,
            condition: incident.condition,
            subject: Some(incident.subject).filter(|subject| !subject.is_empty()),
            opened_by: (&incident.opened_by).into(),
            opened_at: incident.opened_at,
            began_at: incident.began_at,
            acknowledged_by: incident.acknowledged_by.as_ref().map(Into::into),
            acknowledged_at: incident.acknowledged_at,
            mitigated_at: incident.mitigated_at,
            resolved_at: incident.resolved_at,
            cause: incident.cause,
            recovered_at: incident.recovered_at,
            public_updates: incident.public_updates.into_iter().map(PublicUpdateBody::from).collect(),
            timeline: history.map(|events| events.iter().map(IncidentEventBody::from).collect()),
            links,
            id: incident.id,
            title: incident.title,
            description: incident.description,
        }
    }
}

impl From<PublicUpdate> for PublicUpdateBody {
    fn from(PublicUpdate { at, text, text_cy }: PublicUpdate) -> Self {
        Self { at, text, text_cy }
    }
}

impl From<&Event> for IncidentEventBody {
    fn from(event: &Event) -> Self {
        Self {
            event_type: event.event_type.clone(),
            actor: (&event.actor).into(),
            at: event.timestamp,
            text: event.reason.clone(),
        }
    }
}

/// The address of an incident.
#[must_use]
pub fn incident_path(id: &str) -> String {
    format!("/v1/incidents/{}", segment(id))
}
