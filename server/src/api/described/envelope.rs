//! The envelope of every error (product contract, "Conventions").

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Every error of the API, whatever caused it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorEnvelope {
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// A stable word for programs, such as `NOT_FOUND`.
    #[schema(pattern = "^[A-Z][A-Z_]*$", example = "NOT_FOUND")]
    pub code: String,
    /// A sentence for people: what is wrong and what to do.
    pub message: String,
    /// More about it; some errors have further members, such as `reasons` and `missing_items`.
    pub details: ErrorDetails,
}

/// More about an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetails {
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The request's id, also sent as `X-Request-Id`; name it when you ask for help.
    pub trace_id: String,
    /// Every problem of the request's parameters or body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<FieldProblemBody>>,
    /// Every reason why the present state does not allow this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<ReasonBody>>,
    /// The versions that are not fit to be published, as `dataset/edition/version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_items: Option<Vec<String>>,
}

/// One thing wrong with one parameter or field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub struct FieldProblemBody {
    /// The name as it was sent, with dots for nesting (`contacts.0.email`).
    pub field: String,
    /// A stable word for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// One reason why something cannot be done now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonBody {
    /// A stable word for programs.
    pub code: String,
    /// A sentence for people: what stands in the way and what would clear it.
    pub message: String,
    /// What stands in the way, such as `dataset/edition/version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The page on which it can be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_url: Option<String>,
}
