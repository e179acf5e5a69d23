//! The release calendar.

use chrono::{DateTime, Utc};
use domain::release::{ChangeKind, DateChange, PreReleaseAccess, Release, ReleaseDate, ReleaseState, ReleasedVersion};
use serde::Serialize;
use services::releases::Inside;
use utoipa::ToSchema;

use super::{ActorBody, Links, bundle_path, dataset_path, segment, version_path};

/// An entry of the release calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseBody {
    /// The slug.
    #[schema(example = "gdp-monthly-estimate-october-2026")]
    id: String,
    /// The English title.
    #[schema(example = "GDP monthly estimate: October 2026")]
    title: String,
    /// The Welsh title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title_cy: Option<String>,
    /// What will be in it.
    summary: String,
    /// The same in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary_cy: Option<String>,
    /// The department that prepares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "economy")]
    department: Option<String>,
    /// Where it stands; only those who prepare releases ever see `draft`.
    state: ReleaseState,
    /// The exact date, where it is known.
    #[schema(example = "2026-12-11T09:30:00Z")]
    release_date: Option<DateTime<Utc>>,
    /// The month, where that is all that is known; with neither the date is to be confirmed.
    #[schema(example = "2026-12")]
    release_month: Option<String>,
    /// The public change log, oldest first.
    changes: Vec<ReleaseChangeBody>,
    /// When it was announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    announced_at: Option<DateTime<Utc>>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<DateTime<Utc>>,
    /// Who was given it before the public, by position, once it is published; before that for those who prepare it alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pre_release_access: Vec<PreReleaseAccess>,
    /// What it made public; empty before its publication, and left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    datasets: Option<Vec<ReleasedBody>>,
    /// The bundle that publishes it, for those who prepare it and may see the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle_id: Option<String>,
    /// Who made it, for those who prepare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<ActorBody>,
    /// When, for those who prepare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<DateTime<Utc>>,
    /// Who edited it last, for those who prepare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_edited_by: Option<ActorBody>,
    /// When it last changed, for those who prepare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<DateTime<Utc>>,
    links: Links,
}

/// One line of the public change log.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseChangeBody {
    /// What was done.
    kind: ChangeKind,
    /// When it was said.
    at: DateTime<Utc>,
    /// Why.
    #[schema(example = "The survey's results need further checks.")]
    reason: String,
    /// Why, in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_cy: Option<String>,
    /// The exact date before, where it was known.
    previous_date: Option<DateTime<Utc>>,
    /// The month before, where that was all that was known.
    previous_month: Option<String>,
    /// The exact date after, where it is known.
    release_date: Option<DateTime<Utc>>,
    /// The month after, where that is all that is known.
    release_month: Option<String>,
}

/// A version that a release made public.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleasedBody {
    /// The dataset.
    dataset_id: String,
    /// The edition.
    edition: String,
    /// The version.
    #[schema(example = "1")]
    version: String,
    /// The dataset's title.
    title: String,
    /// The dataset's title in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    title_cy: Option<String>,
    links: Links,
}

impl ReleaseBody {
    /// The release as somebody sees it who may know this besides what is public; without versions as lists show it.
    #[must_use]
    pub fn new(release: Release, inside: Option<Inside>, versions: Option<Vec<ReleasedVersion>>) -> Self {
        let path = release_path(&release.id);
        let mut links = Links::from([("page", format!("/releases/{}", segment(&release.id))), ("self", path)]);
        let is_inside = inside.is_some();
        let bundle_id = inside.and_then(|inside| inside.bundle_id);
        if let Some(bundle_id) = &bundle_id {
            links.insert("bundle", bundle_path(bundle_id));
        }
        let release = if is_inside { release } else { release.for_outsiders() };
        let details = release.details;
        Self {
            title: details.title,
            title_cy: details.title_cy,
            summary: details.summary,
            summary_cy: details.summary_cy,
            department: details.department,
            state: release.state,
            release_date: release.date.instant(),
            release_month: release.date.month(),
            changes: release.changes.into_iter().map(ReleaseChangeBody::from).collect(),
            announced_at: release.announced_at,
            published_at: release.published_at,
            pre_release_access: details.pre_release_access,
            datasets: versions.map(|versions| versions.into_iter().map(ReleasedBody::from).collect()),
            bundle_id,
            created_by: is_inside.then(|| (&release.created_by).into()),
            created_at: is_inside.then_some(release.created_at),
            last_edited_by: is_inside.then(|| (&release.last_edited_by).into()),
            last_modified: is_inside.then_some(release.last_modified),
            links,
            id: release.id,
        }
    }
}

impl From<DateChange> for ReleaseChangeBody {
    fn from(change: DateChange) -> Self {
        let exact = ReleaseDate::instant;
        Self {
            kind: change.kind,
            at: change.at,
            reason: change.reason.text,
            reason_cy: change.reason.text_cy,
            previous_date: exact(change.previous),
            previous_month: change.previous.month(),
            release_date: exact(change.date),
            release_month: change.date.month(),
        }
    }
}

impl From<ReleasedVersion> for ReleasedBody {
    fn from(released: ReleasedVersion) -> Self {
        let (id, edition, version) = (&released.dataset_id, &released.edition, released.version);
        let page = format!("/catalogue/{}/editions/{}/versions/{version}", segment(id), segment(edition));
        Self {
            links: Links::from([
                ("dataset", dataset_path(id)),
                ("self", version_path(id, edition, version)),
                ("page", page),
            ]),
            version: version.to_string(),
            dataset_id: released.dataset_id,
            edition: released.edition,
            title: released.title,
            title_cy: released.title_cy,
        }
    }
}

/// The address of a release.
#[must_use]
pub fn release_path(id: &str) -> String {
    format!("/v1/releases/{}", segment(id))
}
