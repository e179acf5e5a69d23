//! Bundles, their contents, and how their publication stands.

use chrono::{DateTime, Utc};
use domain::bundle::missing::MissingRelease;
use domain::bundle::{Bundle, BundleKind, BundleStage, Channel, ContentItem, Failure, blockers::preflight};
use domain::event::Event;
use domain::office::{QUEUE_PAGE, QueuePause, QueueSwitch};
use domain::page::Page;
use domain::version::{VersionState, admin_version_path};
use domain::views::{BundleStatus, Check, Outcome, QueueEntry, Step};
use http::Uri;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{ActorBody, Links, bundle_path, release_path, segment, version_path};
use crate::api::PageBody;
use crate::api::problem::{missing_items, reasons};

/// A bundle.
#[derive(Debug, Serialize, ToSchema)]
pub struct BundleBody {
    id: String,
    title: String,
    description: String,
    #[serde(rename = "type")]
    kind: BundleKind,
    state: BundleStage,
    #[serde(skip_serializing_if = "Option::is_none")]
    publication_date: Option<DateTime<Utc>>,
    /// Whom its schedule tells, or told where it was taken away.
    notification_channels: Vec<Channel>,
    preview_teams: Vec<String>,
    item_count: u32,
    created_by: ActorBody,
    created_at: DateTime<Utc>,
    last_edited_by: ActorBody,
    last_modified: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<ActorBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureBody>,
    attempts: u32,
    links: Links,
}

/// Why publication failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureBody {
    code: String,
    message: String,
    details: Value,
}

impl From<&Bundle> for BundleBody {
    fn from(bundle: &Bundle) -> Self {
        let schedule = bundle.state.schedule();
        let approval = bundle.state.approval();
        Self {
            id: bundle.id.clone(),
            title: bundle.details.title.clone(),
            description: bundle.details.description.clone(),
            kind: bundle.details.kind,
            state: bundle.stage(),
            publication_date: schedule.map(|s| s.publication_date),
            notification_channels: bundle.state.channels().to_vec(),
            preview_teams: bundle.details.preview_teams.clone(),
            item_count: bundle.item_count,
            created_by: (&bundle.created_by).into(),
            created_at: bundle.created_at,
            last_edited_by: (&bundle.last_edited_by).into(),
            last_modified: bundle.last_modified,
            approved_by: approval.map(|mark| (&mark.by).into()),
            approved_at: approval.map(|mark| mark.at),
            published_at: bundle.state.published_at(),
            failure: bundle.state.failure().map(|failure| failure_of(&bundle.id, failure)),
            attempts: bundle.attempts,
            links: links_of(bundle),
        }
    }
}

fn failure_of(bundle_id: &str, failure: &Failure) -> FailureBody {
    FailureBody {
        code: failure.code.clone(),
        message: failure.message.clone(),
        details: json!({
            "bundle_id": bundle_id,
            "missing_items": missing_items(&failure.blockers),
            "reasons": reasons(&failure.blockers),
            "timestamp": failure.at,
        }),
    }
}

fn links_of(bundle: &Bundle) -> Links {
    let path = bundle_path(&bundle.id);
    let mut links: Links = ["contents", "status", "timeline", "readiness", "preview"]
        .into_iter()
        .map(|name| (name, format!("{path}/{name}")))
        .collect();
    links.insert("page", bundle.admin_path());
    links.insert("self", path);
    links
}

/// A version in a bundle.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentBody {
    id: String,
    bundle_id: String,
    dataset_id: String,
    edition: String,
    version: String,
    title: String,
    state: VersionState,
    last_validated: DateTime<Utc>,
    problems: Value,
    links: Links,
}

impl From<&ContentItem> for ContentBody {
    fn from(item: &ContentItem) -> Self {
        let admin = admin_version_path(&item.dataset_id, &item.edition, item.version);
        // Once public, what preflight asks for no longer applies.
        let public = matches!(item.state, VersionState::Published | VersionState::Archived);
        let blockers = if public { Vec::new() } else { preflight(&item.bundle_id, std::slice::from_ref(item)) };
        Self {
            id: item.id.clone(),
            bundle_id: item.bundle_id.clone(),
            dataset_id: item.dataset_id.clone(),
            edition: item.edition.clone(),
            version: item.version.to_string(),
            title: item.title.clone(),
            state: item.state,
            last_validated: item.last_validated,
            problems: reasons(&blockers),
            links: Links::from([
                ("self", format!("{}/contents/{}", bundle_path(&item.bundle_id), segment(&item.id))),
                ("version", version_path(&item.dataset_id, &item.edition, item.version)),
                ("edit", admin),
                ("preview", format!("{}/preview", bundle_path(&item.bundle_id))),
            ]),
        }
    }
}

/// How a publication stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusBody {
    bundle_id: String,
    state: BundleStage,
    publication_date: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lateness_ms: Option<i64>,
    /// Why it was published late, where it was by more than a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    late_because: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureBody>,
    steps: Vec<StepBody>,
    items: Vec<StatusItemBody>,
}

/// What follows from a publication for one receiver.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepBody {
    id: String,
    /// What is done, and to whom; `wagtail`, `tracker:gdp-monthly`, `webhook:…`.
    name: String,
    /// `pending`, `running`, `done`, `failed` or `skipped`.
    state: String,
    /// Whether a publication waits for this receiver.
    blocking: bool,
    attempts: u32,
    /// When a step that failed is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<DateTime<Utc>>,
    /// When it was given up; it then waits for an operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_up_at: Option<DateTime<Utc>>,
    /// Why an operator left it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct StatusItemBody {
    dataset_id: String,
    edition: String,
    version: String,
    state: VersionState,
}

impl From<BundleStatus> for StatusBody {
    fn from(status: BundleStatus) -> Self {
        let bundle = &status.bundle;
        Self {
            bundle_id: bundle.id.clone(),
            state: bundle.stage(),
            publication_date: bundle.state.schedule().map(|s| s.publication_date),
            started_at: bundle.state.started_at(),
            published_at: bundle.state.published_at(),
            lateness_ms: status.lateness_ms,
            late_because: status.late_because,
            failure: bundle.state.failure().map(|failure| failure_of(&bundle.id, failure)),
            steps: status.steps.into_iter().map(StepBody::from).collect(),
            items: status.contents.into_iter().map(status_item_of).collect(),
        }
    }
}

impl From<Step> for StepBody {
    fn from(step: Step) -> Self {
        Self {
            id: step.id,
            name: step.name,
            state: step.state,
            blocking: step.blocking,
            attempts: step.attempts,
            next_attempt_at: step.next_attempt_at,
            given_up_at: step.given_up_at,
            skip_reason: step.skip_reason,
            last_error: step.last_error,
            started_at: step.started_at,
            finished_at: step.finished_at,
        }
    }
}

fn status_item_of(item: ContentItem) -> StatusItemBody {
    StatusItemBody {
        dataset_id: item.dataset_id,
        edition: item.edition,
        version: item.version.to_string(),
        state: item.state,
    }
}

/// One record of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    id: String,
    event_type: String,
    resource_type: String,
    resource_id: String,
    actor: ActorBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    timestamp: DateTime<Utc>,
    details: Value,
    /// What was changed, as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// What was changed, as it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
    /// Through which session or token, as `session:…` or `token:…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<String>,
    trace_id: String,
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        Self {
            actor: (&event.actor).into(),
            id: event.id,
            event_type: event.event_type,
            resource_type: event.resource_type,
            resource_id: event.resource_id,
            from_state: event.from_state,
            to_state: event.to_state,
            reason: event.reason,
            timestamp: event.timestamp,
            details: event.details,
            before: event.before,
            after: event.after,
            via: event.via.map(|via| via.to_string()),
            trace_id: event.trace_id,
        }
    }
}

/// The checklist of a bundle.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessBody {
    ready: bool,
    checks: Vec<CheckBody>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CheckBody {
    name: String,
    outcome: Outcome,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_url: Option<String>,
}

impl From<Vec<Check>> for ReadinessBody {
    fn from(checks: Vec<Check>) -> Self {
        let body = |check: Check| CheckBody {
            name: check.name,
            outcome: check.outcome,
            message: check.message,
            fix_url: check.fix_url,
        };
        Self {
            ready: checks.iter().all(|check| check.outcome != Outcome::Fail),
            checks: checks.into_iter().map(body).collect(),
        }
    }
}

/// One line of the publish queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueEntryBody {
    bundle_id: String,
    title: String,
    state: BundleStage,
    publication_date: Option<DateTime<Utc>>,
    lateness_ms: i64,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<LeaseBody>,
    links: Links,
}

#[derive(Debug, Serialize, ToSchema)]
struct LeaseBody {
    node: String,
    expires_at: DateTime<Utc>,
}

impl From<QueueEntry> for QueueEntryBody {
    fn from(entry: QueueEntry) -> Self {
        let bundle = &entry.bundle;
        Self {
            links: links_of(bundle),
            bundle_id: bundle.id.clone(),
            title: bundle.details.title.clone(),
            state: bundle.stage(),
            publication_date: bundle.state.schedule().map(|s| s.publication_date),
            lateness_ms: entry.lateness_ms,
            attempts: bundle.attempts,
            lease: entry.lease.map(|(node, expires_at)| LeaseBody { node, expires_at }),
        }
    }
}

/// A page of the publish queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueBody {
    #[serde(flatten)]
    page: PageBody<QueueEntryBody>,
    /// The pause of the whole queue, while one lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<QueuePauseBody>,
    /// What the release calendar tells the public of for an instant within a week, or one that is over, and no bundle would publish
    /// then; 50 at most, and none for whoever does not read every bundle.
    missing_releases: Vec<MissingReleaseBody>,
}

/// A release of the calendar that nothing would publish.
#[derive(Debug, Serialize, ToSchema)]
struct MissingReleaseBody {
    release_id: String,
    title: String,
    release_date: Option<DateTime<Utc>>,
    /// Its bundle, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle_id: Option<String>,
    /// Why nothing would publish it.
    message: String,
    links: Links,
}

impl From<MissingRelease> for MissingReleaseBody {
    fn from(missing: MissingRelease) -> Self {
        let message = format!("{} is in the release calendar, but {}.", missing.release.details.title, missing.why());
        let MissingRelease { release, bundle } = missing;
        let page = format!("/admin/releases/{}", segment(&release.id));
        let links = [("self", release_path(&release.id)), ("page", page)];
        Self {
            release_date: release.date.instant(),
            title: release.details.title,
            bundle_id: bundle.map(|bundle| bundle.id),
            message,
            links: Links::from(links),
            release_id: release.id,
        }
    }
}

impl QueueBody {
    /// The part of the queue that was asked for under `uri`.
    #[must_use]
    pub fn new(uri: &Uri, entries: Page<QueueEntry>, switch: &QueueSwitch, missing: Vec<MissingRelease>) -> Self {
        let page = PageBody::new(uri, entries.map(QueueEntryBody::from));
        let missing_releases = missing.into_iter().map(MissingReleaseBody::from).collect();
        Self { page, paused: switch.paused().map(QueuePauseBody::from), missing_releases }
    }
}

/// Whether the whole publish queue is paused.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueSwitchBody {
    /// The pause, while one lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<QueuePauseBody>,
    links: Links,
}

impl From<&QueueSwitch> for QueueSwitchBody {
    fn from(switch: &QueueSwitch) -> Self {
        let links = [("queue", "/v1/publish-queue".to_owned()), ("page", QUEUE_PAGE.to_owned())];
        Self { paused: switch.paused().map(QueuePauseBody::from), links: Links::from(links) }
    }
}

/// A pause of the whole publish queue.
#[derive(Debug, Serialize, ToSchema)]
struct QueuePauseBody {
    /// Since when.
    since: DateTime<Utc>,
    /// Who paused it, by name.
    by: String,
    /// Why.
    reason: String,
}

impl From<&QueuePause> for QueuePauseBody {
    fn from(pause: &QueuePause) -> Self {
        Self { since: pause.since, by: pause.by.clone(), reason: pause.reason.clone() }
    }
}
