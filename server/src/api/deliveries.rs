//! What other systems are owed after a publication: `/bundles/{id}/steps/…`, `/wagtail/status/…`, `…/tracking-status`.

use axum::extract::State;
use domain::policy::Permission;
use services::{bundles, datasets, deliveries};

use super::Answer;
use super::answer;
use super::body::Body;
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::described::{BundleIdPath, DatasetPath, StepPath};
use super::guards::bundle_with;
use super::problem::Problem;
use super::v1::{StatusBody, TrackingStatusBody, WagtailStatusBody};
use crate::state::AppState;

/// Leaves out a step that follows from a publication.
///
/// A step that is owed is not tried any more. Before the bundle is public a receiver, such as `wagtail`, is left out of its
/// publication; one that publications wait for then no longer stands in the way. Needs a reason.
#[utoipa::path(
    post, path = "/bundles/{id}/steps/{step}/skip", tag = "deliveries",
    params(StepPath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "Wagtail is down for the day; its editors publish by hand"})),
    responses((status = 200, description = "How the publication stands now", body = StatusBody)),
    security(("bearer" = [Permission::BundlesPublish]), ("session" = [Permission::BundlesPublish])),
)]
pub async fn skip(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, step)): Path<(String, String)>,
    body: Body,
) -> Answer {
    must_know(&state, &asked, &id, &step).await?;
    let sent: ReasonInput = body.read().await?;
    let reason = sent.checked(true)?.unwrap_or_default();
    deliveries::skip(&state.services, &asked.ctx, &id, &step, &reason).await?;
    standing(&state, &asked, &id).await
}

/// Tries a step again that failed or was given up.
///
/// At once, with all its tries before it. One that was left out is done after all. A reason is taken when one is sent.
#[utoipa::path(
    post, path = "/bundles/{id}/steps/{step}/replay", tag = "deliveries",
    params(StepPath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Wagtail is back"})),
    responses((status = 200, description = "How the publication stands now", body = StatusBody)),
    security(("bearer" = [Permission::BundlesPublish]), ("session" = [Permission::BundlesPublish])),
)]
pub async fn replay(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, step)): Path<(String, String)>,
    body: Body,
) -> Answer {
    must_know(&state, &asked, &id, &step).await?;
    let sent: ReasonInput = body.read_optional().await?;
    deliveries::replay(&state.services, &asked.ctx, &id, &step, sent.checked(false)?).await?;
    standing(&state, &asked, &id).await
}

/// Refuses who may do nothing with the steps of a bundle, and steps that it cannot have, before the body is read.
async fn must_know(state: &AppState, asked: &Asked, id: &str, step: &str) -> Result<(), Problem> {
    bundle_with(state, &asked.ctx, Permission::BundlesPublish, id).await?;
    Ok(deliveries::must_know_step(&state.services, id, step).await?)
}

/// How the publication stands after a step was changed.
async fn standing(state: &AppState, asked: &Asked, id: &str) -> Answer {
    let status = bundles::status(&state.services, &asked.ctx, id).await?;
    answer::changed(None, &StatusBody::from(status))
}

/// Tells how it stands with Wagtail for a bundle.
///
/// What the catalogue owes it or has told it, and what Wagtail itself says, asked now.
#[utoipa::path(
    get, path = "/wagtail/status/{bundle_id}", tag = "deliveries",
    params(BundleIdPath),
    responses((status = 200, description = "How it stands", body = WagtailStatusBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn wagtail(State(state): State<AppState>, asked: Asked, Path(bundle_id): Path<String>) -> Answer {
    bundles::find(&state.services, &asked.ctx, &bundle_id).await?;
    asked.no_params()?;
    let status = deliveries::wagtail_status(&state.services, &asked.ctx, &bundle_id).await?;
    answer::read(&asked, None, &WagtailStatusBody::new(bundle_id, status))
}

/// Tells how it stands with Tracker for a dataset.
///
/// What the catalogue owes it or has told it, and what Tracker itself says, asked now.
#[utoipa::path(
    get, path = "/datasets/{id}/tracking-status", tag = "deliveries",
    params(DatasetPath),
    responses((status = 200, description = "How it stands", body = TrackingStatusBody)),
    security(("bearer" = [Permission::DatasetsRead]), ("session" = [Permission::DatasetsRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn tracking(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    datasets::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let status = deliveries::tracking_status(&state.services, &asked.ctx, &id).await?;
    answer::read(&asked, None, &TrackingStatusBody::new(id, status))
}
