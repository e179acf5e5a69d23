//! Which bytes are wanted (RFC 9110, section 14).

use std::ops::RangeInclusive;

use axum::http::{HeaderMap, header};

/// The part of a file to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::api) enum Part {
    /// All of it: nothing else was asked for, or not in a way that is served.
    Whole,
    /// These bytes.
    Some(RangeInclusive<u64>),
    /// Bytes that the file does not have.
    Outside,
}

/// Reads `Range` and `If-Range` for a file of this tag, date and size; of several ranges the whole file is sent.
pub(in crate::api) fn wanted(headers: &HeaderMap, tag: &str, date: &str, size: u64) -> Part {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(range) = text(header::RANGE) else { return Part::Whole };
    if headers.contains_key(header::IF_RANGE) {
        let same = text(header::IF_RANGE).is_some_and(|sent| sent == tag || sent == date);
        if !same {
            return Part::Whole;
        }
    }
    let Some((unit, set)) = range.split_once('=') else { return Part::Whole };
    let Some((first, last)) = set.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    match (number(first), number(last)) {
        (Position::Absent, Position::At(0)) => Part::Outside,
        (Position::Absent, Position::At(length)) if size > 0 => Part::Some(size.saturating_sub(length)..=size - 1),
        (Position::At(first), Position::At(last)) if last < first => Part::Whole,
        (Position::At(first), Position::Absent | Position::At(_)) if first >= size => Part::Outside,
        (Position::At(first), Position::Absent) => Part::Some(first..=size - 1),
        (Position::At(first), Position::At(last)) => Part::Some(first..=last.min(size - 1)),
        _ => Part::Whole,
    }
}

enum Position {
    Absent,
    At(u64),
    Unreadable,
}

fn number(text: &str) -> Position {
    let text = text.trim();
    if text.is_empty() {
        return Position::Absent;
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Position::Unreadable;
    }
    // More digits than a number holds: beyond any file.
    Position::At(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn part(range: &str, if_range: Option<&str>) -> Part {
        let mut headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
        if let Some(sent) = if_range {
            headers.insert(header::IF_RANGE, sent.parse().unwrap());
        }
        wanted(&headers, "\"a\"", DATE, 10)
    }

    #[test]
    fn single_ranges_are_served() {
        for (range, expected) in [
            ("bytes=0-0", Part::Some(0..=0)),
            ("bytes=2-", Part::Some(2..=9)),
            ("Bytes = 2-99", Part::Some(2..=9)),
            ("bytes=-3", Part::Some(7..=9)),
            ("bytes=-30", Part::Some(0..=9)),
            ("bytes=10-", Part::Outside),
            ("bytes=99999999999999999999999-", Part::Outside),
            ("bytes=-0", Part::Outside),
        ] {
            assert_eq!(part(range, None), expected, "{range}");
        }
    }

    #[test]
    fn what_is_not_served_gives_the_whole_file() {
        for range in ["bytes=5-2", "bytes=a-b", "lines=0-1", "bytes=0-1,3-4", "bytes=-", "bytes", "bytes=+1-2"] {
            assert_eq!(part(range, None), Part::Whole, "{range}");
        }
    }

    #[test]
    fn a_range_of_another_state_of_the_file_gives_the_whole() {
        assert_eq!(part("bytes=0-1", Some("\"a\"")), Part::Some(0..=1));
        assert_eq!(part("bytes=0-1", Some(DATE)), Part::Some(0..=1));
        for other in ["\"b\"", "W/\"a\"", "Sun, 06 Nov 1994 08:49:38 GMT"] {
            assert_eq!(part("bytes=0-1", Some(other)), Part::Whole, "{other}");
        }
    }

    /// Lines: the range, the state of the file that it is of, and the file's size.
    fn target(bytes: &[u8]) {
        let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
        let mut headers = HeaderMap::new();
        for name in [header::RANGE, header::IF_RANGE] {
            let line = lines.next().unwrap_or_default();
            if let Some(value) = HeaderValue::from_bytes(line).ok().filter(|_| !line.is_empty()) {
                headers.insert(name, value);
            }
        }
        let size: u64 = lines.next().and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok()).unwrap_or(10);
        if let Part::Some(part) = wanted(&headers, "\"a\"", DATE, size) {
            assert!(part.start() <= part.end() && *part.end() < size, "{headers:?} of {size}: {part:?}");
            let again = format!("bytes={}-{}", part.start(), part.end());
            let headers = HeaderMap::from_iter([(header::RANGE, again.parse().unwrap())]);
            assert_eq!(wanted(&headers, "\"a\"", DATE, size), Part::Some(part));
        }
    }

    #[test]
    fn fuzzed_ranges_stay_within_the_file() {
        testkit::fuzz::run("ranges", &[], target);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sent_no_byte_outside_is_served(
            range in "(bytes|Bytes|lines)?[ =]{0,2}[-0-9, =a]{0,30}|\\PC{0,40}",
            size in 0_u64..20,
        ) {
            let Ok(value) = range.parse() else { return Ok(()) };
            let headers = HeaderMap::from_iter([(header::RANGE, value)]);
            if let Part::Some(part) = wanted(&headers, "\"a\"", DATE, size) {
                proptest::prop_assert!(part.start() <= part.end() && *part.end() < size, "{range} of {size}: {part:?}");
            }
        }
    }
}
