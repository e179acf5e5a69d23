//! Taking a bundle through its states: `PUT /bundles/{id}/…`.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleAction, BundleCommand, Schedule};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_optional;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use services::bundles;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::guards::bundle_to_change;
use super::problem::Problem;
use super::v1::{BundleBody, bundle_path};
use crate::state::AppState;

/// The longest reason, in characters.
const MAX_REASON: usize = 5000;

/// Why, as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReasonInput {
    reason: Option<String>,
}

impl ReasonInput {
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
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ScheduleInput {
    publication_date: Option<DateTime<Utc>>,
    notification_channels: Vec<String>,
    reason: Option<String>,
}

impl ScheduleInput {
    fn checked(self) -> Result<BundleCommand, Refusal> {
        let channels = bundles::checked_channels(&self.notification_channels);
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
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RetryInput {
    reason: Option<String>,
    publication_date: Option<DateTime<Utc>>,
}

/// `PUT /bundles/{id}/submit`
pub async fn submit(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| input.checked(false).map(|_| BundleCommand::Submit);
    changed(&step(&state, &asked, &id, BundleAction::Submit, body, build).await?)
}

/// `PUT /bundles/{id}/reject`
pub async fn reject(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok(BundleCommand::Reject { reason: input.needed()? });
    changed(&step(&state, &asked, &id, BundleAction::Reject, body, build).await?)
}

/// `PUT /bundles/{id}/approve`
pub async fn approve(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| input.checked(false).map(|_| BundleCommand::Approve);
    changed(&step(&state, &asked, &id, BundleAction::Approve, body, build).await?)
}

/// `PUT /bundles/{id}/request-changes`
pub async fn request_changes(
    State(state): State<AppState>,
    asked: Asked,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let build = |input: ReasonInput| Ok(BundleCommand::RequestChanges { reason: input.needed()? });
    changed(&step(&state, &asked, &id, BundleAction::RequestChanges, body, build).await?)
}

/// `PUT /bundles/{id}/schedule`
pub async fn schedule(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |mut input: ScheduleInput| {
        ReasonInput { reason: input.reason.take() }.checked(false)?;
        input.checked()
    };
    changed(&step(&state, &asked, &id, BundleAction::Schedule, body, build).await?)
}

/// `DELETE /bundles/{id}/schedule`
pub async fn cancel_schedule(
    State(state): State<AppState>,
    asked: Asked,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let build = |input: ReasonInput| Ok(BundleCommand::CancelSchedule { reason: input.checked(false)? });
    changed(&step(&state, &asked, &id, BundleAction::CancelSchedule, body, build).await?)
}

/// `PUT /bundles/{id}/retry`
pub async fn retry(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: RetryInput| {
        let reason = ReasonInput { reason: input.reason }.checked(false)?;
        Ok(BundleCommand::Retry { reason, at: input.publication_date })
    };
    changed(&step(&state, &asked, &id, BundleAction::Retry, body, build).await?)
}

/// `PUT /bundles/{id}/reset-to-approved`
pub async fn reset(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok(BundleCommand::Reset { reason: input.checked(false)? });
    changed(&step(&state, &asked, &id, BundleAction::Reset, body, build).await?)
}

/// `POST /bundles/{id}/publish`
pub async fn publish(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ReasonInput| Ok(BundleCommand::PublishNow { reason: input.checked(false)? });
    let bundle = step(&state, &asked, &id, BundleAction::PublishNow, body, build).await?;
    let location = format!("{}/status", bundle_path(&bundle.id));
    answer::accepted(&location, Some(bundle.revision), &BundleBody::from(&bundle))
}

async fn step<T: DeserializeOwned + Default>(
    state: &AppState,
    asked: &Asked,
    id: &str,
    action: BundleAction,
    body: Body,
    build: impl FnOnce(T) -> Result<BundleCommand, Refusal>,
) -> Result<Bundle, Problem> {
    let before = bundle_to_change(state, &asked.ctx, action, id).await?;
    let command = build(body.read_action().await?)?;
    let expected = asked.if_match().optional(before.revision);
    let taken = bundles::take_step(&state.services, &asked.ctx, id, expected, command).await;
    taken.map_err(|error| {
        let problem = Problem::from(error);
        if problem.status() == StatusCode::CONFLICT { problem.with("bundle_id", id) } else { problem }
    })
}

fn changed(bundle: &Bundle) -> Answer {
    answer::changed(Some(bundle.revision), &BundleBody::from(bundle))
}
