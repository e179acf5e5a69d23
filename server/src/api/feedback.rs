//! `/feedback`: what readers told.

use axum::extract::State;
use domain::feedback::{FeedbackKind, FeedbackState};
use domain::policy::Permission;
use services::feedback::{self, FeedbackFilter};

use super::Answer;
use super::answer;
use super::ctx::Asked;
use super::described::{PageOf, Paging};
use super::v1::FeedbackBody;
use crate::state::AppState;

/// Lists what readers told, newest first.
///
/// Readers tell it on the page `/feedback`, without an account. It is kept for a year.
#[utoipa::path(
    get, path = "/feedback", tag = "operations", operation_id = "list_feedback",
    params(
        ("state" = inline(Option<FeedbackState>), Query, description = "Only what stands here", example = "new"),
        ("kind" = inline(Option<FeedbackKind>), Query, description = "Only this sort", example = "problem"),
        ("dataset" = Option<String>, Query, description = "Only what is about this dataset", example = "monthly-rainfall"),
        ("q" = Option<String>, Query, description = "Only what holds these words, in what is told, the page or the note", example = "March"),
        Paging,
    ),
    responses((status = 200, description = "A page of what was told", body = PageOf<FeedbackBody>)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    let mut params = asked.params();
    let filter = FeedbackFilter {
        state: params.one("state", "new or handled", FeedbackState::parse),
        kind: params.one("kind", "useful, not_useful, problem or idea", FeedbackKind::parse),
        dataset_id: params.text("dataset"),
        text: params.text("q"),
    };
    let paging = params.paging();
    params.finish()?;
    let found = feedback::list(&state.services, &asked.ctx, &filter, paging).await?;
    answer::page(&asked, found.map(FeedbackBody::from))
}
