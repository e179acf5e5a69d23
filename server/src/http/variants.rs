//! Entity tags of compressed answers: other bytes, so another strong tag (RFC 9110 section 8.8.3).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

const ENDINGS: [&str; 3] = ["-gzip\"", "-br\"", "-zstd\""];

/// Takes the endings off the tags that somebody sends back, so that the rest of the program knows one tag a thing.
///
/// Returns the ending of the first tag of `If-None-Match` that had one.
pub fn take_off(headers: &mut HeaderMap) -> Option<&'static str> {
    let mut seen = None;
    for name in [header::IF_NONE_MATCH, header::IF_MATCH] {
        let lines: Vec<String> =
            headers.get_all(&name).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
        let Some(ending) = ENDINGS.into_iter().find(|ending| lines.iter().any(|line| line.contains(ending))) else {
            continue;
        };
        if name == header::IF_NONE_MATCH {
            seen = Some(ending);
        }
        headers.remove(&name);
        for line in lines {
            let plain = ENDINGS.iter().fold(line, |line, ending| line.replace(ending, "\""));
            if let Ok(value) = HeaderValue::from_str(&plain) {
                headers.append(&name, value);
            }
        }
    }
    seen
}

/// Puts the ending on the tag of an answer that leaves compressed, or that stands for one which did.
pub fn put_on(status: StatusCode, headers: &mut HeaderMap, seen: Option<&'static str>) {
    let ending = if status == StatusCode::NOT_MODIFIED {
        seen
    } else {
        let encoding = headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        encoding.and_then(|encoding| ENDINGS.into_iter().find(|ending| ending[1..].trim_end_matches('"') == encoding))
    };
    let tag = headers.get(header::ETAG).and_then(|value| value.to_str().ok());
    if let (Some(ending), Some(opaque)) = (ending, tag.and_then(|tag| tag.strip_suffix('"')))
        && !opaque.starts_with("W/")
        && let Ok(value) = HeaderValue::from_str(&format!("{opaque}{ending}"))
    {
        headers.insert(header::ETAG, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_differ_by_encoding_and_come_back_as_one() {
        let mut answer = HeaderMap::new();
        answer.insert(header::ETAG, "\"r7-ab\"".parse().unwrap());
        answer.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        put_on(StatusCode::OK, &mut answer, None);
        assert_eq!(answer[header::ETAG], "\"r7-ab-gzip\"");

        let mut asked = HeaderMap::new();
        asked.insert(header::IF_NONE_MATCH, "\"x\", W/\"r7-ab-gzip\"".parse().unwrap());
        asked.insert(header::IF_MATCH, "\"r7-ab-br\"".parse().unwrap());
        assert_eq!(take_off(&mut asked), Some("-gzip\""));
        assert_eq!(asked[header::IF_NONE_MATCH], "\"x\", W/\"r7-ab\"");
        assert_eq!(asked[header::IF_MATCH], "\"r7-ab\"");

        let mut known = HeaderMap::new();
        known.insert(header::ETAG, "\"r7-ab\"".parse().unwrap());
        put_on(StatusCode::NOT_MODIFIED, &mut known, Some("-gzip\""));
        assert_eq!(known[header::ETAG], "\"r7-ab-gzip\"");
    }

    #[test]
    fn plain_answers_keep_their_tag() {
        let mut answer = HeaderMap::new();
        answer.insert(header::ETAG, "\"ab\"".parse().unwrap());
        put_on(StatusCode::OK, &mut answer, Some("-gzip\""));
        assert_eq!(answer[header::ETAG], "\"ab\"");
        assert_eq!(take_off(&mut HeaderMap::new()), None);
    }
}
