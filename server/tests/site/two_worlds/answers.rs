//! Questions, and answers without what differs from request to request or is numbered at random.

use std::collections::HashMap;

use reqwest::Method;
use sha2::{Digest, Sha256};

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
    /// As a browser asks.
    Browser,
    /// In a form for machines.
    As(&'static str),
}

/// Every way in turn, so that each sort of address meets each of them.
pub const WAYS: [Way; 10] = [
    Way::Head,
    Way::Options,
    Way::Known,
    Way::KnownAtAll,
    Way::Browser,
    Way::As("text/turtle"),
    Way::As("application/ld+json"),
    Way::As("application/csvm+json"),
    Way::As("application/vnd.datapackage+json"),
    Way::As("application/xml"),
];

/// Everything that the answers to a GET and to the same asked in another way tell.
pub async fn told(world: &World, viewer: &Caller, template: &str, way: Way) -> [String; 2] {
    let address = world.address(template);
    let plain = viewer.get(&address).await;
    let tag = plain.header("etag");
    let method = match way {
        Way::Head => Method::HEAD,
        Way::Options => Method::OPTIONS,
        _ => Method::GET,
    };
    let request = viewer.request(method, &address);
    let request = match way {
        Way::Head | Way::Options => request,
        Way::Known => request.header("if-none-match", if tag.is_empty() { "\"none\"" } else { tag.as_str() }),
        Way::KnownAtAll => request.header("if-none-match", "*"),
        Way::Browser => request.header("accept", "text/html"),
        Way::As(media_type) => request.header("accept", media_type),
    };
    let other = viewer.send(request).await;
    // What was asked for may be said again, by whatever id it has in this world.
    let mut labels = world.labels().clone();
    labels.extend(place_of_id(&address).map(|at| (address[at..at + NOTHING.len()].to_owned(), "ASKED-FOR".to_owned())));
    [essence(&labels, &plain, ""), essence(&labels, &other, &tag)]
}

/// Everything that the answer tells: status, headers and body; tags that stand for the body are compared by the body, and
/// one that was given before by that.
pub fn essence(labels: &HashMap<String, String>, answer: &Answer, given: &str) -> String {
    let text = steady(labels, answer, &answer.text);
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = match name.as_str() {
                "etag" if value == given => "AS-GIVEN".to_owned(),
                "etag" => tag(answer, value),
                _ => value.to_owned(),
            };
            format!("{name}: {}", steady(labels, answer, &value))
        })
        .collect();
    headers.sort();
    format!("{}\n{}\n{text}", answer.status, headers.join("\n"))
}

/// A tag made of the body says no more than the body, whose ids are random; its revision is kept.
fn tag(answer: &Answer, sent: &str) -> String {
    let of_body = hex::encode(&Sha256::digest(answer.text.as_bytes())[..16]);
    sent.replace(&of_body, "OF-THE-BODY")
}

fn steady(labels: &HashMap<String, String>, answer: &Answer, text: &str) -> String {
    let policy = answer.header("content-security-policy");
    let nonce =
        policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("no nonce").to_owned();
    let trace = answer.header("x-request-id");
    let mut text = text.replace(&nonce, "NONCE");
    if !trace.is_empty() {
        text = text.replace(&trace, "TRACE");
    }
    without_ids(labels, &text)
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
    // From hyphen to hyphen: a page is long, and most of it is none.
    let hyphens = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'-').map(|(at, _)| at);
    hyphens.filter_map(|at| at.checked_sub(8)).find(|at| fits(*at))
}

#[test]
fn answers_that_differ_in_one_word_or_tag_are_told_apart() {
    let answer = |status: u16, tag: &str, text: &str| Answer {
        status: reqwest::StatusCode::from_u16(status).unwrap(),
        headers: reqwest::header::HeaderMap::from_iter([(reqwest::header::ETAG, tag.parse().unwrap())]),
        text: text.to_owned(),
    };
    let of_body = |text: &str| format!("\"{}\"", hex::encode(&Sha256::digest(text.as_bytes())[..16]));
    let labels = HashMap::from([
        ("11111111-0000-7000-8000-000000000000".to_owned(), "file-1".to_owned()),
        ("22222222-0000-7000-8000-000000000000".to_owned(), "file-1".to_owned()),
    ]);
    let told = |answer: &Answer| essence(&labels, answer, "\"given\"");
    let one = "{\"id\":\"11111111-0000-7000-8000-000000000000\"}";
    let same = "{\"id\":\"22222222-0000-7000-8000-000000000000\"}";
    assert_eq!(told(&answer(200, &of_body(one), one)), told(&answer(200, &of_body(same), same)));
    let base = answer(200, "\"7\"", "{\"count\":1}");
    for other in [
        answer(200, "\"8\"", "{\"count\":1}"),
        answer(200, "\"7\"", "{\"count\":2}"),
        answer(404, "\"7\"", "{\"count\":1}"),
        answer(200, "\"given\"", "{\"count\":1}"),
    ] {
        assert_ne!(told(&base), told(&other));
    }
}
