//! `/settings` and `/settings/{name}`: what an office changes while the catalogue runs.

use axum::extract::State;
use domain::office::{Setting, SettingName};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use serde::Deserialize;
use serde_json::Value;
use services::{ServiceError, office};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, SettingPath};
use super::params::part_of;
use super::v1::SettingBody;
use crate::state::AppState;

/// Lists the office's settings.
///
/// Each with what is in force, its default, and who changed it last and why.
#[utoipa::path(
    get, path = "/settings", tag = "settings",
    params(Paging),
    responses((status = 200, description = "A page of settings", body = PageOf<SettingBody>)),
    security(("bearer" = [Permission::SettingsWrite]), ("session" = [Permission::SettingsWrite])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::SettingsWrite)?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let sheets = office::list(&state.services, &asked.ctx).await?;
    let bodies = sheets.into_iter().map(SettingBody::new).collect::<serde_json::Result<Vec<_>>>()?;
    answer::page(&asked, part_of(&bodies, paging))
}

/// Reads a setting of the office.
///
/// `rate-limits` is also for who has `system:operate`.
#[utoipa::path(
    get, path = "/settings/{name}", tag = "settings",
    params(SettingPath),
    responses((status = 200, description = "The setting", body = SettingBody)),
    security(("bearer" = [Permission::SettingsWrite]), ("session" = [Permission::SettingsWrite]), ("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(name): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let name = named(&name)?;
    office::changer(&asked.ctx, name)?;
    asked.no_params()?;
    let sheet = office::find(&state.services, &asked.ctx, name).await?;
    answer::read(&asked, Some(sheet.revision), &SettingBody::new(sheet)?)
}

/// A setting as it is to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SettingInput {
    /// What is to be in force, with the fields of this setting; left out to go back to the default.
    value: Option<Value>,
    /// Whether to go back to the default, in place of a value.
    default: bool,
    /// Why, as the audit trail keeps it.
    #[schema(required = true, min_length = 1, max_length = 1000)]
    reason: String,
}

/// Sets a setting of the office.
///
/// In force at once on every node. `banner` takes `text`, `text_cy`, `kind` (`information` or `warning`) and perhaps `until`;
/// `maintenance` and `four-eyes` take `on`; `publication-times` takes `usual`, `peak_from` and `peak_to`, times of day on a UK
/// clock; `sessions` takes `idle_minutes` and `longest_minutes`; `reminders` takes `hours`, a list of how many hours before its
/// instant people are reminded of a bundle; `rate-limits`, which is also for who has `system:operate`, takes `address`, `caller`,
/// `sign_in` and `search`, requests a minute, of which `sign_in` is never more than the environment says. With `default` it goes
/// back to what holds without it.
#[utoipa::path(
    put, path = "/settings/{name}", tag = "settings",
    params(SettingPath),
    request_body(content = SettingInput, content_type = "application/json", example = json!({"value": {"on": false}, "reason": "The move is over."})),
    responses((status = 200, description = "The setting as it is now", body = SettingBody)),
    security(("bearer" = [Permission::SettingsWrite]), ("session" = [Permission::SettingsWrite]), ("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(name): Path<String>, body: Body) -> Answer {
    asked.ctx.caller()?;
    let name = named(&name)?;
    office::changer(&asked.ctx, name)?;
    let present = office::find(&state.services, &asked.ctx, name).await?;
    let sent: SettingInput = body.read().await?;
    let wanted = wanted(name, sent.value, sent.default)?;
    let if_match = asked.if_match();
    let expected = if_match.required(present.revision);
    let changed = office::change(&state.services, &asked.ctx, name, expected, wanted, &sent.reason).await;
    let sheet = changed.map_err(|error| if_match.explain(of_value(error)))?;
    answer::changed(Some(sheet.revision), &SettingBody::new(sheet)?)
}

fn named(name: &str) -> Result<SettingName, Refusal> {
    SettingName::ALL.iter().copied().find(|known| known.as_str() == name).ok_or(Refusal::NotFound)
}

/// The value that was sent, or none for the default; one of the two has to be said.
fn wanted(name: SettingName, value: Option<Value>, default: bool) -> Result<Option<Setting>, Refusal> {
    let value = match (value, default) {
        (None, true) => return Ok(None),
        (Some(value), false) => value,
        (None, false) => return Err(Refusal::Invalid { problems: vec![FieldProblem::required("value")] }),
        (Some(_), true) => {
            return Err(Refusal::field(
                "default",
                "contradiction",
                "Give a value, or go back to the default; not both.",
            ));
        }
    };
    let setting = match name {
        SettingName::Banner => decode(value).map(Setting::Banner),
        SettingName::Maintenance => decode(value).map(Setting::Maintenance),
        SettingName::FourEyes => decode(value).map(Setting::FourEyes),
        SettingName::PublicationTimes => decode(value).map(Setting::PublicationTimes),
        SettingName::Sessions => decode(value).map(Setting::Sessions),
        SettingName::Reminders => decode(value).map(Setting::Reminders),
        SettingName::RateLimits => decode(value).map(Setting::RateLimits),
    };
    setting.map(Some).map_err(within_value)
}

/// The problems of a setting's own fields under `value`.
fn of_value(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Refused(refusal) => ServiceError::Refused(within_value(refusal)),
        other => other,
    }
}

fn within_value(refusal: Refusal) -> Refusal {
    let placed = |problem: FieldProblem| match problem.field.as_str() {
        "reason" => problem,
        "" => FieldProblem { field: "value".to_owned(), ..problem },
        field => FieldProblem { field: format!("value.{field}"), ..problem },
    };
    match refusal {
        Refusal::Invalid { problems } => Refusal::Invalid { problems: problems.into_iter().map(placed).collect() },
        Refusal::Unreadable { problems } => {
            Refusal::Unreadable { problems: problems.into_iter().map(placed).collect() }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(name: SettingName, value: Value) -> Result<Option<Setting>, Refusal> {
        wanted(name, Some(value), false)
    }

    fn fields(refusal: Refusal) -> Vec<String> {
        match refusal {
            Refusal::Invalid { problems } | Refusal::Unreadable { problems } => {
                problems.into_iter().map(|problem| problem.field).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_has_the_fields_of_its_setting() {
        let on = sent(SettingName::Maintenance, json!({"on": true})).unwrap();
        assert!(matches!(on, Some(Setting::Maintenance(switch)) if switch.on));
        for (name, value, told) in [
            (SettingName::Maintenance, json!({"on": "yes"}), vec!["value.on"]),
            (SettingName::Maintenance, json!({"off": true}), vec!["value.off", "value.on"]),
            (SettingName::Reminders, json!({}), vec!["value.hours"]),
            (SettingName::FourEyes, json!({}), vec!["value.on"]),
            (SettingName::FourEyes, json!(true), vec!["value"]),
            (
                SettingName::RateLimits,
                json!({"address": -1, "caller": 60, "sign_in": 5, "search": 10}),
                vec!["value.address"],
            ),
            (SettingName::Banner, json!({"text": "a", "text_cy": "b", "kind": "loud"}), vec!["value.kind"]),
        ] {
            assert_eq!(fields(sent(name, value.clone()).unwrap_err()), told, "{value}");
        }
    }

    #[test]
    fn either_a_value_or_the_default_is_wanted() {
        assert_eq!(wanted(SettingName::Banner, None, true).unwrap(), None);
        assert_eq!(fields(wanted(SettingName::Banner, None, false).unwrap_err()), ["value"]);
        assert_eq!(fields(wanted(SettingName::Banner, Some(json!({})), true).unwrap_err()), ["default"]);
    }
}
