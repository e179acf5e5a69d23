//! What a change made of something: each part as it was and as it became.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde_json::Value;

/// So many parts that differ are told beside a record, each so long at most.
const BRIEFLY: (usize, usize) = (2, 40);

/// The leaves of a value by their paths.
fn parts_of(value: Option<&Value>) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    if let Some(value) = value {
        flatten("", value, &mut parts);
    }
    parts
}

/// What was changed of something that was there before, in one line; nothing where that would be long.
#[must_use]
pub fn in_brief(before: Option<&Value>, after: Option<&Value>) -> Option<String> {
    before.zip(after)?;
    let (was, is) = (parts_of(before), parts_of(after));
    let mut names: Vec<&String> = was.keys().chain(is.keys()).filter(|name| was.get(*name) != is.get(*name)).collect();
    names.sort_unstable();
    names.dedup();
    let (most, longest) = BRIEFLY;
    let said = |text: Option<&String>, name: &str| match (text.map(String::as_str), name) {
        (None | Some(""), _) => "nothing".to_owned(),
        (Some("true"), "on") => "on".to_owned(),
        (Some("false"), "on") => "off".to_owned(),
        (Some("true"), _) => "yes".to_owned(),
        (Some("false"), _) => "no".to_owned(),
        (Some(text), _) => text.to_owned(),
    };
    let short =
        |name: &&String| [was.get(*name), is.get(*name)].iter().flatten().all(|text| text.chars().count() <= longest);
    if names.is_empty() || names.len() > most || !names.iter().all(short) {
        return None;
    }
    let told = names.into_iter().map(|name| {
        let (old, new) = (said(was.get(name), name), said(is.get(name), name));
        let name = if name == "on" || name.is_empty() { String::new() } else { format!("{name}: ") };
        format!("{name}{old} \u{2192} {new}")
    });
    Some(told.collect::<Vec<_>>().join("; "))
}

/// What differs between two states of something, part by part; nothing where nothing does.
#[must_use]
pub fn difference(before: Option<&Value>, after: Option<&Value>) -> AnyView {
    let (was, is) = (parts_of(before), parts_of(after));
    let mut names: Vec<&String> = was.keys().chain(is.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let rows: Vec<AnyView> = names
        .into_iter()
        .filter(|name| was.get(*name) != is.get(*name))
        .map(|name| {
            let old = was.get(name).map(|text| view! { <del>{text.clone()}</del> });
            let new = is.get(name).map(|text| view! { <ins>{text.clone()}</ins> });
            view! { <div class="difference__row"><dt>{name.clone()}</dt><dd>{old}{new}</dd></div> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! { <dl class="difference">{rows}</dl> }.into_any()
}

/// The leaves of a value by their paths, in words.
fn flatten(path: &str, value: &Value, parts: &mut BTreeMap<String, String>) {
    let at = |name: &str| {
        if path.is_empty() { name.replace('_', " ") } else { format!("{path}: {}", name.replace('_', " ")) }
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(&at(name), value, parts);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (n, value) in items.iter().enumerate() {
                flatten(&at(&(n + 1).to_string()), value, parts);
            }
        }
        Value::Array(items) => {
            parts.insert(path.to_owned(), items.iter().map(plain).collect::<Vec<_>>().join(", "));
        }
        Value::Null => {}
        leaf => {
            parts.insert(path.to_owned(), plain(leaf));
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_by_where_they_stand() {
        let mut parts = BTreeMap::new();
        let value =
            serde_json::json!({"name": "Ann", "grants": [{"role": "editor"}], "topics": ["a", "b"], "no": null});
        flatten("", &value, &mut parts);
        let found: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(found, [("grants: 1: role", "editor"), ("name", "Ann"), ("topics", "a, b")]);
    }

    #[test]
    fn what_is_short_is_told_in_one_line() {
        let json = |value: &str| serde_json::from_str::<Value>(value).unwrap();
        let told = |before: &str, after: &str| in_brief(Some(&json(before)), Some(&json(after)));
        assert_eq!(told(r#"{"on": false}"#, r#"{"on": true}"#).as_deref(), Some("off \u{2192} on"));
        assert_eq!(
            told(r#"{"name": "Ann", "disabled": false}"#, r#"{"name": "Anne", "disabled": true}"#).as_deref(),
            Some("disabled: no \u{2192} yes; name: Ann \u{2192} Anne")
        );
        assert_eq!(told(r#"{"title": "A"}"#, r#"{"title": ""}"#).as_deref(), Some("title: A \u{2192} nothing"));
        assert_eq!(told(r#"{"a": 1, "b": 1, "c": 1}"#, r#"{"a": 2, "b": 2, "c": 2}"#), None, "three are many");
        assert_eq!(told("{}", &format!(r#"{{"text": "{}"}}"#, "a".repeat(41))), None);
        assert_eq!(told(r#"{"a": 1}"#, r#"{"a": 1}"#), None);
        assert_eq!(in_brief(None, Some(&json(r#"{"a": 1}"#))), None, "what is new is not changed");
    }
}
