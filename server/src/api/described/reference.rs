//! From the document to what the developers' pages show.

use domain::reference::{Answer, ApiReference, Body, Group, Operation, Parameter};
use serde_json::Value;

use super::examples::example_of;
use super::fields::{choices_of, fields_of, kind_of, resolved};

/// The reference that the document holds.
pub(super) fn reference_of(document: &Value) -> ApiReference {
    let mut groups: Vec<Group> = document["tags"].as_array().into_iter().flatten().map(group_of).collect();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let mut operations: Vec<_> = item.as_object().into_iter().flatten().collect();
        operations
            .sort_by_key(|(method, _)| ["get", "post", "put", "patch", "delete"].iter().position(|m| m == method));
        for (method, said) in operations {
            let tag = text(&said["tags"][0]);
            if let Some(group) = groups.iter_mut().find(|group| group.id == tag) {
                group.operations.push(operation_of(document, path, method, said));
            }
        }
    }
    ApiReference {
        title: text(&document["info"]["title"]),
        address: text(&document["servers"][0]["url"]),
        groups: groups.into_iter().filter(|group| !group.operations.is_empty()).collect(),
    }
}

fn group_of(tag: &Value) -> Group {
    let id = text(&tag["name"]);
    let title = tag["x-displayName"].as_str().unwrap_or(&id).to_owned();
    Group { title, about: text(&tag["description"]), id, operations: Vec::new() }
}

fn operation_of(document: &Value, path: &str, method: &str, said: &Value) -> Operation {
    let answers = |wanted: fn(&str) -> bool| -> Vec<Answer> {
        let all = said["responses"].as_object().into_iter().flatten();
        all.filter(|(status, _)| wanted(status)).map(|(status, answer)| answer_of(document, status, answer)).collect()
    };
    let description = text(&said["description"]);
    Operation {
        id: text(&said["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&said["summary"]),
        description: description.split("\n\n").map(|p| p.replace('\n', " ")).filter(|p| !p.is_empty()).collect(),
        permissions: permissions_of(said),
        is_public: said["x-public"] == true,
        is_unprefixed: said["x-unprefixed"] == true,
        parameters: said["parameters"].as_array().into_iter().flatten().map(|p| parameter_of(document, p)).collect(),
        body: body_of(document, &said["requestBody"]),
        answers: answers(|status| status.starts_with(['2', '3'])),
        errors: answers(|status| status.starts_with(['4', '5'])),
    }
}

fn permissions_of(said: &Value) -> Vec<String> {
    let ways = said["security"].as_array().into_iter().flatten().filter_map(|way| way["bearer"].as_array());
    let mut permissions: Vec<String> = ways.flatten().map(text).collect();
    permissions.sort();
    permissions.dedup();
    permissions
}

fn parameter_of(document: &Value, said: &Value) -> Parameter {
    let said = resolved(document, said);
    let schema = &said["schema"];
    let example = [&said["example"], &schema["example"]].into_iter().find(|value| !value.is_null());
    Parameter {
        name: text(&said["name"]),
        place: text(&said["in"]),
        is_required: said["required"] == true,
        kind: kind_of(document, schema),
        about: text(&said["description"]),
        example: example.map(written).unwrap_or_default(),
        choices: choices_of(document, schema),
    }
}

fn body_of(document: &Value, said: &Value) -> Option<Body> {
    let (media_type, media) = said["content"].as_object()?.iter().next()?;
    Some(Body {
        media_type: media_type.clone(),
        is_required: said["required"] == true,
        fields: fields_of(document, &media["schema"]),
        example: serde_json::to_string_pretty(&media["example"]).unwrap_or_default(),
    })
}

fn answer_of(document: &Value, status: &str, said: &Value) -> Answer {
    let said = resolved(document, said);
    let content = said["content"].as_object().and_then(|content| content.iter().next());
    let json = content.filter(|(media_type, _)| media_type.ends_with("json")).map(|(_, media)| media);
    let example = json.map(|media| match &media["example"] {
        Value::Null => example_of(document, &media["schema"]),
        example => example.clone(),
    });
    Answer {
        status: status.to_owned(),
        about: text(&said["description"]),
        media_type: content.map(|(media_type, _)| media_type.clone()).unwrap_or_default(),
        fields: json.map(|media| fields_of(document, &media["schema"])).unwrap_or_default(),
        example: example.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_default(),
    }
}

/// An example as it stands in an address.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
