//! Schemas in words: the members of an object, their types and the values to choose from.

use domain::reference::Field;
use serde_json::Value;

/// How deep members are listed.
const DEPTH: usize = 3;

/// What a reference leads to.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#'))) {
        Some(target) => resolved(document, target),
        None => value,
    }
}

/// The schema without the possibility of being null.
fn present<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolved(document, schema);
    let ways = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array());
    match ways.and_then(|ways| ways.iter().find(|way| way["type"] != "null")) {
        Some(way) => present(document, way),
        None => schema,
    }
}

/// The members of an object, nested ones with dots.
pub(super) fn fields_of(document: &Value, schema: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    list(document, schema, "", DEPTH, &mut fields);
    fields
}

fn list(document: &Value, schema: &Value, before: &str, depth: usize, fields: &mut Vec<Field>) {
    let schema = present(document, schema);
    if let Some(items) = schema.get("items")
        && depth > 0
    {
        list(document, items, &format!("{}[].", before.trim_end_matches('.')), depth - 1, fields);
        return;
    }
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, said) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{before}{name}");
        let target = present(document, said);
        let about = [said, target].into_iter().find_map(|schema| schema["description"].as_str()).unwrap_or_default();
        fields.push(Field {
            name: path.clone(),
            kind: kind_of(document, said),
            is_required: required.contains(&name.as_str()),
            about: about.replace('\n', " "),
        });
        if depth > 1 {
            list(document, said, &format!("{path}."), depth - 1, fields);
        }
    }
}

/// The type in words.
pub(super) fn kind_of(document: &Value, schema: &Value) -> String {
    let schema = present(document, schema);
    if schema.get("enum").is_some() {
        return choices_of(document, schema).join(" | ");
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("any"),
        kind => kind.as_str().unwrap_or("any"),
    };
    match (kind, schema["format"].as_str()) {
        ("string", Some("date-time")) => "time".to_owned(),
        ("string", Some("uuid")) => "UUID".to_owned(),
        ("string", Some("binary")) => "file".to_owned(),
        ("string", _) => "text".to_owned(),
        ("integer", _) => "whole number".to_owned(),
        ("boolean", _) => "true | false".to_owned(),
        ("array", _) => format!("list of {}", kind_of(document, &schema["items"])),
        (other, _) => other.to_owned(),
    }
}

/// The values to choose from.
pub(super) fn choices_of(document: &Value, schema: &Value) -> Vec<String> {
    let schema = present(document, schema);
    schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
