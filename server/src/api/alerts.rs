//! `/datasets/{id}/editions/{edition}/versions/{version}/alerts`: what has to be said about a version that is never edited.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use domain::version::{Alert, AlertKind, AlertSeverity};
use serde::Deserialize;
use services::versions;

use super::Answer;
use super::answer;
use super::body::Body;
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, VersionPath};
use super::guards::version_to_change;
use super::params::part_of;
use super::v1::version_path;
use super::versions::{Words, key_of};
use crate::state::AppState;

/// An alert as it is sent.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlertInput {
    /// `alert` for something to know, `correction` for something that was wrong.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// What readers should know.
    description: String,
    /// The same in Welsh.
    description_cy: Option<String>,
    /// `minor` where what the figures show stays the same, `major` where it does not.
    severity: Option<String>,
    /// Since when; now where it is left out.
    date: Option<DateTime<Utc>>,
}

impl AlertInput {
    fn checked(self) -> Result<Alert, Refusal> {
        let kind = self.kind.as_deref().map(AlertKind::parse);
        let severity = self.severity.as_deref().map(AlertSeverity::parse);
        let mut problems = Vec::new();
        match kind {
            None => problems.push(FieldProblem::required("type")),
            Some(None) => problems.push(FieldProblem::new("type", "unknown_value", "Give alert or correction.")),
            Some(Some(_)) => {}
        }
        if severity == Some(None) {
            problems.push(FieldProblem::new("severity", "unknown_value", "Give minor or major."));
        }
        let alert = Alert {
            date: self.date,
            description_cy: self.description_cy.filter(|text| !text.trim().is_empty()),
            severity: severity.flatten(),
            ..Alert::new(kind.flatten().unwrap_or(AlertKind::Alert), self.description)
        };
        if problems.is_empty() {
            return Ok(alert);
        }
        problems.extend(alert.problems());
        Err(Refusal::Invalid { problems })
    }
}

/// Lists the alerts of a version.
///
/// Alerts and corrections in the order in which they were added.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/alerts", tag = "versions",
    params(VersionPath,
        Paging),
    responses((status = 200, description = "A page of alerts", body = PageOf<Alert>)))]
pub async fn list_alerts(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let version = versions::find(&state.services, &asked.ctx, &key_of(words)?).await?;
    params.finish()?;
    answer::page(&asked, part_of(&version.metadata.alerts, paging))
}

/// Puts an alert or a correction on a public version.
///
/// Readers see it at once, on the version's page and in its documents. The figures stay as they are.
#[utoipa::path(post, path = "/datasets/{id}/editions/{edition}/versions/{version}/alerts", tag = "versions",
    params(VersionPath),
    request_body(content = AlertInput, content_type = "application/json",
        example = json!({"type": "correction", "description": "The figure for 2019 was wrong and is corrected in version 3."})),
    responses((status = 201, description = "The alert", body = Alert)),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])))]
pub async fn add(State(state): State<AppState>, asked: Asked, Path(words): Words, body: Body) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    version_to_change(&state, &asked.ctx, Permission::DatasetsCorrect, &key).await?;
    let new = body.read::<AlertInput>().await?.checked()?;
    let (version, alert) = versions::add_alert(&state.services, &asked.ctx, &key, new).await?;
    let path = version_path(&version.dataset_id, &version.edition, version.version);
    answer::created(&format!("{path}/alerts/{}", alert.id), None, &alert)
}

/// Withdraws an alert from a public version.
///
/// Readers no longer see it; the audit trail keeps what it said. A reason is taken when sent.
#[utoipa::path(delete, path = "/datasets/{id}/editions/{edition}/versions/{version}/alerts/{alert}", tag = "versions",
    params(VersionPath,
        ("alert" = String, Path, description = "The alert's id", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")),
    responses((status = 204, description = "Withdrawn")),
    extensions(("x-if-match" = json!("none"))),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])))]
pub async fn withdraw(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition, version, alert)): Path<(String, String, String, String)>,
    body: Body,
) -> Answer {
    asked.ctx.caller()?;
    let key = key_of((id, edition, version))?;
    let found = versions::find(&state.services, &asked.ctx, &key).await?;
    if !found.metadata.alerts.iter().any(|known| known.id == alert) {
        return Err(Refusal::NotFound.into());
    }
    version_to_change(&state, &asked.ctx, Permission::DatasetsCorrect, &key).await?;
    let reason = body.read_action::<ReasonInput>().await?.checked(false)?;
    versions::withdraw_alert(&state.services, &asked.ctx, &key, &alert, reason).await?;
    Ok(answer::deleted())
}
