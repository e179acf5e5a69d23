//! The conventions, one function each: what is asked of an operation, and what has to come.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::operation::Operation;
use super::walk::Who::{Nobody, Previewer, Root, Stranger};
use super::walk::{Sent, Walk};
use super::world::encoded;
use crate::support::*;

/// No thing has this revision.
const STALE: &str = "\"r0\"";

/// The most bytes of an upload on the site that is asked.
pub const LARGEST_UPLOAD: usize = 100_000;

/// The operation's body in full.
fn example(walk: &Walk, operation: &Operation) -> Sent {
    match walk.world.body(operation) {
        Some((kind, body)) => {
            let (kind, bytes) = encoded(&kind, &body);
            Sent::default().body(&kind, bytes)
        }
        None => Sent::default(),
    }
}

/// A body that cannot be read, under a type that is not taken: refused only by whoever gets as far as to look at it.
fn nonsense(operation: &Operation) -> Sent {
    if operation.body().is_some() { Sent::default().body("text/plain", "{") } else { Sent::default() }
}

/// A read answers as described, with a tag by which it is known again; `HEAD` tells the same without the body.
pub async fn reads(walk: &mut Walk, operation: &Operation) {
    if !operation.is_read() {
        return;
    }
    let address = walk.world.address(operation);
    let readers = if operation.is_public() { vec![Nobody, Root] } else { vec![Root] };
    for who in readers {
        walk.count("reads");
        let answer = walk.ask("reads", who, operation, &address, Sent::default()).await;
        walk.expect(200, "reads", operation, &format!("{who:?} reads"), &answer);
        let kind = answer.header("content-type");
        walk.hold(operation.answers_as(&kind), "reads", operation, || format!("{kind} is not described"));
        let head = walk.ask("reads", who, operation, &address, Sent::by("HEAD")).await;
        walk.hold(head.text.is_empty(), "reads", operation, || "HEAD has a body".to_owned());
        for name in ["content-type", "etag", "cache-control", "vary", "link", "accept-ranges", "content-disposition"] {
            let (head, get) = (head.header(name), answer.header(name));
            walk.hold(head == get, "reads", operation, || format!("HEAD says {name}: {head}, GET {get}"));
        }
        walk.hold(head.status == answer.status, "reads", operation, || format!("HEAD is answered {}", head.status));
        if operation.is_unprefixed() {
            let bare = walk.ask("reads", who, operation, address.trim_start_matches("/v1"), Sent::default()).await;
            let same = bare.status == answer.status && bare.header("content-type") == kind;
            walk.hold(same, "reads", operation, || format!("without /v1 it answers {}", bare.status));
        }
        tags(walk, who, operation, &address, &answer.header("etag")).await;
    }
}

async fn tags(walk: &mut Walk, who: super::walk::Who, operation: &Operation, address: &str, tag: &str) {
    let strong = tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"');
    walk.hold(strong, "tags", operation, || format!("no strong tag: {tag}"));
    for (sent, status) in [(tag.to_owned(), 304), (format!("\"other\", W/{tag}"), 304), ("\"other\"".to_owned(), 200)] {
        let known = Sent::default().header("if-none-match", sent.clone());
        let answer = walk.ask("tags", who, operation, address, known).await;
        walk.expect(status, "tags", operation, &format!("If-None-Match: {sent}"), &answer);
        let silent = status != 304 || (answer.text.is_empty() && answer.header("etag") == tag);
        walk.hold(silent, "tags", operation, || format!("304 with {} and {}", answer.header("etag"), answer.text));
    }
}

/// What is made of words and is longer than a few lines comes compressed to whoever takes that, under a tag of its own.
pub async fn compressed(walk: &mut Walk, operation: &Operation) {
    // What tells of things as they happen has no end that could be waited for.
    if !operation.is_read() || operation.is_health() || operation.path.ends_with("/events") {
        return;
    }
    let address = walk.world.address(operation);
    let plain = walk.ask("compressed", Root, operation, &address, Sent::default()).await;
    let kind = plain.header("content-type");
    let wordy = ["text/", "application/json", "application/ld+json", "application/csvm+json"];
    let is_wordy = wordy.iter().any(|of| kind.starts_with(of)) && plain.header("accept-ranges").is_empty();
    if !is_wordy || plain.text.len() <= 1024 {
        return;
    }
    walk.count("compressed");
    let sent = Sent::default().header("accept-encoding", "gzip");
    let packed = walk.ask("compressed", Root, operation, &address, sent).await;
    let (encoding, tag) = (packed.header("content-encoding"), packed.header("etag"));
    let told = || format!("{kind} of {} bytes comes as {encoding:?} with {tag}", plain.text.len());
    let is_told_apart = tag.is_empty() || tag.ends_with("-gzip\"");
    walk.hold(encoding == "gzip" && is_told_apart, "compressed", operation, told);
}

/// A list comes in pages, each with the way to those beside it.
pub async fn pages(walk: &mut Walk, operation: &Operation) {
    if !operation.is_page() || !operation.is_read() {
        return;
    }
    walk.count("pages");
    let address = walk.world.address(operation);
    let answer = walk.ask("pages", Root, operation, &format!("{address}?limit=1"), Sent::default()).await;
    let page: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let (items, total) = (page["items"].as_array().map(Vec::len), page["total_count"].as_u64());
    let sound = items.is_some_and(|items| items as u64 == total.unwrap_or(0).min(1))
        && page["count"].as_u64() == items.map(|items| items as u64)
        && (page["limit"].as_u64(), page["offset"].as_u64()) == (Some(1), Some(0))
        && page["next"].is_string() == total.is_some_and(|total| total > 1)
        && page["previous"].is_null();
    walk.hold(sound, "pages", operation, || answer.text.clone());
    if let Some(next) = page["next"].as_str() {
        walk.count("neighbours");
        let second = walk.ask("pages", Root, operation, next, Sent::default()).await;
        let second: Value = serde_json::from_str(&second.text).unwrap_or_default();
        let previous = second["previous"].as_str().unwrap_or_default().to_owned();
        let sound = second["offset"] == 1 && second["count"] == 1 && second["items"] != page["items"];
        walk.hold(sound, "pages", operation, || format!("{next} leads to {second}"));
        let first = walk.ask("pages", Root, operation, &previous, Sent::default()).await;
        walk.hold(first.text == answer.text, "pages", operation, || format!("{previous} leads to {}", first.text));
    }
    let beyond = walk.ask("pages", Root, operation, &format!("{address}?offset=4294967295"), Sent::default()).await;
    walk.expect(200, "pages", operation, "beyond the end", &beyond);
    let empty = serde_json::from_str::<Value>(&beyond.text).unwrap_or_default()["items"] == json!([]);
    walk.hold(empty, "pages", operation, || beyond.text.clone());
}

/// What an address does not take is 405, and `Allow` says what it does; `OPTIONS` says the same.
pub async fn methods(walk: &mut Walk, operation: &Operation) {
    let address = walk.world.address(operation);
    let mut allowed: BTreeSet<String> = operation.methods.iter().cloned().collect();
    allowed.insert("OPTIONS".to_owned());
    if allowed.contains("GET") {
        allowed.insert("HEAD".to_owned());
    }
    let others = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"]
        .into_iter()
        .filter(|method| !allowed.contains(*method));
    for (method, status) in others.map(|method| (method, 405)).chain([("OPTIONS", 204)]) {
        let answer = walk.ask("methods", Root, operation, &address, Sent::by(method)).await;
        walk.expect(status, "methods", operation, method, &answer);
        let told = answer.header("allow");
        let same = told.split(", ").map(str::to_owned).collect::<BTreeSet<_>>() == allowed;
        walk.hold(same, "methods", operation, || format!("{method}: Allow: {told}, not {allowed:?}"));
    }
}

/// Whoever does not say who they are is refused first, and learns nothing of what is there.
pub async fn credentials(walk: &mut Walk, operation: &Operation) {
    let mut addresses = vec![walk.world.address(operation)];
    addresses.extend(walk.world.missing(operation));
    if operation.is_health() {
        return;
    }
    let mut told = BTreeSet::new();
    for address in addresses {
        let who = if operation.is_public() { vec![Stranger] } else { vec![Nobody, Stranger] };
        for who in who {
            let sent = nonsense(operation).header("idempotency-key", "");
            let answer = walk.ask("credentials", who, operation, &format!("{address}?colour=red"), sent).await;
            walk.expect(401, "credentials", operation, &format!("{who:?}"), &answer);
            let how = answer.header("www-authenticate");
            walk.hold(how.starts_with("Bearer"), "credentials", operation, || format!("WWW-Authenticate: {how}"));
            if who == Nobody {
                told.insert(
                    serde_json::from_str::<Value>(&answer.text).unwrap_or_default()["error"]["message"].to_string(),
                );
            }
        }
    }
    walk.hold(told.len() <= 1, "credentials", operation, || format!("tells what there is: {told:?}"));
}

/// What is not there is 404, whatever is sent.
pub async fn missing(walk: &mut Walk, operation: &Operation) {
    for address in walk.world.missing(operation) {
        walk.count("missing");
        for who in if operation.is_public() { vec![Nobody, Root] } else { vec![Root] } {
            let sent = nonsense(operation).header("idempotency-key", "");
            let answer = walk.ask("missing", who, operation, &format!("{address}?colour=red"), sent).await;
            walk.expect(404, "missing", operation, &address, &answer);
            let allow = answer.header("allow");
            walk.hold(allow.is_empty(), "missing", operation, || format!("Allow: {allow} of what is not there"));
        }
    }
}

/// Who lacks a right is told so before the body is looked at, and learns nothing of what they may not know of.
pub async fn rights(walk: &mut Walk, operation: &Operation) {
    if operation.is_read() {
        return;
    }
    walk.count("rights");
    let address = walk.world.address(operation);
    let there = walk.ask("rights", Previewer, operation, &format!("{address}?colour=red"), nonsense(operation)).await;
    let refused = matches!(there.status.as_u16(), 403 | 404);
    walk.hold(refused, "rights", operation, || format!("without a right: {} {}", there.status, there.text));
    for address in walk.world.missing(operation) {
        let answer =
            walk.ask("rights", Previewer, operation, &format!("{address}?colour=red"), nonsense(operation)).await;
        // Who may not know of any is told the same of every one.
        let whole = ["users", "teams", "policies", "service-tokens", "incidents", "invitations", "search", "imports"]
            .contains(&operation.path.split('/').nth(2).unwrap());
        walk.expect(if whole { 403 } else { 404 }, "rights", operation, &address, &answer);
    }
}

/// What nobody can take is not answered, and not done.
pub async fn accept(walk: &mut Walk, operation: &Operation) {
    let address = walk.world.address(operation);
    let sent = example(walk, operation).header("accept", "video/mp4");
    let answer = walk.ask("accept", Root, operation, &address, sent).await;
    walk.expect(406, "accept", operation, "Accept: video/mp4", &answer);
}

/// A parameter that is not described is refused by name, and so is a value that cannot be.
pub async fn parameters(walk: &mut Walk, operation: &Operation) {
    let address = walk.world.address(operation);
    let values = [("sort", "colour"), ("limit", "0"), ("limit", "1001"), ("limit", "x"), ("offset", "-1")];
    let taken = values.into_iter().filter(|(name, _)| operation.takes_parameter(name));
    for (name, value) in taken.chain([("colour", "red")]) {
        let asked = format!("{address}?{name}={value}");
        let answer = walk.ask("parameters", Root, operation, &asked, example(walk, operation)).await;
        walk.expect(400, "parameters", operation, &asked, &answer);
        must_name(walk, "parameters", operation, name, &answer);
    }
    if operation.method == "POST" {
        let sent = example(walk, operation).header("idempotency-key", "");
        let answer = walk.ask("parameters", Root, operation, &address, sent).await;
        walk.expect(400, "parameters", operation, "an empty key", &answer);
        must_name(walk, "parameters", operation, "Idempotency-Key", &answer);
    }
}

fn must_name(walk: &mut Walk, rule: &'static str, operation: &Operation, name: &str, answer: &Answer) {
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let fields = body["error"]["details"]["fields"].as_array();
    let named = fields.is_some_and(|fields| fields.iter().any(|field| field["field"] == name));
    walk.hold(named, rule, operation, || format!("{name} is not named: {}", answer.text));
}

/// The object that is sent, or the first of a list of them.
fn first(body: &mut Value) -> &mut Value {
    if body.is_array() { &mut body[0] } else { body }
}

/// A body of another type, that cannot be read, is too large or has a field too many is refused before the revision is asked for.
pub async fn bodies(walk: &mut Walk, operation: &Operation) {
    let Some((kind, body)) = walk.world.body(operation) else { return };
    walk.count("bodies");
    let address = walk.world.address(operation);
    let (full, bytes) = encoded(&kind, &body);
    let is_list = body.is_array();
    if !body.is_object() && !is_list {
        // Bytes of any kind: there is nothing to read in them.
        let answer = walk.ask("bodies", Root, operation, &address, Sent::default().body("text/plain", bytes)).await;
        walk.expect(415, "bodies", operation, "another type", &answer);
        return;
    }
    let mut more = body.clone();
    first(&mut more)["colour"] = json!("red");
    let (_, more) = encoded(&kind, &more);
    let mut large = body.clone();
    // Only just too large, so that all of it is sent before the answer comes.
    let (name, size) = if kind.starts_with("multipart/") { ("file", LARGEST_UPLOAD + 1) } else { ("colour", 1 << 20) };
    first(&mut large)[name] = json!("a".repeat(size));
    let (_, large) = encoded(&kind, &large);
    let mut ways = vec![
        ("broken", full.as_str(), b"{".to_vec(), 400),
        ("a field too many", &full, more, 400),
        ("too large", &full, large, 413),
    ];
    if operation.is_action() {
        walk.count("forms");
        let sent = Sent::default().body("application/x-www-form-urlencoded", bytes).header("if-match", STALE);
        let answer = walk.ask("bodies", Root, operation, &address, sent).await;
        walk.expect(412, "bodies", operation, "JSON under the type of a form, and a stale revision", &answer);
    } else {
        ways.push(("another type", "text/plain", bytes.clone(), 415));
        ways.push(("the type of a form", "application/x-www-form-urlencoded", bytes, 415));
    }
    if full == "application/json" {
        ways.push((
            "another charset",
            "application/json; charset=utf-16",
            b"{}".to_vec(),
            if operation.is_action() { 0 } else { 415 },
        ));
        ways.push(if is_list {
            ("an object", &full, b"{}".to_vec(), 400)
        } else {
            ("a list", &full, b"[]".to_vec(), 400)
        });
        ways.push(("U+0000", &full, br#"{"colour":"\u0000"}"#.to_vec(), 422));
    }
    for (what, kind, bytes, status) in ways.into_iter().filter(|way| way.3 != 0) {
        let answer = walk.ask("bodies", Root, operation, &address, Sent::default().body(kind, bytes)).await;
        walk.expect(status, "bodies", operation, what, &answer);
        if what == "a field too many" {
            must_name(walk, "bodies", operation, if is_list { "0.colour" } else { "colour" }, &answer);
        }
    }
}

/// A change is based on what its sender has seen: 428 without a revision where one is needed, 412 with a stale one; a body
/// that breaks a rule is told before.
pub async fn revisions(walk: &mut Walk, operation: &Operation) {
    let Some(needed) = operation.if_match() else { return };
    let address = walk.world.address(operation);
    walk.count("412");
    for tag in [STALE, "W/\"r1\"", "nonsense"] {
        let sent = example(walk, operation).header("if-match", tag);
        let answer = walk.ask("revisions", Root, operation, &address, sent).await;
        walk.expect(412, "revisions", operation, &format!("If-Match: {tag}"), &answer);
    }
    if needed {
        walk.count("428");
        let answer = walk.ask("revisions", Root, operation, &address, example(walk, operation)).await;
        walk.expect(428, "revisions", operation, "without If-Match", &answer);
    }
    let Some((kind, mut body)) = walk.world.body(operation) else { return };
    let Some((_, text)) = body.as_object_mut().into_iter().flatten().find(|(_, value)| value.is_string()) else {
        return;
    };
    // What is to be a time and is none cannot be read, whatever rules there are.
    let is_time = text.as_str().is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok());
    let expected = if is_time { 400 } else { 422 };
    walk.count("422");
    *text = json!("x".repeat(20_000));
    let (kind, bytes) = encoded(&kind, &body);
    let sent = Sent::default().body(&kind, bytes);
    let sent = if needed { sent } else { sent.header("if-match", STALE) };
    let answer = walk.ask("revisions", Root, operation, &address, sent).await;
    walk.expect(expected, "revisions", operation, "a value that breaks a rule, and no revision that holds", &answer);
}

/// What the present state does not allow is refused last.
pub async fn states_come_last(walk: &mut Walk) {
    for (id, tag, status) in [
        ("DELETE /v1/datasets/{id}", STALE, 412),
        ("DELETE /v1/datasets/{id}", "*", 409),
        ("PUT /v1/bundles/{id}/retry", STALE, 412),
        ("PUT /v1/bundles/{id}/retry", "*", 409),
        ("PUT /v1/datasets/{id}/editions/{edition}/versions/{version}/approve", STALE, 412),
        ("PUT /v1/datasets/{id}/editions/{edition}/versions/{version}/approve", "*", 409),
        ("DELETE /v1/topics/{id}", STALE, 412),
        ("DELETE /v1/topics/{id}", "*", 409),
        ("PUT /v1/incidents/{id}/reopen", STALE, 412),
        ("PUT /v1/incidents/{id}/reopen", "*", 409),
        ("PUT /v1/releases/{id}/announce", STALE, 412),
        ("PUT /v1/releases/{id}/announce", "*", 409),
    ] {
        let operation = walk.operations().into_iter().find(|operation| operation.id() == id).unwrap();
        let address = walk.world.address(&operation);
        let sent = example(walk, &operation).header("if-match", tag);
        let answer = walk.ask("states", Root, &operation, &address, sent).await;
        walk.expect(status, "states", &operation, &format!("If-Match: {tag}"), &answer);
    }
}

/// What was done with a key is not done again: the same body gets the same answer, another one is refused.
///
/// Only what succeeds is looked at, with the example of the description; this comes last, since it changes what there is.
pub async fn replays(walk: &mut Walk) {
    for operation in walk.operations() {
        // A part of an upload is known by its place.
        if operation.method != "POST" || operation.is_resumable_upload() {
            continue;
        }
        let address = walk.world.address(&operation);
        let sent = || example(walk, &operation).header("idempotency-key", operation.path.replace(['/', '{', '}'], "."));
        let (one, again, mut other) = (sent(), sent(), sent());
        let before = walk.records().await;
        let first = walk.ask("replays", Root, &operation, &address, one).await;
        if !first.status.is_success() {
            continue;
        }
        walk.count("replays");
        recorded(walk, &operation, before).await;
        let before = walk.records().await;
        let second = walk.ask("replays", Root, &operation, &address, again).await;
        let after = walk.records().await;
        walk.hold(after == before, "records", &operation, || "what is only repeated is recorded again".to_owned());
        let same = (second.status, &second.text) == (first.status, &first.text);
        // A secret is shown once and not kept.
        let is_secret = second.status == 409 && second.text.contains("shown once");
        let replayed = second.header("idempotent-replayed") == "true";
        walk.hold((same && replayed) || is_secret, "replays", &operation, || format!("again: {}", second.text));
        let kind = other.headers.iter().find(|(name, _)| *name == "content-type").map(|(_, kind)| kind.clone());
        if kind.as_ref().is_some_and(|kind| kind.starts_with("multipart/")) {
            // What a form holds is compared in the tests of keys.
            continue;
        }
        other.body = Some(br#"{"another": "body"}"#.to_vec());
        if kind.is_none() {
            other = other.header("content-type", "application/json");
        }
        let third = walk.ask("replays", Root, &operation, &address, other).await;
        walk.expect(409, "replays", &operation, "another body under the same key", &third);
    }
}

/// Whatever is accepted is in the audit trail, be it a change of a thing or its end.
///
/// Only what succeeds is looked at, with the example of the description; this comes last, since little of the world is left by then.
pub async fn records(walk: &mut Walk) {
    let mut operations = walk.operations();
    operations.retain(|operation| ["PUT", "PATCH", "DELETE"].contains(&operation.method.as_str()));
    // A part of an upload changes nothing yet, and while maintenance is on nothing else is accepted.
    operations.retain(|operation| !operation.is_resumable_upload() && !operation.path.starts_with("/v1/settings"));
    operations.sort_by_key(|operation| operation.method == "DELETE");
    for operation in operations {
        let address = walk.world.address(&operation);
        let sent = example(walk, &operation);
        let sent = if operation.if_match().is_some() { sent.header("if-match", "*") } else { sent };
        let before = walk.records().await;
        let (answer, _) = walk.send(Root, &operation, &address, sent).await;
        if answer.status.is_success() {
            recorded(walk, &operation, before).await;
        }
    }
}

/// Something was accepted: the trail holds more than before.
async fn recorded(walk: &mut Walk, operation: &Operation, before: i64) {
    walk.count("records");
    let after = walk.records().await;
    walk.hold(after > before, "records", operation, || "it was accepted, and left no record".to_owned());
}
