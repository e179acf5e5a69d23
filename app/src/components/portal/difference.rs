//! What a change made of something: each part as it was and as it became.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde_json::Value;

/// What differs between two states of something, part by part; nothing where nothing does.
#[must_use]
pub fn difference(before: Option<&Value>, after: Option<&Value>) -> AnyView {
    let parts = |value: Option<&Value>| {
        let mut parts = BTreeMap::new();
        if let Some(value) = value {
            flatten("", value, &mut parts);
        }
        parts
    };
    let (was, is) = (parts(before), parts(after));
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
}
