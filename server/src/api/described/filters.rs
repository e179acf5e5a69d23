//! Filters whose shapes the types of their values do not tell.

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, Required};

/// When something is published: `publish_date_from` and `publish_date_to`.
#[derive(Debug)]
pub struct PublicationPeriod;

impl IntoParams for PublicationPeriod {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            instant(
                "publish_date_from",
                "Publication at this time or later; a date means its first instant on a UK clock",
                "2025-11-01",
            ),
            instant(
                "publish_date_to",
                "Publication at this time or earlier; a date means its last instant on a UK clock",
                "2025-11-30T23:59:59Z",
            ),
        ]
    }
}

/// When a release may come: `from` and `to`.
#[derive(Debug)]
pub struct ReleasePeriod;

impl IntoParams for ReleasePeriod {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            instant("from", "Only those that may come from this time or day on", "2026-12-01"),
            instant("to", "Only those that may come until this time or day", "2026-12-31"),
        ]
    }
}

/// When something happened: `from` and `to`.
#[derive(Debug)]
pub struct AuditPeriod;

impl IntoParams for AuditPeriod {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            instant("from", "Only what happened at this time, or on this day of a UK clock, or later", "2026-11-01"),
            instant("to", "Only what happened until this time, or the end of this day of a UK clock", "2026-11-30"),
        ]
    }
}

/// When something became public: `from` and `to`.
#[derive(Debug)]
pub struct LogPeriod;

impl IntoParams for LogPeriod {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            instant("from", "Only what became public at this time or day or later", "2026-12-01"),
            instant("to", "Only what became public at this time or day or earlier", "2026-12-31"),
        ]
    }
}

/// A time such as `2025-11-15T09:00:00Z`, or a date.
fn instant(name: &str, about: &str, example: &str) -> Parameter {
    let text = |format| ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)));
    let schema = AnyOfBuilder::new().item(text(KnownFormat::DateTime)).item(text(KnownFormat::Date));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .example(Some(example.into()))
        .build()
}
