//! Entity tags: what an answer is known by, and what a change is based on.

use axum::http::{HeaderMap, header};
use domain::refusal::Refusal;
use services::ServiceError;
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// No row has this revision, so a change based on it is refused as stale, after everything that is refused before.
const NO_REVISION: i64 = -1;

/// The strong tag of these bytes; with a revision it can be sent back in `If-Match`.
#[must_use]
pub fn tag_of(revision: Option<i64>, bytes: &[u8]) -> String {
    let digest = hex::encode(&Sha256::digest(bytes)[..16]);
    match revision {
        Some(revision) => format!("\"r{revision}-{digest}\""),
        None => format!("\"{digest}\""),
    }
}

/// Whether the caller has what the tag stands for already (weak comparison, RFC 9110 section 13.1.2).
#[must_use]
pub fn none_match_holds(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |text: &str| text.strip_prefix("W/").unwrap_or(text).to_owned();
    tags(headers, &header::IF_NONE_MATCH).iter().any(|sent| sent == "*" || opaque(sent) == opaque(tag))
}

/// The tags of a header, `W/` and quotes included.
fn tags(headers: &HeaderMap, name: &header::HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(split_tags).collect()
}

/// Splits at commas outside quotes.
fn split_tags(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            ',' if !quoted => found.push(String::new()),
            _ => {
                quoted ^= c == '"';
                if let Some(last) = found.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    found.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// The revisions that a change may be based on.
#[derive(Clone, Debug)]
pub struct IfMatch(Option<Vec<String>>);

impl IfMatch {
    /// What the headers say.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self(headers.contains_key(header::IF_MATCH).then(|| tags(headers, &header::IF_MATCH)))
    }

    /// The revision to hand on where one is needed; [`IfMatch::explain`] tells absence from staleness.
    #[must_use]
    pub fn required(&self, current: i64) -> i64 {
        self.optional(current).unwrap_or(NO_REVISION)
    }

    /// The revision to hand on where none is needed.
    #[must_use]
    pub fn optional(&self, current: i64) -> Option<i64> {
        let sent = self.0.as_ref()?;
        let holds = sent.iter().any(|tag| tag == "*" || revision_of(tag) == Some(current));
        Some(if holds { current } else { NO_REVISION })
    }

    /// The problem of a change that needed a revision.
    #[must_use]
    pub fn explain(&self, error: ServiceError) -> Problem {
        match error {
            ServiceError::Refused(Refusal::Stale) if self.0.is_none() => Refusal::RevisionNeeded.into(),
            other => other.into(),
        }
    }
}

/// The revision in `"r7-…"` or `"r7"`; weak tags do not count (RFC 9110 section 13.1.1).
fn revision_of(tag: &str) -> Option<i64> {
    let opaque = tag.strip_prefix("\"r")?.strip_suffix('"')?;
    let number = opaque.split('-').next().unwrap_or(opaque);
    number.parse().ok().filter(|revision| *revision >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_tag_that_was_read_can_be_sent_back() {
        let tag = tag_of(Some(7), b"{}");
        for (sent, expected) in [
            (tag.as_str(), 7),
            ("\"r7\"", 7),
            ("*", 7),
            ("\"x,y\", \"r7\"", 7),
            ("W/\"r7\"", -1),
            ("\"r6\"", -1),
            ("r7", -1),
        ] {
            let if_match = IfMatch::of(&headers(header::IF_MATCH, sent));
            assert_eq!(if_match.required(7), expected, "{sent}");
        }
    }

    #[test]
    fn absence_and_staleness_are_told_apart() {
        let stale = || ServiceError::Refused(Refusal::Stale);
        let absent = IfMatch::of(&HeaderMap::new());
        assert_eq!((absent.required(7), absent.optional(7)), (-1, None));
        assert_eq!(absent.explain(stale()).status(), 428);
        assert_eq!(IfMatch::of(&headers(header::IF_MATCH, "\"r1\"")).explain(stale()).status(), 412);
    }

    #[test]
    fn what_the_caller_has_is_compared_weakly() {
        let tag = tag_of(None, b"{}");
        for sent in [format!("W/{tag}"), tag.clone(), "*".to_owned(), format!("\"a\", {tag}")] {
            assert!(none_match_holds(&headers(header::IF_NONE_MATCH, &sent), &tag), "{sent}");
        }
        assert!(!none_match_holds(&headers(header::IF_NONE_MATCH, "\"a\""), &tag));
        assert_ne!(tag, tag_of(None, b"[]"));
    }
}
