//! `/feedback`: what readers told.

use axum::body::Body;
use axum::extract::State;
use domain::feedback::{FeedbackKind, FeedbackState};
use domain::policy::Permission;
use services::feedback::{self, FeedbackFilter};

use super::audit::Form;
use super::ctx::Asked;
use super::described::{ErrorEnvelope, PageOf, Paging};
use super::export::{CSV, taken_away};
use super::v1::{FeedbackBody, feedback_csv_head, feedback_csv_line};
use super::{Answer, answer, csv};
use crate::state::AppState;

/// Lists what readers told, newest first.
///
/// Readers tell it on the page `/feedback`, without an account. It is kept for a year.
/// `format=csv` gives everything that the filters find; such an export is itself recorded.
#[utoipa::path(
    get, path = "/feedback", tag = "operations", operation_id = "list_feedback",
    params(
        ("state" = inline(Option<FeedbackState>), Query, description = "Only what stands here", example = "new"),
        ("kind" = inline(Option<FeedbackKind>), Query, description = "Only this sort", example = "problem"),
        ("dataset" = Option<String>, Query, description = "Only what is about this dataset", example = "monthly-rainfall"),
        ("q" = Option<String>, Query, description = "Only what holds these words, in what is told, the page or the note", example = "March"),
        ("assigned" = Option<String>, Query, description = "Only what is given to the account with this id, to whoever asks (`me`) or to nobody yet (`nobody`)", example = "nobody"),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "`json` or `csv`; the latter gives the whole, without `limit` and `offset`", example = "json"),
        Paging,
    ),
    responses((status = 200, description = "A page of what was told, or all of it as a file", content(
        (PageOf<FeedbackBody> = "application/json"),
        (String = "text/csv"),
    )), (status = 422, description = "`limit` or `offset` was given for a file, which is whole", body = ErrorEnvelope)),
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
        assigned: params.text("assigned").and_then(|to| feedback::assigned_to(&asked.ctx, &to)),
        until: None,
    };
    let as_csv = |text: &str| match text {
        "json" => Some(false),
        "csv" => Some(true),
        _ => None,
    };
    if params.one("format", "json or csv", as_csv) == Some(true) {
        Form::whole(params)?;
        return export(&state, &asked, &filter).await;
    }
    let paging = params.paging();
    params.finish()?;
    let found = feedback::list(&state.services, &asked.ctx, &filter, paging).await?;
    answer::page(&asked, found.map(FeedbackBody::from))
}

async fn export(state: &AppState, asked: &Asked, filter: &FeedbackFilter) -> Answer {
    let found = feedback::export(&state.services, &asked.ctx, filter).await?;
    let mut text = csv::line(feedback_csv_head());
    for told in &found {
        text.push_str(&feedback_csv_line(told));
    }
    let filename = format!("feedback-{}.csv", asked.ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away(CSV, &filename, Body::from(text)))
}
