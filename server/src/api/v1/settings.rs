//! The shape of a setting of the office.

use chrono::{DateTime, Utc};
use domain::office::{Setting, SettingName, SettingSheet};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Links;

/// The address of a setting.
#[must_use]
pub fn setting_path(name: SettingName) -> String {
    format!("/v1/settings/{name}")
}

/// A setting of the office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingBody {
    /// Which one.
    name: SettingName,
    /// What it decides.
    about: &'static str,
    /// What is in force; its fields are the setting's own, and there is none while there is no banner.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// What is in force where the office has said nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    /// Whether the default is in force.
    is_default: bool,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<DateTime<Utc>>,
    /// Who changed it last, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    links: Links,
}

impl SettingBody {
    /// The setting as it is answered.
    ///
    /// # Errors
    /// Where a value has no JSON form.
    pub fn new(sheet: SettingSheet) -> serde_json::Result<Self> {
        let value = |setting: Option<&Setting>| setting.map(Setting::value).transpose();
        Ok(Self {
            name: sheet.name,
            about: sheet.name.about(),
            value: value(sheet.in_force())?,
            default: value(sheet.default.as_ref())?,
            is_default: sheet.set.is_none(),
            links: Links::from([("self", setting_path(sheet.name)), ("page", sheet.name.page().to_owned())]),
            changed_at: sheet.changed.as_ref().map(|change| change.at),
            changed_by: sheet.changed.as_ref().map(|change| change.by.clone()),
            reason: sheet.changed.map(|change| change.reason),
        })
    }
}
