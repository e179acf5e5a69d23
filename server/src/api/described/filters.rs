//! Filters whose shapes the types of their values do not tell.

use utoipa::IntoParams;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr};

/// When something is published.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublicationPeriod {
    /// Publication at this time or later; a date means its first instant.
    #[param(schema_with = time_or_date, required = false, example = "2025-11-01")]
    pub publish_date_from: Option<String>,
    /// Publication at this time or earlier; a date means its last instant.
    #[param(schema_with = time_or_date, required = false, example = "2025-11-30T23:59:59Z")]
    pub publish_date_to: Option<String>,
}

/// A time such as `2025-11-15T09:00:00Z`, or a date.
fn time_or_date() -> RefOr<Schema> {
    let text = |format| ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)));
    AnyOfBuilder::new().item(text(KnownFormat::DateTime)).item(text(KnownFormat::Date)).into()
}
