//! What every answer of resumable uploads owes to the protocol (tus 1.0), and what `OPTIONS` tells of it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

/// The version spoken.
pub const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
const ALGORITHMS: &str = "sha256,sha1";

/// Whether it is an address of resumable uploads.
#[must_use]
pub fn is_upload(path: &str) -> bool {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    path == "/files/uploads" || path.starts_with("/files/uploads/")
}

/// The method that is meant by a POST which names another, as the protocol has it where a line lets neither PATCH nor DELETE through.
#[must_use]
pub fn meant(method: &Method, headers: &HeaderMap) -> Option<Method> {
    let named = headers.get("x-http-method-override").filter(|_| *method == Method::POST)?.as_bytes();
    let other = [Method::PATCH, Method::DELETE];
    other.into_iter().find(|other| named.trim_ascii().eq_ignore_ascii_case(other.as_str().as_bytes()))
}

/// Completes the headers of an answer.
pub fn complete(method: &Method, headers: &mut HeaderMap, most: u64) {
    let mut tell = |name: &'static str, value: HeaderValue| headers.insert(HeaderName::from_static(name), value);
    tell("tus-resumable", HeaderValue::from_static(VERSION));
    if *method == Method::OPTIONS {
        tell("tus-version", HeaderValue::from_static(VERSION));
        tell("tus-extension", HeaderValue::from_static(EXTENSIONS));
        tell("tus-checksum-algorithm", HeaderValue::from_static(ALGORITHMS));
        tell("tus-max-size", HeaderValue::from(most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_alone_may_stand_for_a_change_or_an_end() {
        let named = |word: &str| -> HeaderMap {
            HeaderMap::from_iter([(HeaderName::from_static("x-http-method-override"), word.parse().unwrap())])
        };
        let change = Some(Method::PATCH);
        for (word, method) in [("PATCH", change), (" delete ", Some(Method::DELETE)), ("GET", None), ("", None)] {
            assert_eq!(meant(&Method::POST, &named(word)), method, "{word}");
        }
        assert_eq!(meant(&Method::POST, &HeaderMap::new()), None);
        assert_eq!(meant(&Method::GET, &named("DELETE")), None);
    }
}
