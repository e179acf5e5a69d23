//! Examples of answers, made from their schemas.

use serde_json::{Map, Value, json};

use super::fields::resolved;

/// How deep an example goes.
const DEPTH: usize = 6;

/// What members of these names hold, for those whose schema has no example.
const WORDS: &[(&str, &str)] = &[
    ("id", "under-five-mortality"),
    ("dataset_id", "under-five-mortality"),
    ("edition", "time-series"),
    ("edition_title", "Time series"),
    ("version", "2"),
    ("title", "Deaths of children under five"),
    ("department", "health"),
    ("email", "statistics@example.org"),
    ("telephone", "01632 960000"),
    ("filename", "under-five-mortality.csv"),
    ("media_type", "text/csv"),
    ("format", "csv"),
    ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("name", "Statistics desk"),
    ("publisher", "Office for National Statistics"),
    ("licence", "Open Government Licence v3.0"),
    ("licence_url", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"),
    ("release_frequency", "Yearly"),
    ("href", "https://example.org/methods"),
    ("next", "/v1/datasets?limit=20&offset=20"),
    ("bundle_id", "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51"),
    ("state", "published"),
    ("type", "static"),
    ("slug", "health"),
    ("event_type", "approved"),
    ("resource_type", "bundle"),
    ("reason", "Checked"),
];

/// An example of what fits the schema.
pub(super) fn example_of(document: &Value, schema: &Value) -> Value {
    make(document, schema, "", DEPTH)
}

/// Gives each body without an example one, made of the members that are needed or have an example.
pub(super) fn fill_bodies(document: &mut Value) {
    let before = document.clone();
    let items = document["paths"].as_object_mut().into_iter().flatten().filter_map(|(_, item)| item.as_object_mut());
    let operations = items.flatten().filter_map(|(_, operation)| operation.get_mut("requestBody"));
    let contents = operations.filter_map(|body| body["content"].as_object_mut());
    for (_, media) in contents.flatten() {
        if media.get("example").is_none() && media.get("examples").is_none() {
            media["example"] = sent(&before, &media["schema"]);
        }
    }
}

fn sent(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let members = schema["properties"].as_object().into_iter().flatten();
    let told = members
        .filter(|(name, member)| required.contains(&name.as_str()) || !resolved(document, member)["example"].is_null());
    told.map(|(name, member)| (name.clone(), make(document, member, name, DEPTH))).collect()
}

fn make(document: &Value, schema: &Value, name: &str, depth: usize) -> Value {
    let schema = resolved(document, schema);
    let given = [&schema["example"], &schema["examples"][0], &schema["const"], &schema["enum"][0]];
    if let Some(example) = given.into_iter().find(|value| !value.is_null()) {
        return example.clone();
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(way) = schema[word].as_array().and_then(|ways| ways.iter().find(|way| way["type"] != "null")) {
            return make(document, way, name, depth);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        kind => kind.as_str().unwrap_or("null"),
    };
    match (kind, schema["format"].as_str()) {
        ("string", Some("date-time")) => json!("2025-11-15T09:30:00Z"),
        ("string", Some("uuid")) => json!("0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51"),
        ("string", _) => json!(WORDS.iter().find(|(known, _)| *known == name).map_or("…", |(_, word)| *word)),
        ("integer" | "number", _) => json!(1),
        ("boolean", _) => json!(true),
        ("array", _) if depth == 0 => json!([]),
        ("array", _) => json!([make(document, &schema["items"], name, depth - 1)]),
        ("object", _) if depth > 0 => object(document, schema, depth),
        ("object", _) => json!({}),
        _ => Value::Null,
    }
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let members = schema["properties"].as_object().into_iter().flatten();
    let mut made: Map<String, Value> =
        members.map(|(name, member)| (name.clone(), make(document, member, name, depth - 1))).collect();
    if made.is_empty() && schema["additionalProperties"].is_object() {
        made.insert("name".to_owned(), make(document, &schema["additionalProperties"], "", depth - 1));
    }
    Value::Object(made)
}
