//! What holds for operations by rule, added to each.

use serde_json::{Map, Value, json};

use super::shared::{error_name, header};

type Operation = Map<String, Value>;

/// What can go wrong with a look at how the service is: it takes whatever is asked and accepted, counts nobody and needs nothing, so that
/// only a head that is too long is refused.
const OF_HEALTH: [u16; 3] = [400, 500, 504];

/// Whether a change names the revision that it is based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IfMatch {
    Required,
    Optional,
    None,
}

/// Completes one operation at `path`, relative to `/v1`.
pub(super) fn complete(path: &str, method: &str, operation: &mut Operation, unprefixed: bool) {
    let tag = operation.get("tags").and_then(|tags| tags[0].as_str()).unwrap_or("other").to_owned();
    let health = matches!(path, "/health" | "/healthcheck" | "/metrics");
    name(operation, &tag);
    plain_shapes(operation);
    let secured = operation.contains_key("security");
    if !secured {
        let optional = json!([{}, {"bearer": []}, {"session": []}]);
        operation.insert("security".to_owned(), if health { json!([]) } else { optional });
        operation.insert("x-public".to_owned(), json!(true));
    }
    if unprefixed {
        operation.insert("x-unprefixed".to_owned(), json!(true));
    }
    let if_match = if_match_of(path, method, operation);
    let reads = method == "get";
    let tagged = reads && !health;
    let mut parameters = operation.remove("parameters").and_then(|p| p.as_array().cloned()).unwrap_or_default();
    for name in [
        (if_match == IfMatch::Required).then_some("IfMatch"),
        (if_match == IfMatch::Optional).then_some("IfMatchOptional"),
        tagged.then_some("IfNoneMatch"),
        (method == "post").then_some("IdempotencyKey"),
    ]
    .into_iter()
    .flatten()
    {
        parameters.push(json!({"$ref": format!("#/components/parameters/{name}")}));
    }
    parameters.iter_mut().filter(|parameter| parameter["in"] == "query").for_each(without_nul);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    let statuses = if health { OF_HEALTH.to_vec() } else { statuses(path, operation, reads, if_match) };
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        complete_success(status, response, tagged || if_match != IfMatch::None || method == "post", !health);
    }
    if tagged {
        responses.entry("304").or_insert_with(|| json!({"$ref": "#/components/responses/NotModified"}));
    }
    for status in statuses {
        let Some(name) = error_name(status) else { continue };
        responses
            .entry(status.to_string())
            .or_insert_with(|| json!({"$ref": format!("#/components/responses/{name}")}));
    }
}

/// Says of a text that it may hold anything but U+0000, which is refused everywhere.
fn without_nul(parameter: &mut Value) {
    let is_list = !parameter["schema"]["items"].is_null();
    let schema = if is_list { &mut parameter["schema"]["items"] } else { &mut parameter["schema"] };
    let is_text =
        schema["type"] == "string" || schema["type"].as_array().is_some_and(|all| all.contains(&json!("string")));
    let is_free = ["pattern", "enum", "format"].iter().all(|name| schema[*name].is_null());
    if is_text && is_free {
        schema["pattern"] = json!("^[^\\u0000]*$");
    }
}

/// A unique id made of tag and function, and a summary without its full stop.
fn name(operation: &mut Operation, tag: &str) {
    let function = operation.get("operationId").and_then(Value::as_str).unwrap_or("unnamed").to_owned();
    operation.insert("operationId".to_owned(), json!(format!("{}_{function}", tag.replace('-', "_"))));
    if let Some(summary) = operation.get("summary").and_then(Value::as_str) {
        let summary = summary.replace('\n', " ").trim_end_matches('.').to_owned();
        operation.insert("summary".to_owned(), json!(summary));
    }
}

/// What may be left out is left out, never null; bytes have no schema (OpenAPI 3.1, "Considerations for File Uploads").
fn plain_shapes(operation: &mut Operation) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        never_null(&mut parameter["schema"]);
        if parameter["schema"]["type"] == "array"
            && let Some(words) = parameter["example"].as_str()
        {
            parameter["example"] = words.split(',').collect();
        }
        // Numbers without a sign are larger than the formats of OpenAPI allow for; their bounds are given instead.
        if let Some(schema) = parameter["schema"].as_object_mut()
            && schema.get("type").is_some_and(|kind| kind == "integer")
        {
            schema.remove("format");
        }
    }
    let body = operation.get_mut("requestBody").and_then(|body| body["content"].as_object_mut());
    for media in body.into_iter().flat_map(|content| content.values_mut()) {
        never_null(&mut media["schema"]);
    }
    let answers = operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, answer) in answers {
        if let Some(bytes) = answer.get_mut("content").and_then(|content| content.get_mut("*/*")) {
            *bytes = json!({"schema": {}});
        }
    }
}

fn never_null(schema: &mut Value) {
    let null = |kind: &Value| kind == "null" || kind["type"] == "null";
    if let Some(kinds) = schema["type"].as_array()
        && let [only] = kinds.iter().filter(|kind| !null(kind)).collect::<Vec<_>>()[..]
    {
        schema["type"] = only.clone();
    }
    if let Some(ways) = schema["oneOf"].as_array()
        && let [only] = ways.iter().filter(|way| !null(way)).collect::<Vec<_>>()[..]
    {
        *schema = only.clone();
    }
}

/// Edited content is changed at its own address and needs the revision; steps at an address below it may name one.
///
/// Handlers that differ say so in the extension `x-if-match`.
fn if_match_of(path: &str, method: &str, operation: &mut Operation) -> IfMatch {
    let said = operation.remove("x-if-match");
    match said.as_ref().and_then(Value::as_str) {
        Some("required") => return IfMatch::Required,
        Some("optional") => return IfMatch::Optional,
        Some("none") => return IfMatch::None,
        _ => {}
    }
    match method {
        "put" | "patch" | "delete" if path.ends_with('}') => IfMatch::Required,
        "put" | "delete" if path.contains('{') => IfMatch::Optional,
        _ => IfMatch::None,
    }
}

/// The errors of an operation whose caller is looked for; one who shows what does not hold is refused wherever they ask.
fn statuses(path: &str, operation: &Operation, reads: bool, if_match: IfMatch) -> Vec<u16> {
    let mut statuses = vec![400, 401, 406, 429, 500, 503, 504];
    if operation.contains_key("requestBody") {
        statuses.extend([413, 415, 422]);
    }
    if is_of_rights(operation) {
        statuses.push(403);
    }
    if path.contains('{') {
        statuses.push(404);
    }
    if !reads {
        statuses.push(409);
    }
    if if_match != IfMatch::None {
        statuses.push(412);
    }
    if if_match == IfMatch::Required {
        statuses.push(428);
    }
    statuses
}

/// Whether rights decide who may: not where all may, nor where a subscription's token does, without which there is nothing to be found.
fn is_of_rights(operation: &Operation) -> bool {
    let ways = operation.get("security").and_then(Value::as_array);
    let is_public = operation.get("x-public").is_some();
    !is_public && ways.is_some_and(|ways| ways.iter().all(|way| way.get("subscription").is_none()))
}

/// The headers of an answer that succeeds.
fn complete_success(status: &str, response: &mut Value, tagged: bool, counted: bool) {
    if !status.starts_with('2') {
        return;
    }
    let headers = &mut response["headers"];
    if !headers.is_object() {
        *headers = json!({});
    }
    headers["X-Request-Id"] = header("RequestId");
    if counted {
        headers["RateLimit"] = header("RateLimit");
        headers["RateLimit-Policy"] = header("RateLimitPolicy");
    }
    if tagged && status != "204" {
        headers["ETag"] = header("ETag");
    }
    if matches!(status, "201" | "202") {
        headers["Location"] = header("Location");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(path: &str, method: &str, mut operation: Value) -> Value {
        let operation = operation.as_object_mut().unwrap();
        complete(path, method, operation, false);
        Value::Object(operation.clone())
    }

    fn statuses_of(operation: &Value) -> Vec<String> {
        operation["responses"].as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn edited_content_needs_its_revision_and_steps_may_name_it() {
        let said = json!({"tags": ["bundles"], "operationId": "merge", "security": [{"bearer": []}], "requestBody": {},
            "responses": {"200": {"description": "x"}}});
        let edit = completed("/bundles/{id}", "patch", said.clone());
        assert_eq!(edit["operationId"], "bundles_merge");
        assert_eq!(edit["parameters"][0]["$ref"], "#/components/parameters/IfMatch");
        assert!(
            ["401", "403", "404", "409", "412", "413", "415", "422", "428"]
                .iter()
                .all(|s| statuses_of(&edit).contains(&s.to_string()))
        );
        let step = completed("/bundles/{id}/approve", "put", said);
        assert_eq!(step["parameters"][0]["$ref"], "#/components/parameters/IfMatchOptional");
        assert!(!statuses_of(&step).contains(&"428".to_owned()));
    }

    #[test]
    fn what_a_handler_says_counts() {
        let said = json!({"tags": ["files"], "operationId": "delete", "x-if-match": "none",
            "responses": {"204": {"description": "x"}, "503": {"description": "mine"}}});
        let done = completed("/files/{id}", "delete", said);
        assert!(done.get("x-if-match").is_none());
        assert_eq!(done["responses"]["503"]["description"], "mine");
        assert!(!statuses_of(&done).contains(&"412".to_owned()));
    }

    #[test]
    fn who_watches_is_told_of_no_error_and_no_limit_that_never_comes() {
        let said = json!({"tags": ["health"], "operationId": "health",
            "responses": {"200": {"description": "x"}, "503": {"description": "mine"}}});
        let done = completed("/health", "get", said);
        let mut statuses = statuses_of(&done);
        statuses.sort();
        assert_eq!(statuses, ["200", "400", "500", "503", "504"]);
        assert_eq!(done["responses"]["503"]["description"], "mine");
        assert!(done["responses"]["200"]["headers"].get("RateLimit").is_none());
    }

    #[test]
    fn public_reads_say_so_and_answer_304() {
        let done = completed(
            "/topics",
            "get",
            json!({"tags": ["topics"], "operationId": "list", "responses": {"200": {"description": "x"}}}),
        );
        assert_eq!(done["x-public"], true);
        assert_eq!(done["security"][0], json!({}));
        assert!(statuses_of(&done).contains(&"304".to_owned()));
        assert_eq!(done["responses"]["200"]["headers"]["ETag"], header("ETag"));
    }
}
