//! What each refusal looks like.

use axum::http::{StatusCode, header};
use domain::refusal::{Blocker, FieldProblem, Refusal};
use serde_json::{Value, json};

use super::Problem;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let is_of_four_eyes = refusal.is_of_four_eyes();
        match refusal {
            Refusal::Unauthenticated => Self::of(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
                .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"catalogue\""),
            Refusal::NotFound => Self::of(StatusCode::NOT_FOUND, "NOT_FOUND", message),
            Refusal::Forbidden { permission } => {
                Self::of(StatusCode::FORBIDDEN, "FORBIDDEN", message).with("permission", permission)
            }
            Refusal::Unreadable { problems } => {
                Self::of(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message).with("fields", fields(&problems))
            }
            Refusal::Invalid { problems } => Self::of(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR", message)
                .with("fields", fields(&problems)),
            Refusal::Stale => Self::of(StatusCode::PRECONDITION_FAILED, "PRECONDITION_FAILED", message),
            Refusal::RevisionNeeded => Self::of(StatusCode::PRECONDITION_REQUIRED, "PRECONDITION_REQUIRED", message),
            Refusal::InvalidTransition { action, from, allowed } => {
                Self::of(StatusCode::CONFLICT, "INVALID_STATE_TRANSITION", message)
                    .with("action", action)
                    .with("state", from)
                    .with("allowed_from", allowed)
            }
            Refusal::FourEyes { .. } => Self::of(StatusCode::CONFLICT, "FOUR_EYES_REQUIRED", message),
            Refusal::Blocked { blockers, .. } => {
                let code = if is_of_four_eyes { "FOUR_EYES_REQUIRED" } else { "CONFLICT" };
                let problem = Self::of(StatusCode::CONFLICT, code, message).with("reasons", reasons(&blockers));
                match missing_items(&blockers) {
                    items if items.is_empty() => problem,
                    items => problem.with("missing_items", items),
                }
            }
            Refusal::TooLarge { limit } => {
                Self::of(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message).with("limit", limit)
            }
            Refusal::TooMany { seconds } => Self::of(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message)
                .with_header(header::RETRY_AFTER, &seconds.to_string())
                .with("retry_after", seconds),
        }
    }
}

fn fields(problems: &[FieldProblem]) -> Value {
    problems.iter().map(|p| json!({"field": p.field, "code": p.code, "message": p.message})).collect()
}

/// Every reason, as answers and failures tell it.
pub(crate) fn reasons(blockers: &[Blocker]) -> Value {
    blockers
        .iter()
        .map(|b| {
            let mut reason = json!({"code": b.code, "message": b.message});
            if let Some(subject) = &b.subject {
                reason["subject"] = json!(subject);
            }
            if let Some(fix_url) = &b.fix_url {
                reason["fix_url"] = json!(fix_url);
            }
            reason
        })
        .collect()
}

/// The versions that are not fit to be published, each once, as the runbook's `missing_items`.
pub(crate) fn missing_items(blockers: &[Blocker]) -> Vec<String> {
    const OF_ITEMS: [&str; 7] = [
        "not_approved",
        "changed",
        "no_files",
        "files_not_ready",
        "file_unconfirmed",
        "incomplete_metadata",
        "predecessor_unpublished",
    ];
    let mut items: Vec<String> = Vec::new();
    for blocker in blockers.iter().filter(|b| OF_ITEMS.contains(&b.code.as_str())) {
        if let Some(subject) = blocker.subject.as_ref().filter(|subject| !items.contains(subject)) {
            items.push(subject.clone());
        }
    }
    items
}
