//! Answers without what differs from request to request or is numbered at random.

use std::collections::HashMap;

use reqwest::Method;

use super::questions::Question;
use super::world::{NOTHING, World};
use crate::support::{Answer, Caller};

/// Headers that differ between any two requests.
const OF_THE_MOMENT: [&str; 6] =
    ["date", "x-request-id", "traceparent", "traceresponse", "ratelimit", "content-security-policy"];

/// How something is asked besides a plain GET.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// What a GET would tell, without its body.
    Head,
    /// What may be done there.
    Options,
    /// With the tag that a GET has just given.
    Known,
    /// With any tag at all.
    KnownAtAll,
    /// Only as long as nothing has changed.
    Unchanged,
    /// A part of the bytes.
    Part,
    /// From a page elsewhere.
    Elsewhere,
    /// As a browser asks.
    Browser,
    /// In a form for machines.
    As(&'static str),
}

/// Every way in turn, so that each sort of address meets each of them.
pub const WAYS: [Way; 13] = [
    Way::Head,
    Way::Known,
    Way::Options,
    Way::Part,
    Way::Browser,
    Way::KnownAtAll,
    Way::Unchanged,
    Way::Elsewhere,
    Way::As("text/turtle"),
    Way::As("application/ld+json"),
    Way::As("application/csvm+json"),
    Way::As("application/vnd.datapackage+json"),
    Way::As("text/csv"),
];

/// Everything that the answers tell: to a question as it is, to the same asked in another way, and of where it leads.
pub async fn told(world: &World, viewer: &Caller, question: &Question, way: Option<Way>) -> Vec<(String, String)> {
    let address = world.filled(&question.address);
    let plain = send(world, viewer, question, &address).await;
    let mut told = vec![(question.method.clone(), essence(world, &plain, ""))];
    if let Some(way) = way {
        let tag = plain.header("etag");
        let method = match way {
            Way::Head => Method::HEAD,
            Way::Options => Method::OPTIONS,
            _ => Method::GET,
        };
        let known = if tag.is_empty() { "\"none\"" } else { tag.as_str() };
        let request = viewer.request(method, &address);
        let request = match way {
            Way::Head | Way::Options => request,
            Way::Known => request.header("if-none-match", known),
            Way::KnownAtAll => request.header("if-none-match", "*"),
            Way::Unchanged => request.header("if-match", known),
            Way::Part => request.header("range", "bytes=2-5"),
            Way::Elsewhere => request.header("origin", "https://elsewhere.example"),
            Way::Browser => request.header("accept", "text/html"),
            Way::As(media_type) => request.header("accept", media_type),
        };
        told.push((format!("{way:?}"), essence(world, &viewer.send(request).await, &tag)));
    }
    let leads_to = plain.header("location");
    if question.method == "POST" && leads_to.starts_with('/') {
        told.push(("then".to_owned(), essence(world, &viewer.get(&leads_to).await, "")));
    }
    told
}

async fn send(world: &World, viewer: &Caller, question: &Question, address: &str) -> Answer {
    let mut request = viewer.request(question.method.parse().unwrap(), address);
    for (name, value) in &question.headers {
        request = request.header(*name, value);
    }
    if let Some((kind, body)) = &question.body {
        request = request.header("content-type", kind).body(world.filled(body));
    }
    viewer.send(request).await
}

/// Everything that the answer tells: status, headers and body; tags that stand for the body are compared by the body, and
/// one that was given before by that.
fn essence(world: &World, answer: &Answer, given: &str) -> String {
    let steady = |text: &str| steady(world.labels(), &world.site.url, answer, text);
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = match name.as_str() {
                "etag" if value == given => "AS-GIVEN".to_owned(),
                "etag" => tag(answer, value),
                "set-cookie" => value.split_once('=').map_or("", |(name, _)| name).to_owned(),
                _ => value.to_owned(),
            };
            format!("{name}: {}", steady(&value))
        })
        .collect();
    headers.sort();
    format!("{}\n{}\n{}", answer.status, headers.join("\n"), steady(&answer.text))
}

/// A tag made of the body says no more than the body, whose ids are random; its revision is kept.
fn tag(answer: &Answer, sent: &str) -> String {
    // That of an archive is made of its documents, which name the site.
    if sent.starts_with("\"zip-") { "OF-THE-BODY".to_owned() } else { sent.replace(&answer.digest, "OF-THE-BODY") }
}

fn steady(labels: &HashMap<String, String>, site: &str, answer: &Answer, text: &str) -> String {
    let policy = answer.header("content-security-policy");
    let nonce =
        policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("no nonce").to_owned();
    let trace = answer.header("x-request-id");
    let mut text = text.replace(&nonce, "NONCE").replace(site.trim_start_matches("http://"), "SITE");
    if !trace.is_empty() {
        text = text.replace(&trace, "TRACE");
    }
    // A record of the trail bears the request and the session that it was made in, which each world numbers by itself.
    for mark in ["\"trace_id\":\"", "\"kind\":\"session\",\"id\":\""] {
        text = without_what_follows(mark, &text);
    }
    without_ids(labels, &text)
}

/// The same without the text between each mark and the next quotation mark.
fn without_what_follows(mark: &str, text: &str) -> String {
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(mark);
        out.push_str("ITS-OWN");
        out.push_str(part.find('"').map_or("", |end| &part[end..]));
    }
    out
}

/// Ids that the worlds number differently, by their names; others of the same form are all alike.
fn without_ids(labels: &HashMap<String, String>, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = place_of_id(rest) {
        let (before, from) = rest.split_at(at);
        let (id, after) = from.split_at(NOTHING.len());
        out.push_str(before);
        out.push_str(labels.get(id).map_or("SOME-ID", String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn place_of_id(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let fits = |at: usize| {
        bytes.get(at..at + NOTHING.len()).is_some_and(|window| {
            window.iter().enumerate().all(|(i, b)| match i {
                8 | 13 | 18 | 23 => *b == b'-',
                _ => b.is_ascii_hexdigit() && !b.is_ascii_uppercase(),
            })
        })
    };
    // Ids are of version 7 or, where they may not be guessed, 4 (RFC 9562): a page is long, and most of it is none.
    let first = |version: &str| {
        let versions = text.match_indices(version).map(|(at, _)| at);
        versions.filter_map(|at| at.checked_sub(13)).find(|at| fits(*at))
    };
    first("-7").into_iter().chain(first("-4")).min()
}
