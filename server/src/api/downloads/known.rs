//! Whether a reader has a file already (RFC 9110, section 13).

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

use super::{http_date, in_seconds};
use crate::api::etag::none_match_holds;

/// What an address gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// The same bytes, as long as it gives any.
    TheSame,
    /// Those of whatever is the latest version.
    TheLatest,
}

/// Whether the reader has the file with this tag that was taken in at this instant. A tag that is sent decides alone.
///
/// The latest version may have been taken in long before it became the latest, even before the reader took the one before, and
/// gives its place up again when it is recalled: of such an address nothing but the very date of the file tells that it is the same.
pub(super) fn has_it(headers: &HeaderMap, tag: &str, taken_in: DateTime<Utc>, gives: Gives) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return none_match_holds(headers, tag);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    since.is_some_and(|since| match gives {
        Gives::TheSame => httpdate::parse_http_date(since).is_ok_and(|since| since >= in_seconds(taken_in)),
        Gives::TheLatest => since.trim() == http_date(taken_in),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"sha256-1\"";

    fn known(sent: &[(header::HeaderName, &str)], gives: Gives) -> bool {
        let headers: HeaderMap = sent.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        // Within the second of the date that is told.
        has_it(&headers, TAG, DateTime::from_timestamp(784_111_777, 999_000_000).unwrap(), gives)
    }

    #[test]
    fn a_date_tells_of_bytes_that_stay_and_of_others_only_if_it_is_theirs() {
        for (date, same, latest) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", true, true),
            ("Sun, 06 Nov 1994 08:49:38 GMT", true, false),
            ("Sunday, 06-Nov-94 08:49:37 GMT", true, false),
            ("Sun, 06 Nov 1994 08:49:36 GMT", false, false),
            ("yesterday", false, false),
            ("", false, false),
        ] {
            let sent = [(header::IF_MODIFIED_SINCE, date)];
            assert_eq!((known(&sent, Gives::TheSame), known(&sent, Gives::TheLatest)), (same, latest), "{date}");
        }
        assert!(!known(&[], Gives::TheSame));
    }

    #[test]
    fn a_tag_decides_alone() {
        let date = (header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT");
        for gives in [Gives::TheSame, Gives::TheLatest] {
            assert!(known(&[(header::IF_NONE_MATCH, TAG), (header::IF_MODIFIED_SINCE, "yesterday")], gives));
            assert!(!known(&[(header::IF_NONE_MATCH, "\"sha256-2\""), date.clone()], gives));
        }
    }
}
