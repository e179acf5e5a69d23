//! Schemas under names that read well, each said once and without noise.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

const PREFIX: &str = "#/components/schemas/";

/// Pages refer to their items, which become components of their own.
pub(super) fn share_items(schemas: &mut Map<String, Value>) {
    let mut items = Map::new();
    for (name, page) in schemas.iter_mut() {
        let Some(item) = name.strip_prefix("PageOf_").map(str::to_owned) else { continue };
        let inner = &mut page["properties"]["items"]["items"];
        if inner.get("properties").is_some() || inner.get("allOf").is_some() {
            let reference = json!({"$ref": format!("{PREFIX}{item}")});
            items.insert(item, std::mem::replace(inner, reference));
        }
    }
    for (name, schema) in items {
        schemas.entry(name).or_insert(schema);
    }
}

/// Leaves out defaults that say nothing, and those of members that must be given.
pub(super) fn drop_noise(schemas: &mut Map<String, Value>) {
    for schema in schemas.values_mut() {
        let required: Vec<String> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let Some(members) = schema.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        for (name, member) in members {
            let empty =
                |value: &Value| value.is_null() || *value == json!("") || *value == json!([]) || *value == json!({});
            if let Some(object) = member.as_object_mut()
                && (required.contains(name) || object.get("default").is_some_and(empty))
            {
                object.remove("default");
            }
        }
    }
}

/// Drops what only code needs from names: `DatasetBody` is `Dataset`, `PageOf_DatasetBody` is `DatasetPage`.
pub(super) fn shorten(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let mut renamed = BTreeMap::new();
    for name in schemas.keys() {
        let short = name.strip_suffix("Body").unwrap_or(name);
        let short = short.strip_prefix("PageOf_").map_or_else(|| short.to_owned(), |item| format!("{item}Page"));
        if short != *name && !schemas.contains_key(&short) {
            renamed.insert(name.clone(), short);
        }
    }
    for (long, short) in &renamed {
        if let Some(schema) = schemas.remove(long) {
            schemas.insert(short.clone(), schema);
        }
    }
    rename(document, &renamed);
}

fn rename(value: &mut Value, renamed: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(short) = reference.strip_prefix(PREFIX).and_then(|name| renamed.get(name))
            {
                *reference = format!("{PREFIX}{short}");
            }
            object.values_mut().for_each(|member| rename(member, renamed));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_references_follow() {
        let mut document = json!({"components": {"schemas": {
            "DatasetBody": {"type": "object"},
            "PageOf_DatasetBody": {"properties": {"items": {"items": {"$ref": "#/components/schemas/DatasetBody"}}}},
        }}});
        shorten(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["DatasetPage"]["properties"]["items"]["items"]["$ref"], "#/components/schemas/Dataset");
    }

    #[test]
    fn items_of_pages_are_said_once() {
        let mut schemas = json!({"PageOf_XBody": {"properties": {"items": {"items": {"properties": {"a": {}}}}}}});
        let schemas = schemas.as_object_mut().unwrap();
        share_items(schemas);
        assert!(schemas["XBody"]["properties"]["a"].is_object());
    }
}
