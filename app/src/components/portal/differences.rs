//! What differs between two states of a document, field by field.

use domain::bundle::preview::Change;
use leptos::prelude::*;
use serde_json::Value;

use super::field_words::{chosen_words, field_label, is_day};
use super::stacked_table;

/// The fields that differ, with what they were and what they become.
#[must_use]
pub fn changes_table(
    caption: &str,
    id: impl Into<String>,
    (before, after): (&str, &str),
    changes: &[Change],
) -> AnyView {
    let (was, will) = (before.to_owned(), after.to_owned());
    let rows = changes
        .iter()
        .map(|change| {
            let name = change.field.as_str();
            let field = field_label(name);
            let (was, will) = (was.clone(), will.clone());
            view! {
                <tr>
                    <th scope="row">{field}</th>
                    <td data-label=was class="wrap-cell"><del class="diff diff--before">{value_view(name, &change.public)}</del></td>
                    <td data-label=will class="wrap-cell"><ins class="diff diff--after">{value_view(name, &change.becoming)}</ins></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    stacked_table(caption, id, &[("Field", false), (before, false), (after, false)], rows)
}

/// The value of a field of a document as people read it.
#[must_use]
pub fn value_view(field: &str, value: &Value) -> AnyView {
    match lines(field, value) {
        lines if lines.is_empty() => view! { <span class="muted">"nothing"</span> }.into_any(),
        mut lines if lines.len() == 1 => lines.remove(0).into_any(),
        lines => {
            let lines: Vec<AnyView> =
                lines.into_iter().map(|line| view! { <span class="diff__line">{line}</span> }.into_any()).collect();
            lines.into_any()
        }
    }
}

/// The value as lines of text: a list's items, an object's fields with their names.
fn lines(field: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        Value::Number(number) => vec![number.to_string()],
        Value::String(text) => vec![chosen_words(field, text).unwrap_or_else(|| moment_or(field, text))],
        Value::Array(items) => items.iter().map(|item| lines(field, item).join("; ")).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| name.as_str() != "id")
            .map(|(name, value)| (name, lines(name, value).join("; ")))
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{}: {text}", field_label(name)))
            .collect(),
    }
}

/// An instant on a UK clock, of which a day is what the form asked for; any other text as it is.
fn moment_or(field: &str, text: &str) -> String {
    let words = if is_day(field) { domain::uk_time::date } else { domain::uk_time::date_time };
    chrono::DateTime::parse_from_rfc3339(text)
        .map_or_else(|_| text.to_owned(), |at| words(at.with_timezone(&chrono::Utc)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::lines;

    #[test]
    fn values_read_well() {
        assert_eq!(lines("published_at", &json!("2026-01-15T09:30:00Z")), ["15 January 2026, 9:30am"]);
        assert_eq!(lines("release_date", &json!("2026-01-15T09:30:00Z")), ["15 January 2026"]);
        assert_eq!(lines("quality_designation", &json!("official")), ["Official statistics"]);
        assert_eq!(
            lines("usage_notes", &json!([{"title": "Rounding", "note": "To one decimal.", "id": "n-1"}])),
            ["Note: To one decimal.; Title: Rounding"]
        );
        let alert =
            json!([{"type": "alert", "description": "Late.", "date": "2026-01-15T09:30:00Z", "severity": "minor"}]);
        let said = "Date: 15 January 2026; Description: Late.; Severity: Minor: what the figures show stays the same; Kind: Notice";
        assert_eq!(lines("alerts", &alert), [said]);
        assert!(lines("title", &json!(null)).is_empty());
        assert_eq!(lines("keywords", &json!(["a", "b"])), ["a", "b"]);
    }
}
