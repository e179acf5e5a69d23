//! What readers told, as the API tells it.

use chrono::{DateTime, Utc};
use domain::feedback::{Feedback, FeedbackKind, FeedbackState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::csv;

/// Something that a reader told.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedbackBody {
    /// By which it is known.
    id: String,
    /// What sort of thing it is.
    kind: FeedbackKind,
    /// The page that it is about; empty where it is about none.
    #[schema(example = "/catalogue/monthly-rainfall")]
    page: String,
    /// The dataset that the page is of.
    #[schema(example = "monthly-rainfall")]
    dataset_id: Option<String>,
    /// What is told.
    #[schema(example = "The figure for March looks wrong.")]
    message: String,
    /// Where an answer is wanted.
    #[schema(example = "reader@example.org")]
    address: Option<String>,
    /// The language of the page: `en` or `cy`.
    #[schema(example = "en")]
    language: &'static str,
    /// Where it stands.
    state: FeedbackState,
    /// When it was told.
    created_at: DateTime<Utc>,
    /// The id of who dealt with it.
    handled_by: Option<String>,
    /// When.
    handled_at: Option<DateTime<Utc>>,
    /// What they noted.
    #[schema(example = "Corrected with version 3.")]
    note: Option<String>,
}

impl From<Feedback> for FeedbackBody {
    fn from(told: Feedback) -> Self {
        Self {
            id: told.id,
            kind: told.kind,
            page: told.page,
            dataset_id: told.dataset_id,
            message: told.message,
            address: told.address,
            language: told.language.as_str(),
            state: told.state,
            created_at: told.created_at,
            handled_by: told.handled_by,
            handled_at: told.handled_at,
            note: told.note,
        }
    }
}

/// The columns of a file of what readers told.
pub const fn feedback_csv_head() -> [&'static str; 15] {
    [
        "id",
        "created_at",
        "state",
        "kind",
        "page",
        "dataset_id",
        "language",
        "message",
        "address",
        "handled_by",
        "handled_by_name",
        "handled_at",
        "note",
        "assigned_to_name",
        "correction",
    ]
}

/// One line of it.
pub fn feedback_csv_line(told: &Feedback) -> String {
    let created_at = told.created_at.to_rfc3339();
    let handled_at = told.handled_at.map(|at| at.to_rfc3339()).unwrap_or_default();
    csv::line([
        told.id.as_str(),
        created_at.as_str(),
        told.state.as_str(),
        told.kind.as_str(),
        told.page.as_str(),
        told.dataset_id.as_deref().unwrap_or_default(),
        told.language.as_str(),
        told.message.as_str(),
        told.address.as_deref().unwrap_or_default(),
        told.handled_by.as_deref().unwrap_or_default(),
        told.handled_by_name.as_deref().unwrap_or_default(),
        handled_at.as_str(),
        told.note.as_deref().unwrap_or_default(),
        told.assigned_to_name.as_deref().unwrap_or_default(),
        told.correction.as_deref().unwrap_or_default(),
    ])
}
