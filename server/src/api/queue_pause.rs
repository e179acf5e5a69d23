//! `/publish-queue/pause` and `/publish-queue/resume`: the whole publish queue, on every node.

use axum::extract::State;
use domain::policy::Permission;
use serde::Deserialize;
use services::operations::{self, QueueOrder};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::Asked;
use super::problem::Problem;
use super::v1::QueueSwitchBody;
use crate::state::AppState;

/// Why the publish queue is paused, or goes on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct QueueReasonInput {
    /// Why, as the audit trail keeps it; that of a pause is shown to everybody who works in the portal.
    #[schema(required = true, min_length = 1, max_length = 1000)]
    reason: String,
}

/// Pauses the publish queue.
///
/// Once this is answered no node makes a bundle public until it is resumed, neither at its instant nor by hand. What was being
/// committed is wholly public.
#[utoipa::path(
    post, path = "/publish-queue/pause", tag = "operations",
    request_body(content = QueueReasonInput, content_type = "application/json", example = json!({"reason": "A figure in several bundles is doubted"})),
    responses((status = 200, description = "How the queue stands now", body = QueueSwitchBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
    extensions(("x-if-match" = json!("optional"))),
)]
pub async fn pause_queue(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    let sent: QueueReasonInput = body.read().await?;
    let expected = expected(&state, &asked).await?;
    let order = QueueOrder { expected, typed: None, reason: &sent.reason };
    let switch = operations::pause_queue(&state.services, &asked.ctx, order).await?;
    answer::changed(Some(switch.revision), &QueueSwitchBody::from(&switch))
}

/// Resumes the publish queue.
///
/// What is overdue is published at once, and tells that it is late because the queue was paused.
#[utoipa::path(
    post, path = "/publish-queue/resume", tag = "operations",
    request_body(content = QueueReasonInput, content_type = "application/json", example = json!({"reason": "The figure is right"})),
    responses((status = 200, description = "How the queue stands now", body = QueueSwitchBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
    extensions(("x-if-match" = json!("optional"))),
)]
pub async fn resume_queue(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    let sent: QueueReasonInput = body.read().await?;
    let expected = expected(&state, &asked).await?;
    let order = QueueOrder { expected, typed: None, reason: &sent.reason };
    let switch = operations::resume_queue(&state.services, &asked.ctx, order).await?;
    answer::changed(Some(switch.revision), &QueueSwitchBody::from(&switch))
}

/// The revision that the caller says it is changing, where it says one.
async fn expected(state: &AppState, asked: &Asked) -> Result<Option<i64>, Problem> {
    let present = operations::queue_switch(&state.services, &asked.ctx).await?;
    Ok(asked.if_match().optional(present.revision))
}
