//! What departments keep in standard storage: `/departments/{id}/archive-policy`, its report, and holds on versions.

use axum::extract::State;
use domain::archiving::{ArchivePolicy, Fate};
use domain::policy::Permission;
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use services::archiving;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::described::{DepartmentPath, VersionPath};
use super::guards::version_to_change;
use super::v1::{Links, department_path, version_path};
use super::versions::{Words, key_of};
use crate::state::AppState;

/// What a department keeps in standard storage.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ArchivePolicyInput {
    /// Whether the scheduler carries it out, once an hour.
    enabled: bool,
    /// The newest versions of each edition that stay.
    #[schema(minimum = 1, example = 12)]
    keep_versions: Option<u32>,
    /// For how many months after its publication a version stays.
    #[schema(minimum = 0, maximum = 1200, example = 24)]
    keep_months: Option<u32>,
}

/// The same as it is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchivePolicyBody {
    enabled: bool,
    keep_versions: Option<u32>,
    keep_months: Option<u32>,
    links: Links,
}

impl ArchivePolicyBody {
    fn new(department: &str, policy: &ArchivePolicy) -> Self {
        let path = department_path(department);
        Self {
            enabled: policy.enabled,
            keep_versions: policy.keep_versions,
            keep_months: policy.keep_months,
            links: Links::from([
                ("self", format!("{path}/archive-policy")),
                ("report", format!("{path}/archive-report")),
                ("department", path),
            ]),
        }
    }
}

/// What becomes of a published version.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveFateBody {
    dataset_id: String,
    edition: String,
    version: String,
    published_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Bytes that its files take in standard storage, their copies in the public bucket included.
    bytes: u64,
    /// What becomes of it the next time, or why it stays.
    outcome: Fate,
    /// Why it is held, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<String>,
    links: Links,
}

/// What a policy does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveReportBody {
    policy: ArchivePolicyBody,
    /// Versions that leave standard storage the next time.
    leaving: usize,
    /// The bytes that they free there.
    leaving_bytes: u64,
    /// Every published version, the newest of each edition first.
    versions: Vec<ArchiveFateBody>,
}

/// A hold on a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveHoldBody {
    /// Whether the version stays in standard storage whatever the policy says.
    held: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    links: Links,
}

/// Reads the archive policy of a department.
///
/// Without one nothing is archived by itself.
#[utoipa::path(get, path = "/departments/{id}/archive-policy", tag = "departments",
    params(DepartmentPath),
    responses((status = 200, description = "The policy", body = ArchivePolicyBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])))]
pub async fn policy(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let (policy, revision) = archiving::policy(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(revision), &ArchivePolicyBody::new(&id, &policy))
}

/// Sets the archive policy of a department.
///
/// Whatever either rule keeps stays, and the newest version of each edition always does. Ask for the report first.
#[utoipa::path(put, path = "/departments/{id}/archive-policy", tag = "departments",
    params(DepartmentPath),
    request_body(content = ArchivePolicyInput, content_type = "application/json",
        example = json!({"enabled": true, "keep_versions": 12, "keep_months": 24})),
    responses((status = 200, description = "The policy as it is now", body = ArchivePolicyBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])),
    extensions(("x-if-match" = json!("required"))))]
pub async fn set_policy(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let (_, revision) = archiving::policy(&state.services, &asked.ctx, &id).await?;
    let sent: ArchivePolicyInput = body.read().await?;
    let wanted =
        ArchivePolicy { enabled: sent.enabled, keep_versions: sent.keep_versions, keep_months: sent.keep_months };
    let if_match = asked.if_match();
    let set = archiving::set_policy(&state.services, &asked.ctx, &id, wanted, if_match.required(revision)).await;
    let (policy, revision) = set.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(revision), &ArchivePolicyBody::new(&id, &policy))
}

/// Tells what the archive policy of a department would do.
///
/// Nothing is changed. With `keep_versions` or `keep_months` another policy is tried out.
#[utoipa::path(get, path = "/departments/{id}/archive-report", tag = "departments",
    params(DepartmentPath,
        ("keep_versions" = Option<u32>, Query, description = "The newest versions of each edition that stay", minimum = 1, example = 12),
        ("keep_months" = Option<u32>, Query, description = "For how many months a version stays", maximum = 1200, example = 24)),
    responses((status = 200, description = "What becomes of each published version", body = ArchiveReportBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])))]
pub async fn report(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    archiving::policy(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let number = |text: &str| text.parse::<u32>().ok();
    let keep_versions = params.one("keep_versions", "a whole number from 1", |text| number(text).filter(|n| *n > 0));
    let keep_months =
        params.one("keep_months", "a whole number up to 1200", |text| number(text).filter(|n| *n <= 1200));
    params.finish()?;
    let tried = (keep_versions.is_some() || keep_months.is_some()).then_some(ArchivePolicy {
        enabled: false,
        keep_versions,
        keep_months,
    });
    let report = archiving::report(&state.services, &asked.ctx, &id, tried).await?;
    let (leaving, leaving_bytes) = report.leaving();
    let versions = report.versions.into_iter().map(|(candidate, outcome)| ArchiveFateBody {
        links: Links::from([("version", version_path(&candidate.dataset_id, &candidate.edition, candidate.version))]),
        dataset_id: candidate.dataset_id,
        edition: candidate.edition,
        version: candidate.version.to_string(),
        published_at: candidate.published_at,
        bytes: candidate.bytes,
        outcome,
        hold: candidate.hold,
    });
    let body = ArchiveReportBody {
        policy: ArchivePolicyBody::new(&id, &report.policy),
        leaving,
        leaving_bytes,
        versions: versions.collect(),
    };
    answer::read(&asked, None, &body)
}

/// Tells whether a version is held in standard storage.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/archive-hold", tag = "versions",
    params(VersionPath),
    responses((status = 200, description = "The hold", body = ArchiveHoldBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])))]
pub async fn hold(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    version_to_change(&state, &asked.ctx, Permission::VersionsArchive, &key).await?;
    asked.no_params()?;
    let reason = archiving::hold_of(&state.services, &asked.ctx, &key).await?;
    answer::read(&asked, None, &held(&key, reason))
}

/// Holds a version in standard storage.
///
/// Whatever the policy says, until the hold is taken off.
#[utoipa::path(put, path = "/datasets/{id}/editions/{edition}/versions/{version}/archive-hold", tag = "versions",
    params(VersionPath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "An inquiry is quoting it."})),
    responses((status = 200, description = "The hold", body = ArchiveHoldBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])),
    extensions(("x-if-match" = json!("none"))))]
pub async fn put_hold(State(state): State<AppState>, asked: Asked, Path(words): Words, body: Body) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    version_to_change(&state, &asked.ctx, Permission::VersionsArchive, &key).await?;
    let reason = body.read::<ReasonInput>().await?.checked(true)?.unwrap_or_default();
    archiving::hold(&state.services, &asked.ctx, &key, &reason).await?;
    answer::changed(None, &held(&key, Some(reason)))
}

/// Takes the hold off a version.
#[utoipa::path(delete, path = "/datasets/{id}/editions/{edition}/versions/{version}/archive-hold", tag = "versions",
    params(VersionPath),
    responses((status = 204, description = "Taken off")),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])),
    extensions(("x-if-match" = json!("none"))))]
pub async fn delete_hold(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    version_to_change(&state, &asked.ctx, Permission::VersionsArchive, &key).await?;
    if archiving::hold_of(&state.services, &asked.ctx, &key).await?.is_none() {
        return Err(Refusal::NotFound.into());
    }
    asked.no_params()?;
    archiving::release(&state.services, &asked.ctx, &key).await?;
    Ok(answer::deleted())
}

fn held(key: &services::versions::VersionKey, reason: Option<String>) -> ArchiveHoldBody {
    let version = version_path(&key.dataset_id, &key.edition, key.version);
    let links = Links::from([("self", format!("{version}/archive-hold")), ("version", version)]);
    ArchiveHoldBody { held: reason.is_some(), reason, links }
}
