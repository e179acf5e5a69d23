//! What the fields of a dataset and of a version are called where editors fill them in, and the words of what is chosen there; the same
//! wherever a document is shown.

use std::collections::BTreeMap;

use domain::dataset::QualityDesignation;
use domain::version::{AlertKind, AlertSeverity};
use serde_json::Value;

use super::state_words;

/// The fields whose labels are other words than their names.
const LABELS: [(&str, &str); 26] = [
    ("title_cy", "Title in Welsh"),
    ("description_cy", "Description in Welsh"),
    ("licence_url", "Address of the licence"),
    ("publisher_url", "Address of the publisher"),
    ("publisher_type", "Kind of publisher"),
    ("qmi", "Quality and methodology information"),
    ("methodologies", "Methodology articles"),
    ("publications", "Publications made of these figures"),
    ("is_based_on", "What the dataset is derived from"),
    ("temporal_coverage", "Time covered"),
    ("spatial_coverage", "Area covered"),
    ("usage_notes", "Notes on how to use the figures"),
    ("latest_changes", "What changed since the version before"),
    ("alerts", "Alerts and corrections that readers see with it"),
    ("temporal", "Periods of the figures, for programs"),
    ("column_notes", "What the columns hold"),
    // Parts of these.
    ("@type", "Kind of source"),
    ("@id", "Address or code of the source"),
    ("type", "Kind"),
    ("href", "Address"),
    ("email", "E-mail"),
    ("start_date", "Start"),
    ("end_date", "End"),
    ("quality_statement_url", "Address of the quality statement"),
    ("quality_statement_text", "How far it can be trusted"),
    ("code_list_url", "Address of the list of codes"),
];

/// What a field is called in its form, by its name on the wire.
#[must_use]
pub fn field_label(name: &str) -> String {
    let known = LABELS.iter().find(|(field, _)| *field == name);
    known.map_or_else(|| state_words(name.trim_start_matches('@')), |(_, label)| (*label).to_owned())
}

/// A code that somebody chose, in the words of the choice; nothing for a text that was typed.
#[must_use]
pub fn chosen_words(field: &str, code: &str) -> Option<String> {
    let choices = match field {
        "quality_designation" => designations(),
        "severity" => severities(),
        // Alerts and changes both have kinds, and of what both know they say the same.
        "type" => alert_kinds().into_iter().chain(kinds_of_change()).collect(),
        _ => return None,
    };
    choices.into_iter().find(|(value, _)| value == code && !value.is_empty()).map(|(_, words)| words)
}

/// Whether a field holds a day: that it is kept as an instant is nothing that its form asks for.
#[must_use]
pub fn is_day(field: &str) -> bool {
    matches!(field, "release_date" | "date")
}

/// The ids of topics as their titles, as far as these are known.
#[must_use]
pub fn titled(topics: &Value, titles: &BTreeMap<String, String>) -> Value {
    let title = |id: &str| titles.get(id).cloned().unwrap_or_else(|| id.to_owned());
    match topics {
        Value::Array(ids) => {
            ids.iter().map(|id| id.as_str().map_or_else(|| id.clone(), |id| title(id).into())).collect()
        }
        other => other.clone(),
    }
}

/// The quality designations with their names.
#[must_use]
pub fn designations() -> Vec<(String, String)> {
    QualityDesignation::ALL
        .iter()
        .map(|designation| {
            let words = match designation {
                QualityDesignation::AccreditedOfficial => "Accredited official statistics",
                QualityDesignation::Official => "Official statistics",
                QualityDesignation::OfficialInDevelopment => "Official statistics in development",
                QualityDesignation::NoAccreditation => "Not official statistics",
            };
            (designation.to_string(), words.to_owned())
        })
        .collect()
}

/// How much a correction changes, with words for it.
#[must_use]
pub fn severities() -> Vec<(String, String)> {
    let named = |severity: &AlertSeverity| {
        let name = match severity {
            AlertSeverity::Minor => "Minor: what the figures show stays the same",
            AlertSeverity::Major => "Major: what the figures show changes",
        };
        (severity.to_string(), name.to_owned())
    };
    std::iter::once((String::new(), "Not said".to_owned())).chain(AlertSeverity::ALL.iter().map(named)).collect()
}

/// The kinds of alert with their names.
#[must_use]
pub fn alert_kinds() -> Vec<(String, String)> {
    AlertKind::ALL.iter().map(|kind| (kind.to_string(), alert_name(*kind).to_owned())).collect()
}

/// What an alert is called.
#[must_use]
pub const fn alert_name(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Alert => "Notice",
        AlertKind::Correction => "Correction",
    }
}

/// The kinds of change since the version before, with their names.
#[must_use]
pub fn kinds_of_change() -> Vec<(String, String)> {
    [("", "Not said"), ("revision", "Revision"), ("addition", "Addition"), ("correction", "Correction")]
        .map(|(value, text)| (value.to_owned(), text.to_owned()))
        .to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_called_what_their_forms_call_them() {
        let forms = [
            include_str!("../../pages/admin/dataset_fields.rs"),
            include_str!("../../pages/admin/dataset_links.rs"),
            include_str!("../../pages/admin/version_details.rs"),
            include_str!("../../pages/admin/version_particulars.rs"),
        ]
        .concat();
        // The labels of parts are made up of several words, such as the number of a row.
        for (name, label) in LABELS.iter().take_while(|(name, _)| *name != "type") {
            assert!(forms.contains(&format!("\"{label}\"")), "no form calls {name} so: {label}");
        }
        for name in ["title", "description", "licence", "survey", "unit_of_measure", "release_date", "lowest_geography"]
        {
            let label = field_label(name);
            assert!(forms.contains(&format!("\"{name}\", \"{label}\"")), "{name}: {label}");
        }
    }

    #[test]
    fn codes_are_said_in_the_words_of_their_choices() {
        assert_eq!(chosen_words("quality_designation", "official").as_deref(), Some("Official statistics"));
        assert_eq!(chosen_words("type", "alert").as_deref(), Some("Notice"));
        assert_eq!(chosen_words("type", "addition").as_deref(), Some("Addition"));
        assert_eq!((chosen_words("title", "official"), chosen_words("severity", "")), (None, None));
        let titles = BTreeMap::from([("cpi".to_owned(), "Consumer prices".to_owned())]);
        assert_eq!(titled(&json!(["cpi", "gone"]), &titles), json!(["Consumer prices", "gone"]));
        assert_eq!(titled(&json!(null), &titles), json!(null));
    }
}
