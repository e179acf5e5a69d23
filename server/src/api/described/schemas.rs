//! Schemas made readable: what is composed in code is one object to callers, and merge patches have shapes of their own.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

type Schemas = Map<String, Value>;

const PREFIX: &str = "#/components/schemas/";

/// Makes one object of what flattening composes, so that its members are seen together.
pub(super) fn merge_flattened(schemas: &mut Schemas) {
    let before = schemas.clone();
    for (name, schema) in schemas.iter_mut() {
        if schema.get("allOf").is_some() {
            *schema = flattened(schema, &before);
        }
        // Answers may get more members (product contract, section 9).
        if (name.ends_with("Body") || name.ends_with("Document"))
            && let Some(object) = schema.as_object_mut()
        {
            object.remove("additionalProperties");
        }
    }
}

fn flattened(schema: &Value, all: &Schemas) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix(PREFIX)) {
        return all.get(name).map_or_else(|| schema.clone(), |target| flattened(target, all));
    }
    let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
    let mut properties = Map::new();
    let mut required = BTreeSet::new();
    let mut closed = false;
    for part in parts.iter().map(|part| flattened(part, all)) {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        closed |= part["additionalProperties"] == false;
    }
    let mut whole = json!({"type": "object", "required": required, "properties": properties});
    if let Some(description) = schema.get("description") {
        whole["description"] = description.clone();
    }
    if closed {
        whole["additionalProperties"] = json!(false);
    }
    whole
}

/// Gives a `PATCH` the shape of a merge patch (RFC 7396) of its body: nothing is needed, `null` empties.
pub(super) fn make_patches(schemas: &mut Schemas, method: &str, operation: &mut Map<String, Value>) {
    if method != "patch" {
        return;
    }
    let Some(content) = operation.get_mut("requestBody").and_then(|body| body["content"].as_object_mut()) else {
        return;
    };
    let Some(media) = content.get_mut("application/json") else { return };
    let Some(name) = media["schema"]["$ref"].as_str().and_then(|r| r.strip_prefix(PREFIX)).map(str::to_owned) else {
        return;
    };
    let Some(schema) = schemas.get(&name) else { return };
    let patch_name = format!("{}Patch", name.trim_end_matches("Input"));
    let patch = patch_of(schema);
    schemas.insert(patch_name.clone(), patch);
    media["schema"] = json!({"$ref": format!("{PREFIX}{patch_name}")});
    let media = media.clone();
    content.insert("application/merge-patch+json".to_owned(), media);
}

fn patch_of(schema: &Value) -> Value {
    let mut patch = schema.clone();
    let required: BTreeSet<String> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(object) = patch.as_object_mut() {
        object.remove("required");
        let about = object.get("description").and_then(Value::as_str).unwrap_or_default();
        let about = format!("{about} As a JSON merge patch: only what changes; null empties.");
        object.insert("description".to_owned(), json!(about.trim()));
    }
    for (name, property) in patch["properties"].as_object_mut().into_iter().flatten() {
        if !required.contains(name) {
            make_nullable(property);
        }
    }
    patch
}

fn make_nullable(property: &mut Value) {
    if let Some(kind) = property["type"].as_str() {
        if kind != "null" {
            property["type"] = json!([kind, "null"]);
            if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
                words.push(Value::Null);
            }
        }
    } else if property.get("$ref").is_some() || property.get("allOf").is_some() {
        *property = json!({"oneOf": [{"type": "null"}, property.clone()]});
    }
}

/// Leaves out the components that nothing refers to.
pub(super) fn drop_unused(paths: &Map<String, Value>, components: &mut Value) {
    let mut wanted = BTreeSet::new();
    let mut found = BTreeSet::new();
    for item in paths.values() {
        references(item, &mut wanted);
    }
    while let Some(reference) = wanted.pop_first() {
        if found.insert(reference.clone()) {
            let pointer = reference.trim_start_matches("#/components");
            if let Some(target) = components.pointer(pointer) {
                references(target, &mut wanted);
            }
        }
    }
    for (kind, members) in components.as_object_mut().into_iter().flatten() {
        if kind != "securitySchemes"
            && let Some(members) = members.as_object_mut()
        {
            members.retain(|name, _| found.contains(&format!("#/components/{kind}/{name}")));
        }
    }
}

pub(super) fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            object.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_flattened_is_one_object() {
        let mut schemas = json!({
            "Inner": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}, "additionalProperties": false},
            "OuterInput": {"description": "x", "allOf": [
                {"$ref": "#/components/schemas/Inner"},
                {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
            ]},
        });
        let schemas = schemas.as_object_mut().unwrap();
        merge_flattened(schemas);
        let outer = &schemas["OuterInput"];
        assert_eq!(outer["required"], json!(["a", "b"]));
        assert_eq!(outer["additionalProperties"], false);
        assert!(outer.get("allOf").is_none());
    }

    #[test]
    fn a_patch_needs_nothing_and_may_empty_what_is_not_needed() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
        let patch = patch_of(&schema);
        assert!(patch.get("required").is_none());
        assert_eq!(patch["properties"]["a"]["type"], "string");
        assert_eq!(patch["properties"]["b"]["type"], json!(["string", "null"]));
    }
}
