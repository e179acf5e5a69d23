//! Taking a bundle through its states: `PUT /bundles/{id}/…`.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleAction, BundleCommand, Channel, Schedule};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::release::PublicReason;
use domain::text::{MAX_REASON, check_optional};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use services::bundles::{self, Said};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::BundlePath;
use super::guards::bundle_to_change;
use super::problem::Problem;
use super::v1::{BundleBody, bundle_path};
use crate::state::AppState;

/// Why, as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReasonInput {
    /// The reason, as the people concerned will read it.
    #[schema(max_length = 5000)]
    reason: Option<String>,
}

impl ReasonInput {
    /// A reason that was sent within something else.
    pub(super) const fn of(reason: Option<String>) -> Self {
        Self { reason }
    }

    /// The reason, or a refusal where one is needed.
    pub(super) fn checked(self, needed: bool) -> Result<Option<String>, Refusal> {
        let mut problems = Vec::new();
        let reason = self.reason.filter(|text| !text.trim().is_empty());
        if needed && reason.is_none() {
            problems.push(FieldProblem::required("reason"));
        }
        check_optional(&mut problems, "reason", reason.as_deref().unwrap_or(""), MAX_REASON, true);
        all_valid(problems)?;
        Ok(reason)
    }

    fn needed(self) -> Result<String, Refusal> {
        Ok(self.checked(true)?.unwrap_or_default())
    }
}

/// A schedule as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ScheduleInput {
    /// The instant at which the bundle becomes public, in the future.
    #[schema(value_type = DateTime<Utc>, required = true)]
    publication_date: Option<DateTime<Utc>>,
    /// Whom to tell; an empty list tells nobody. Left out, whoever the bundle's schedule tells, or told where it was taken away.
    #[schema(value_type = Option<Vec<Channel>>)]
    notification_channels: Option<Vec<String>>,
    /// Why, where it is worth telling.
    #[schema(max_length = 5000)]
    reason: Option<String>,
    /// What the public is told where a confirmed release of the calendar has to move with the bundle.
    release_reason: Option<String>,
    /// The same in Welsh.
    release_reason_cy: Option<String>,
}

impl ScheduleInput {
    fn checked(self, kept: &[Channel]) -> Result<BundleCommand, Refusal> {
        let channels = match self.notification_channels {
            Some(named) => bundles::checked_channels(&named),
            None => Ok(kept.to_vec()),
        };
        match (self.publication_date, channels) {
            (Some(publication_date), Ok(notification_channels)) => {
                Ok(BundleCommand::Schedule(Schedule { publication_date, notification_channels }))
            }
            (None, Err(Refusal::Invalid { mut problems })) => {
                problems.push(FieldProblem::required("publication_date"));
                Err(Refusal::Invalid { problems })
            }
            (None, _) => Err(Refusal::Invalid { problems: vec![FieldProblem::required("publication_date")] }),
            (Some(_), Err(refusal)) => Err(refusal),
        }
    }
}

/// A retry as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RetryInput {
    /// Why, where it is worth telling.
    #[schema(max_length = 5000)]
    reason: Option<String>,
    /// The new instant, in the future.
    publication_date: Option<DateTime<Utc>>,
    /// What the public is told where a confirmed release of the calendar has to move with the bundle.
    release_reason: Option<String>,
    /// The same in Welsh.
    release_reason_cy: Option<String>,
}

/// A publication by hand as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PublishInput {
    /// Why, as colleagues will read it.
    #[schema(max_length = 5000)]
    reason: Option<String>,
    /// What the public is told where the release calendar has promised another time: needed once its date was confirmed.
    release_reason: Option<String>,
    /// The same in Welsh.
    release_reason_cy: Option<String>,
}

/// Sends a bundle for review.
///
/// From `in_progress` to `ready_for_review`, once every check passes.
#[utoipa::path(
    put, path = "/bundles/{id}/submit", tag = "bundles",
    params(BundlePath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "All figures are final"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
)]
pub async fn submit(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok((BundleCommand::Submit, input.checked(false)?));
    changed(&step(&state, &asked, &id, BundleAction::Submit, body, build).await?)
}

/// Sends a bundle back to its editors.
///
/// From `ready_for_review` to `in_progress`, with a reason.
#[utoipa::path(
    put, path = "/bundles/{id}/reject", tag = "bundles",
    params(BundlePath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "The second dataset is out of date"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesReview]), ("session" = [Permission::BundlesReview])),
)]
pub async fn reject(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok((BundleCommand::Reject { reason: input.needed()? }, None));
    changed(&step(&state, &asked, &id, BundleAction::Reject, body, build).await?)
}

/// Approves a bundle.
///
/// From `ready_for_review` to `approved`, by somebody who neither made nor last edited it, nor last edited what becomes public of
/// one of its datasets. Every version is checked again.
#[utoipa::path(
    put, path = "/bundles/{id}/approve", tag = "bundles",
    params(BundlePath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Checked"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesApprove]), ("session" = [Permission::BundlesApprove])),
)]
pub async fn approve(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok((BundleCommand::Approve, input.checked(false)?));
    changed(&step(&state, &asked, &id, BundleAction::Approve, body, build).await?)
}

/// Asks for changes to an approved bundle.
///
/// From `approved` to `in_progress`, with a reason.
#[utoipa::path(
    put, path = "/bundles/{id}/request-changes", tag = "bundles",
    params(BundlePath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "A late correction has to go in"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesRequestChanges]), ("session" = [Permission::BundlesRequestChanges])),
)]
pub async fn request_changes(
    State(state): State<AppState>,
    asked: Asked,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let build = |input: ReasonInput| Ok((BundleCommand::RequestChanges { reason: input.needed()? }, None));
    changed(&step(&state, &asked, &id, BundleAction::RequestChanges, body, build).await?)
}

/// Schedules a bundle.
///
/// From `approved` or `scheduled` to `scheduled`. The instant has to be in the future, and the type of the bundle
/// `scheduled`. Without `notification_channels` a bundle that is moved, or scheduled again, tells whom it would have told.
#[utoipa::path(
    put, path = "/bundles/{id}/schedule", tag = "bundles",
    params(BundlePath),
    request_body(content = ScheduleInput, content_type = "application/json", example = json!({
            "publication_date": "2025-11-15T09:00:00Z", "notification_channels": ["email", "webhook"]
        })),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesApprove]), ("session" = [Permission::BundlesApprove])),
)]
pub async fn schedule(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::Schedule, &id).await?;
    let mut input: ScheduleInput = body.read_action().await?;
    let note = ReasonInput { reason: input.reason.take() }.checked(false)?;
    let told = PublicReason::of(input.release_reason.take(), input.release_reason_cy.take());
    // Whom it tells is kept of the revision that was looked at, and of no other.
    let kept = input.notification_channels.is_none().then_some(before.revision);
    let expected = asked.if_match().optional(before.revision).or(kept);
    let command = input.checked(before.state.channels())?;
    changed(&taken(&state, &asked, (&id, expected), command, Said { note, told }).await?)
}

/// Cancels the schedule of a bundle.
///
/// From `scheduled` to `approved`. A reason is taken in the body when one is sent.
#[utoipa::path(
    delete, path = "/bundles/{id}/schedule", tag = "bundles",
    params(BundlePath),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesCancel]), ("session" = [Permission::BundlesCancel])),
)]
pub async fn cancel_schedule(
    State(state): State<AppState>,
    asked: Asked,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let build = |input: ReasonInput| Ok((BundleCommand::CancelSchedule { reason: input.checked(false)? }, None));
    changed(&step(&state, &asked, &id, BundleAction::CancelSchedule, body, build).await?)
}

/// Retries a failed publication.
///
/// From `failed` to `approved`, and on to `scheduled` where a new time is given.
#[utoipa::path(
    put, path = "/bundles/{id}/retry", tag = "bundles",
    params(BundlePath),
    request_body(content = Option<RetryInput>, content_type = "application/json", example = json!({
            "reason": "The missing file is there now", "publication_date": "2025-11-15T10:00:00Z"
        })),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesRetry]), ("session" = [Permission::BundlesRetry])),
)]
pub async fn retry(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: RetryInput| {
        let reason = ReasonInput { reason: input.reason }.checked(false)?;
        let told = PublicReason::of(input.release_reason, input.release_reason_cy);
        Ok((BundleCommand::Retry { reason, at: input.publication_date }, Said { note: None, told }))
    };
    changed(&step_saying(&state, &asked, &id, BundleAction::Retry, body, build).await?)
}

/// Resets a bundle to approved.
///
/// From `failed`, `scheduled` or a stuck `publishing` to `approved`. Refused while a live node holds the lease.
#[utoipa::path(
    put, path = "/bundles/{id}/reset-to-approved", tag = "bundles",
    params(BundlePath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Its node was switched off"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesReset]), ("session" = [Permission::BundlesReset])),
)]
pub async fn reset(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok((BundleCommand::Reset { reason: input.checked(false)? }, None));
    changed(&step(&state, &asked, &id, BundleAction::Reset, body, build).await?)
}

/// Publishes a bundle by hand.
///
/// The normal way for `manual` bundles, the emergency way for others. Publication begins at once; look at the status
/// link. Where the release calendar has confirmed another time, the public reads the `release_reason` in its change log.
#[utoipa::path(
    post, path = "/bundles/{id}/publish", tag = "bundles",
    params(BundlePath),
    request_body(content = Option<PublishInput>, content_type = "application/json", example = json!({"reason": "The figures are market-sensitive and leaked"})),
    responses((status = 202, description = "Publication has begun", body = BundleBody)),
    security(("bearer" = [Permission::BundlesPublish]), ("session" = [Permission::BundlesPublish])),
    extensions(("x-if-match" = json!("optional"))),
)]
pub async fn publish(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: PublishInput| {
        let reason = ReasonInput { reason: input.reason }.checked(false)?;
        let told = PublicReason::of(input.release_reason, input.release_reason_cy);
        Ok((BundleCommand::PublishNow { reason }, Said { note: None, told }))
    };
    let bundle = step_saying(&state, &asked, &id, BundleAction::PublishNow, body, build).await?;
    let location = format!("{}/status", bundle_path(&bundle.id));
    answer::accepted(&location, Some(bundle.revision), &BundleBody::from(&bundle))
}

async fn step<T: DeserializeOwned + Default>(
    state: &AppState,
    asked: &Asked,
    id: &str,
    action: BundleAction,
    body: Body,
    build: impl FnOnce(T) -> Result<(BundleCommand, Option<String>), Refusal>,
) -> Result<Bundle, Problem> {
    let build = |input| build(input).map(|(command, note)| (command, Said { note, told: None }));
    step_saying(state, asked, id, action, body, build).await
}

/// Takes a step with which a release of the calendar may have to move, and what the public is told of that.
async fn step_saying<T: DeserializeOwned + Default>(
    state: &AppState,
    asked: &Asked,
    id: &str,
    action: BundleAction,
    body: Body,
    build: impl FnOnce(T) -> Result<(BundleCommand, Said), Refusal>,
) -> Result<Bundle, Problem> {
    let before = bundle_to_change(state, &asked.ctx, action, id).await?;
    let (command, said) = build(body.read_action().await?)?;
    taken(state, asked, (id, asked.if_match().optional(before.revision)), command, said).await
}

/// Takes a step from the revision that is expected, if one is.
async fn taken(
    state: &AppState,
    asked: &Asked,
    (id, expected): (&str, Option<i64>),
    command: BundleCommand,
    said: Said,
) -> Result<Bundle, Problem> {
    let taken = bundles::take_step_saying(&state.services, &asked.ctx, id, expected, command, said).await;
    taken.map_err(|error| {
        let problem = Problem::from(error);
        if problem.status() == StatusCode::CONFLICT { problem.with("bundle_id", id) } else { problem }
    })
}

fn changed(bundle: &Bundle) -> Answer {
    answer::changed(Some(bundle.revision), &BundleBody::from(bundle))
}
