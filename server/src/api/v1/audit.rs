//! Records of the audit trail, the verdict on it, and pre-release access lists.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::event::{Break, Record, Verdict};
use domain::policy::Grant;
use serde::Serialize;
use services::audit::{Access, Insider, Reason};
use utoipa::ToSchema;

use super::{ActorBody, EventBody};
use crate::api::csv;

/// One record of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditRecordBody {
    /// 1, 2, 3 … without gaps.
    sequence: i64,
    #[serde(flatten)]
    event: EventBody,
    /// The bundle it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle_id: Option<String>,
    /// The address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_address: Option<String>,
    /// The hash of the record before; 64 zeros before the first.
    previous_hash: String,
    /// SHA-256 over the record in its canonical form, in hexadecimal.
    hash: String,
}

impl From<Record> for AuditRecordBody {
    fn from(record: Record) -> Self {
        let mut event = record.event;
        Self {
            sequence: record.sequence,
            bundle_id: event.bundle_id.take(),
            client_address: event.client.take(),
            event: event.into(),
            previous_hash: record.previous_hash,
            hash: record.hash,
        }
    }
}

const COLUMNS: [&str; 20] = [
    "sequence",
    "id",
    "timestamp",
    "event_type",
    "resource_type",
    "resource_id",
    "bundle_id",
    "actor_id",
    "actor_name",
    "actor_kind",
    "via",
    "client_address",
    "trace_id",
    "from_state",
    "to_state",
    "reason",
    "before",
    "after",
    "details",
    "hash",
];

/// The columns of the trail as CSV.
#[must_use]
pub const fn audit_csv_head() -> [&'static str; 20] {
    COLUMNS
}

/// A record as a line of CSV.
#[must_use]
pub fn audit_csv_line(record: &Record) -> String {
    let event = &record.event;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let cells = [
        record.sequence.to_string(),
        event.id.clone(),
        written(event.timestamp),
        event.event_type.clone(),
        event.resource_type.clone(),
        event.resource_id.clone(),
        text(&event.bundle_id),
        event.actor.id.clone(),
        event.actor.name.clone(),
        event.actor.kind.to_string(),
        event.via.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&event.client),
        event.trace_id.clone(),
        text(&event.from_state),
        text(&event.to_state),
        text(&event.reason),
        json(&event.before),
        json(&event.after),
        event.details.to_string(),
        record.hash.clone(),
    ];
    csv::line(cells.iter().map(String::as_str))
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// What the check of the trail found.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictBody {
    /// Whether every record holds.
    intact: bool,
    /// How many records hold, from the first on.
    sound_records: u64,
    head: HeadBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_broken: Option<BreakBody>,
}

/// The newest record, as the head of the chain tells it.
#[derive(Debug, Serialize, ToSchema)]
struct HeadBody {
    sequence: i64,
    hash: String,
}

/// The first record that does not hold.
#[derive(Debug, Serialize, ToSchema)]
struct BreakBody {
    /// The number that it has or should have.
    sequence: i64,
    /// Its id, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What is wrong.
    problem: String,
}

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        let body = |Break { sequence, id, problem }: Break| BreakBody { sequence, id, problem };
        Self {
            intact: verdict.broken.is_none(),
            sound_records: verdict.sound,
            head: HeadBody { sequence: verdict.head_sequence, hash: verdict.head_hash },
            first_broken: verdict.broken.map(body),
        }
    }
}

/// Somebody who could see a bundle before its release, or did.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessBody {
    actor: ActorBody,
    /// The address of an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Why they could and when, the earliest first; empty where they looked before rights left a history.
    reasons: Vec<ReasonBody>,
    /// When they looked and at what, oldest first.
    looks: Vec<LookBody>,
}

/// Why somebody could see a bundle, and from when until when.
#[derive(Debug, Serialize, ToSchema)]
struct ReasonBody {
    /// `grant`, `team`, `creator` or `environment`.
    kind: &'static str,
    /// The role of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// The departments that the grant is limited to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    departments: Vec<String>,
    /// The datasets that the grant is limited to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    datasets: Vec<String>,
    /// The id of the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    /// When the grant ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// From when on, at the earliest the beginning of the bundle.
    from: DateTime<Utc>,
    /// Until when, at the latest the publication; left out where it still is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<DateTime<Utc>>,
}

/// One look at something before its release.
#[derive(Debug, Serialize, ToSchema)]
struct LookBody {
    timestamp: DateTime<Utc>,
    /// `file` for its bytes, `version` for its page in the portal, `bundle` for the preview.
    resource_type: String,
    resource_id: String,
    /// The record in the audit trail.
    sequence: i64,
    details: serde_json::Value,
}

impl From<Insider> for AccessBody {
    fn from(insider: Insider) -> Self {
        let look = |record: Record| LookBody {
            timestamp: record.event.timestamp,
            resource_type: record.event.resource_type,
            resource_id: record.event.resource_id,
            sequence: record.sequence,
            details: record.event.details,
        };
        Self {
            actor: (&insider.actor).into(),
            email: insider.email,
            reasons: insider.access.into_iter().map(ReasonBody::from).collect(),
            looks: insider.looks.into_iter().map(look).collect(),
        }
    }
}

impl From<Access> for ReasonBody {
    fn from(access: Access) -> Self {
        let of = |kind| Self {
            kind,
            role: None,
            departments: Vec::new(),
            datasets: Vec::new(),
            team: None,
            expires_at: None,
            from: access.from,
            until: access.until,
        };
        match access.reason {
            Reason::Grant(Grant { role, departments, datasets, expires_at, .. }) => {
                Self { role: Some(role.to_string()), departments, datasets, expires_at, ..of("grant") }
            }
            Reason::Team(team) => Self { team: Some(team), ..of("team") },
            Reason::Creator => of("creator"),
            Reason::Environment => of("environment"),
        }
    }
}

/// The list as CSV, one line for each of them.
#[must_use]
pub fn access_csv(all: &[Insider]) -> String {
    let head = ["actor_id", "name", "kind", "email", "could_see", "looks", "first_look", "last_look", "looked_at"];
    let mut text = csv::line(head);
    for access in all {
        let reasons: Vec<String> = access.access.iter().map(in_words).collect();
        let mut things: Vec<String> = access.looks.iter().map(thing_of).collect();
        things.dedup();
        let at = |record: Option<&Record>| record.map(|record| written(record.event.timestamp)).unwrap_or_default();
        let cells = [
            access.actor.id.clone(),
            access.actor.name.clone(),
            access.actor.kind.to_string(),
            access.email.clone().unwrap_or_default(),
            reasons.join("; "),
            access.looks.len().to_string(),
            at(access.looks.first()),
            at(access.looks.last()),
            things.join("; "),
        ];
        text.push_str(&csv::line(cells.iter().map(String::as_str)));
    }
    text
}

/// Why, and when as an interval of ISO 8601; what still is so has an open end.
fn in_words(access: &Access) -> String {
    let until = access.until.map_or_else(|| "..".to_owned(), written);
    format!("{} {}/{until}", why(&access.reason), written(access.from))
}

fn why(reason: &Reason) -> String {
    match reason {
        Reason::Grant(grant) => {
            let limits: Vec<&str> = grant.departments.iter().chain(&grant.datasets).map(String::as_str).collect();
            let role = grant.role;
            if limits.is_empty() { format!("grant {role}") } else { format!("grant {role} for {}", limits.join(", ")) }
        }
        Reason::Team(team) => format!("team {team}"),
        Reason::Creator => "creator".to_owned(),
        Reason::Environment => "service token of the environment".to_owned(),
    }
}

fn thing_of(record: &Record) -> String {
    let event = &record.event;
    match event.details.get("filename").and_then(serde_json::Value::as_str) {
        Some(filename) => {
            let version = event.details.get("version").and_then(serde_json::Value::as_str).unwrap_or_default();
            format!("{version}/{filename}")
        }
        None => format!("{} {}", event.resource_type, event.resource_id),
    }
}
