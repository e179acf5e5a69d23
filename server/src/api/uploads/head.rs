//! The head of a request of tus 1.0: numbers, metadata and checksum as the protocol writes them.

use axum::http::{HeaderMap, StatusCode, header};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::upload::Meant;
use services::uploads::{Algorithm, Checksum};

use crate::api::ctx::version_number;
use crate::api::problem::Problem;
use crate::http::tus::VERSION;

/// The type of bytes that are added.
pub const BYTES: &str = "application/offset+octet-stream";

/// What programs that upload add of themselves, and nobody here needs.
const IGNORED: [&str; 4] = ["filetype", "type", "name", "relativePath"];

/// Refuses another version of the protocol.
pub fn speaks(headers: &HeaderMap) -> Result<(), Problem> {
    if text(headers, "tus-resumable") == Some(VERSION) {
        return Ok(());
    }
    let message = "Send Tus-Resumable: 1.0.0, the version of the protocol that is spoken here.";
    let problem = Problem::of(StatusCode::PRECONDITION_FAILED, "PRECONDITION_FAILED", message);
    Err(problem.with_header(axum::http::HeaderName::from_static("tus-version"), VERSION))
}

/// Whether the request brings bytes; any other type than theirs is refused.
pub fn brings_bytes(headers: &HeaderMap) -> Result<bool, Problem> {
    match text(headers, header::CONTENT_TYPE.as_str()) {
        Some(BYTES) => Ok(true),
        None if length(headers).is_none_or(|length| length == 0) => Ok(false),
        _ => {
            let message = format!("Send bytes with Content-Type: {BYTES}.");
            Err(Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message))
        }
    }
}

/// How many bytes the request announces.
pub fn length(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_LENGTH.as_str())?.parse().ok()
}

/// A number that the protocol needs.
pub fn number(headers: &HeaderMap, name: &str) -> Result<u64, Refusal> {
    let sent = text(headers, &name.to_ascii_lowercase());
    let digits = sent.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| {
        unreadable(vec![FieldProblem::new(name, "invalid_value", "Give a number of bytes in this header.")])
    })
}

/// How many bytes a new upload has.
///
/// What is not done here is refused and not passed over: an upload that is one part of several would become a file by itself.
pub fn length_of_new(headers: &HeaderMap) -> Result<u64, Refusal> {
    let not_done = [
        ("Upload-Concat", "Uploads are not joined here: send the file as one upload, in as many requests as it needs."),
        (
            "Upload-Defer-Length",
            "Tell with Upload-Length how large the file is: its size is checked before its first byte.",
        ),
    ];
    let is_sent = |(name, _): &(&str, &str)| headers.contains_key(name.to_ascii_lowercase());
    let sent = not_done.into_iter().filter(is_sent);
    let problems: Vec<_> = sent.map(|(name, why)| FieldProblem::new(name, "not_supported", why)).collect();
    if problems.is_empty() { number(headers, "Upload-Length") } else { Err(unreadable(problems)) }
}

/// What the upload is meant to be.
pub fn meant(headers: &HeaderMap) -> Result<Meant, Refusal> {
    let mut problems = Vec::new();
    let mut pairs = std::collections::BTreeMap::new();
    for pair in text(headers, "upload-metadata").unwrap_or("").split(',').map(str::trim).filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let known = ["filename", "dataset_id", "edition", "version", "title", "licence", "licence_url"];
        let decoded =
            base64_simd::STANDARD.decode_to_vec(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if IGNORED.contains(&name) {
            continue;
        }
        match decoded {
            _ if !known.contains(&name) => {
                problems.push(FieldProblem::new(name, "unknown_field", "There is no such field here."));
            }
            None => problems.push(FieldProblem::new(name, "encoding", "Send this as UTF-8 in base64.")),
            Some(value) if value.contains('\0') => {
                problems.push(FieldProblem::new(name, "control_characters", "Leave out control characters."));
            }
            // A file's name is kept as sent or refused.
            Some(value) => {
                let value = if name == "filename" { value } else { value.trim().to_owned() };
                if pairs.insert(name, value).is_some() {
                    problems.push(FieldProblem::new(name, "repeated", "Send this once."));
                }
            }
        }
    }
    let mut take = |name: &str, needed: bool| {
        let value = pairs.remove(name).filter(|value| !value.trim().is_empty());
        if value.is_none() && needed && !problems.iter().any(|p| p.field == name) {
            problems.push(FieldProblem::required(name));
        }
        value
    };
    let (filename, dataset_id) = (take("filename", true), take("dataset_id", true));
    let (edition, version) = (take("edition", true), take("version", true));
    let (title, licence, licence_url) = (take("title", false), take("licence", false), take("licence_url", false));
    let number = version.as_deref().map(version_number);
    if number == Some(None) {
        problems.push(FieldProblem::new("version", "invalid_value", "Give a version's number, such as 1."));
    }
    if !problems.is_empty() {
        return Err(unreadable(problems));
    }
    all_valid(problems)?;
    Ok(Meant {
        filename: filename.unwrap_or_default(),
        dataset_id: dataset_id.unwrap_or_default(),
        edition: edition.unwrap_or_default(),
        version: number.flatten().unwrap_or_default(),
        title,
        licence,
        licence_url,
    })
}

/// The metadata as a sender writes it.
pub fn metadata(meant: &Meant) -> String {
    let version = meant.version.to_string();
    let needed = [
        ("filename", Some(&meant.filename)),
        ("dataset_id", Some(&meant.dataset_id)),
        ("edition", Some(&meant.edition)),
        ("version", Some(&version)),
        ("title", meant.title.as_ref()),
        ("licence", meant.licence.as_ref()),
        ("licence_url", meant.licence_url.as_ref()),
    ];
    let pairs = needed.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let written = pairs.map(|(name, value)| format!("{name} {}", base64_simd::STANDARD.encode_to_string(value)));
    written.collect::<Vec<_>>().join(",")
}

/// What the bytes must add up to.
pub fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refusal> {
    let Some(sent) = text(headers, "upload-checksum") else { return Ok(None) };
    let read = sent.split_once(' ').and_then(|(algorithm, value)| {
        let algorithm = match algorithm {
            "sha256" => Algorithm::Sha256,
            "sha1" => Algorithm::Sha1,
            _ => return None,
        };
        Some(Checksum { algorithm, value: base64_simd::STANDARD.decode_to_vec(value.trim()).ok()? })
    });
    let message = "Give sha256 or sha1, a space and the digest in base64.";
    read.map(Some).ok_or_else(|| unreadable(vec![FieldProblem::new("Upload-Checksum", "invalid_value", message)]))
}

fn unreadable(problems: Vec<FieldProblem>) -> Refusal {
    Refusal::Unreadable { problems }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn metadata_is_read_as_it_is_written() {
        let meant = Meant {
            dataset_id: "cpi".into(),
            edition: "time-series".into(),
            version: 2,
            filename: "ffigurau-Ynys-Môn.csv".into(),
            title: Some("Ffigurau".into()),
            licence: None,
            licence_url: None,
        };
        let written = metadata(&meant);
        let more = format!("{written},filetype dGV4dC9jc3Y=, relativePath");
        assert_eq!(super::meant(&headers(&[("upload-metadata", &more)])).unwrap(), meant);
        // A name is not changed in silence, not even by a space.
        let spaced = Meant { filename: " lead.csv".into(), ..meant };
        assert_eq!(super::meant(&headers(&[("upload-metadata", &metadata(&spaced))])).unwrap(), spaced);
    }

    #[test]
    fn everything_wrong_with_metadata_is_told() {
        let sent = "filename !,version MHg=,colour cmVk,edition YQ==,edition YQ==";
        let Err(Refusal::Unreadable { problems }) = super::meant(&headers(&[("upload-metadata", sent)])) else {
            panic!("it was taken");
        };
        let mut told: Vec<_> = problems.iter().map(|p| (p.field.as_str(), p.code.as_str())).collect();
        told.sort_unstable();
        let expected = [
            ("colour", "unknown_field"),
            ("dataset_id", "required"),
            ("edition", "repeated"),
            ("filename", "encoding"),
            ("version", "invalid_value"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn checksums_and_numbers_are_read_strictly() {
        assert_eq!(checksum(&headers(&[])).unwrap(), None);
        let right = checksum(&headers(&[("upload-checksum", "sha1 AAEC")])).unwrap().unwrap();
        assert_eq!((right.algorithm, right.value), (Algorithm::Sha1, vec![0, 1, 2]));
        for wrong in ["md5 AAEC", "sha256", "sha256 !"] {
            assert!(checksum(&headers(&[("upload-checksum", wrong)])).is_err(), "{wrong}");
        }
        for wrong in ["-1", "+1", "", "1.0", "99999999999999999999"] {
            assert!(number(&headers(&[("upload-offset", wrong)]), "Upload-Offset").is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_upload_has_a_length_and_is_no_part_of_another() {
        let length = ("upload-length", "10");
        assert_eq!(length_of_new(&headers(&[length])).unwrap(), 10);
        for (more, named) in [
            (vec![("upload-defer-length", "1")], vec!["Upload-Defer-Length"]),
            (vec![length, ("upload-concat", "partial")], vec!["Upload-Concat"]),
            (
                vec![("upload-concat", "final;/a /b"), ("upload-defer-length", "1")],
                vec!["Upload-Concat", "Upload-Defer-Length"],
            ),
            (Vec::new(), vec!["Upload-Length"]),
        ] {
            let Err(Refusal::Unreadable { problems }) = length_of_new(&headers(&more)) else {
                panic!("{more:?} was taken");
            };
            assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), named);
        }
    }

    /// Lines: the headers with their values.
    fn target(bytes: &[u8]) {
        let mut sent = HeaderMap::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let Some(at) = line.iter().position(|byte| *byte == b':') else { continue };
            let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii());
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&line[..at]), value) {
                sent.insert(name, value);
            }
        }
        assert_eq!(speaks(&sent).is_ok(), text(&sent, "tus-resumable") == Some(VERSION));
        let _ = (brings_bytes(&sent).is_ok(), length(&sent));
        for name in ["Upload-Length", "Upload-Offset"] {
            if let Ok(read) = number(&sent, name) {
                let again = read.to_string();
                let written = text(&sent, &name.to_ascii_lowercase()).unwrap().trim_start_matches('0');
                assert_eq!(written, again.trim_start_matches('0'));
            }
        }
        if let Ok(Some(Checksum { algorithm, value })) = checksum(&sent) {
            let word = if algorithm == Algorithm::Sha256 { "sha256" } else { "sha1" };
            let again = format!("{word} {}", base64_simd::STANDARD.encode_to_string(&value));
            let again = checksum(&headers(&[("upload-checksum", &again)])).unwrap().unwrap();
            assert_eq!((again.algorithm, again.value), (algorithm, value));
        }
        match super::meant(&sent) {
            Ok(read) => {
                assert_eq!(super::meant(&headers(&[("upload-metadata", &metadata(&read))])).unwrap(), read);
            }
            Err(Refusal::Unreadable { problems }) => assert!(!problems.is_empty()),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn fuzzed_heads_of_uploads_are_read_or_refused() {
        testkit::fuzz::run("uploads", &[], target);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sent_is_answered(text in "[a-z_]{0,12} ?[A-Za-z0-9+/=, ]{0,60}|\\PC{0,60}", number in "[-+ 0-9a-z]{0,25}") {
            let named = ["upload-metadata", "upload-checksum", "upload-length", "upload-offset", "tus-resumable", "content-type"];
            let mut sent = HeaderMap::new();
            for name in named {
                let value = if matches!(name, "upload-length" | "upload-offset") { &number } else { &text };
                if let Ok(value) = value.parse() {
                    sent.insert(name, value);
                }
            }
            let _ = (speaks(&sent).is_ok(), brings_bytes(&sent).is_ok(), length(&sent), checksum(&sent).is_ok());
            let _ = number_of_bytes(&sent);
            if let Ok(read) = meant(&sent) {
                proptest::prop_assert_eq!(meant(&headers(&[("upload-metadata", metadata(&read).as_str())])).unwrap(), read);
            }
        }
    }

    fn number_of_bytes(sent: &HeaderMap) -> Option<u64> {
        number(sent, "upload-offset").ok()
    }
}
