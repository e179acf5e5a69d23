//! Pages that are the same for everybody: without the nonce of one answer, with a tag, so that they can be remembered.
//!
//! The policy of such a page names its scripts by their hashes (Content Security Policy Level 3, section 2.3.1), which
//! are as strict as a nonce and stay true however often the page is sent.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64_simd::STANDARD;
use sha2::{Digest, Sha256};

use super::policy_with;

/// Settles a rendered page; one without a nonce is left as it is.
pub async fn settle(answer: Response) -> Response {
    let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
    let Some(nonce) = policy.and_then(nonce_of).map(str::to_owned) else { return answer };
    let (mut parts, body) = answer.into_parts();
    let rendered = match to_bytes(body, usize::MAX).await {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::error!(%error, "a page broke off while it was rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let (html, hashes) = without_nonce(&String::from_utf8_lossy(&rendered), &nonce);
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(html.as_bytes())[..16]));
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy_with(&hashes.join(" ")))),
        (header::ETAG, HeaderValue::from_str(&tag)),
        (header::CONTENT_LENGTH, Ok(HeaderValue::from(html.len()))),
        (header::CACHE_CONTROL, Ok(HeaderValue::from_static("public, max-age=0, must-revalidate"))),
    ];
    for (name, value) in headers {
        if let Ok(value) = value {
            parts.headers.insert(name, value);
        }
    }
    Response::from_parts(parts, Body::from(html))
}

/// The nonce that a policy names.
pub(super) fn nonce_of(policy: &str) -> Option<&str> {
    policy.split_once("'nonce-")?.1.split_once('\'').map(|(nonce, _)| nonce)
}

/// The page without the nonce, and the hashes of the scripts that carried it, as sources of a policy.
fn without_nonce(html: &str, nonce: &str) -> (String, Vec<String>) {
    let attribute = format!(" nonce=\"{nonce}\"");
    let mut settled = String::with_capacity(html.len());
    let mut hashes: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(&attribute) {
        settled.push_str(before);
        let opening = before.rsplit('<').next().unwrap_or("");
        // Data is not run, so no policy speaks of it.
        if opening.starts_with("script") && !opening.contains("json") && !opening.contains("src=") {
            let script = after.split_once('>').map_or("", |(_, rest)| rest);
            let script = script.split_once("</script").map_or("", |(script, _)| script);
            let hash = format!("'sha256-{}'", STANDARD.encode_to_string(Sha256::digest(script)));
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        rest = after;
    }
    settled.push_str(rest);
    (settled, hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_named_by_their_hashes_and_data_is_not() {
        let html = "<head><script type=\"module\" nonce=\"N\">alert('Hello, world.');</script>\
                    <script type=\"application/ld+json\" nonce=\"N\">{}</script><script nonce=\"other\">x</script>\
                    <script nonce=\"N\">alert('Hello, world.');</script></head>";
        let (settled, hashes) = without_nonce(html, "N");
        // The example of the specification's own text.
        assert_eq!(hashes, ["'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"]);
        assert!(!settled.contains("\"N\"") && settled.contains("<script nonce=\"other\">"));
    }

    #[test]
    fn the_nonce_is_read_from_the_policy() {
        assert_eq!(nonce_of(&super::super::policy("abc_-1")), Some("abc_-1"));
        assert_eq!(nonce_of("default-src 'none'"), None);
    }
}
