//! The public log of publications: what became public when, each record chained to the one before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The name of the records' canonical form, so that another one can follow it one day.
pub const FORM: &str = "publication-1";

/// One publication: everything that a bundle made public at one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// 1, 2, 3 … without gaps.
    pub sequence: i64,
    /// The release of the calendar that came with it.
    pub release: Option<NamedRelease>,
    /// When it was meant to be; `None` where it was published by hand.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// When it became public.
    pub published_at: DateTime<Utc>,
    /// What became public, in the bundle's order.
    pub versions: Vec<LoggedVersion>,
    /// The hash of the record before; 64 zeros before the first.
    pub previous_hash: String,
    /// SHA-256 over the canonical form, in lower-case hexadecimal.
    pub hash: String,
}

/// A release as it was called when it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRelease {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
}

/// A version that became public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedVersion {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// The dataset's title, public with it.
    pub title: String,
    /// Its files, in their order.
    pub files: Vec<LoggedFile>,
}

/// A file that became public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedFile {
    /// The name.
    pub filename: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
}

impl Publication {
    /// How long after its instant it became public, in milliseconds.
    #[must_use]
    pub fn delay_ms(&self) -> Option<i64> {
        Some((self.published_at - self.scheduled_at?).num_milliseconds())
    }

    /// The text that is hashed: the record as the API answers it, without `hash`, in the form of RFC 8785.
    ///
    /// Members in the order of their names, no spaces, whole numbers, and in strings only `"`, `\` and characters below
    /// U+0020 escaped.
    #[must_use]
    pub fn canonical(&self) -> String {
        let version = |version: &LoggedVersion| {
            json!({
                "dataset_id": version.dataset_id,
                "edition": version.edition,
                "version": version.version.to_string(),
                "title": version.title,
                "files": version.files,
            })
        };
        let record: Value = json!({
            "form": FORM,
            "sequence": self.sequence,
            "release": self.release,
            "scheduled_at": self.scheduled_at,
            "published_at": self.published_at,
            "delay_ms": self.delay_ms(),
            "versions": self.versions.iter().map(version).collect::<Vec<_>>(),
            "previous_hash": self.previous_hash,
        });
        record.to_string()
    }
}

/// What a page of the public log is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    /// Only what made something of this dataset public.
    pub dataset: Option<String>,
    /// Only the publication of this release.
    pub release: Option<String>,
    /// Entries skipped.
    pub offset: u32,
    /// The most entries wanted.
    pub limit: u32,
}

/// A page of the public log, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The entries.
    pub items: Vec<Publication>,
    /// All that there are.
    pub total_count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_is_that_of_rfc_8785() {
        let file = LoggedFile { filename: "a \"ŵ\"\n.csv".into(), size: 12, sha256: "ab".into() };
        let publication = Publication {
            sequence: 7,
            release: Some(NamedRelease { id: "gdp".into(), title: "GDP".into(), title_cy: None }),
            scheduled_at: Some("2026-11-28T09:30:00Z".parse().unwrap()),
            published_at: "2026-11-28T09:30:00.0805Z".parse().unwrap(),
            versions: vec![LoggedVersion {
                dataset_id: "gdp".into(),
                edition: "all".into(),
                version: 2,
                title: "GDP".into(),
                files: vec![file],
            }],
            previous_hash: "0".into(),
            hash: "not a part of it".into(),
        };
        let expected = concat!(
            r#"{"delay_ms":80,"form":"publication-1","previous_hash":"0","published_at":"2026-11-28T09:30:00.080500Z","#,
            r#""release":{"id":"gdp","title":"GDP","title_cy":null},"scheduled_at":"2026-11-28T09:30:00Z","sequence":7,"#,
            r#""versions":[{"dataset_id":"gdp","edition":"all","files":[{"filename":"a \"ŵ\"\n.csv","sha256":"ab","size":12}],"#,
            r#""title":"GDP","version":"2"}]}"#,
        );
        assert_eq!(publication.canonical(), expected);
    }

    #[test]
    fn what_was_published_by_hand_has_no_delay() {
        let text = r#"{"sequence":1,"release":null,"scheduled_at":null,"published_at":"2026-11-28T09:30:00Z","versions":[],"previous_hash":"","hash":""}"#;
        let publication: Publication = serde_json::from_str(text).unwrap();
        assert_eq!(publication.delay_ms(), None);
        assert!(publication.canonical().contains(r#""delay_ms":null"#));
    }
}
