//! Answers without what differs from request to request or is numbered at random.

use sha2::{Digest, Sha256};

use super::world::{NOTHING, World};
use crate::support::{Answer, Caller};

/// Headers that differ between any two requests.
const OF_THE_MOMENT: [&str; 6] =
    ["date", "x-request-id", "traceparent", "traceresponse", "ratelimit", "content-security-policy"];

/// Everything that the answer tells: status, headers and body; tags that stand for the body are compared by the body.
pub async fn essence(world: &World, viewer: &Caller, template: &str) -> String {
    let answer = viewer.get(&world.address(template)).await;
    let text = steady(world, &answer, &answer.text);
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = if name == "etag" { tag(&answer, value) } else { value.to_owned() };
            format!("{name}: {}", steady(world, &answer, &value))
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

fn steady(world: &World, answer: &Answer, text: &str) -> String {
    let policy = answer.header("content-security-policy");
    let nonce =
        policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("no nonce").to_owned();
    let trace = answer.header("x-request-id");
    let mut text = text.replace(&nonce, "NONCE");
    if !trace.is_empty() {
        text = text.replace(&trace, "TRACE");
    }
    without_ids(world, &text)
}

/// Ids that the worlds number differently, by their names; others of the same form are all alike.
fn without_ids(world: &World, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = place_of_id(rest) {
        let (before, from) = rest.split_at(at);
        let (id, after) = from.split_at(NOTHING.len());
        out.push_str(before);
        out.push_str(match world.label(id) {
            Some(label) => label,
            None => "SOME-ID",
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn place_of_id(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let fits = |window: &[u8]| {
        window.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit() && !b.is_ascii_uppercase(),
        })
    };
    bytes.windows(NOTHING.len()).position(fits)
}
