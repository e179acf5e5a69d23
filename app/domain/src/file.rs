//! Files: the bytes of a version.

mod listed;

pub use listed::{FilesAsked, ListedFile, ListedFiles, place_of};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::refusal::FieldProblem;
use crate::table::{Chart, Preview, Problem, Profile};
use crate::wire::wire_enum;

wire_enum! {
    /// Where a file stands.
    FileState {
        /// Announced, no bytes yet.
        Created => "created",
        /// Bytes accepted.
        Uploaded => "uploaded",
        /// Being looked into.
        Processing => "processing",
        /// Fit to be published.
        Ready => "ready",
        /// Public.
        Published => "published",
        /// Public, and also in the public bucket.
        Moved => "moved",
        /// Could not be processed.
        Failed => "failed",
        /// Taken back.
        Withdrawn => "withdrawn",
    }
}

impl FileState {
    /// Whether the file may go public with its version.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        matches!(self, Self::Ready | Self::Published | Self::Moved)
    }
}

/// A file of a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// An opaque id.
    pub id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// The name as sent.
    pub filename: String,
    /// A title for people.
    pub title: String,
    /// The media type.
    pub media_type: String,
    /// The short name of the format, such as `csv`.
    pub format: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Where it stands.
    pub state: FileState,
    /// What was found in the table, if it is one.
    pub profile: Option<Profile>,
    /// The licence, where it differs from the dataset's.
    pub licence: Option<String>,
    /// That licence's address.
    pub licence_url: Option<String>,
    /// Why what was found in it is meant, as an editor confirmed it.
    pub confirmed: Option<String>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
}

impl File {
    /// The same for readers: why something found in it is meant was said among those who work on it.
    #[must_use]
    pub fn without_the_work(self) -> Self {
        Self { confirmed: None, ..self }
    }

    /// Whether something was found in it that nobody has confirmed yet; until then its version stays where it is.
    #[must_use]
    pub fn waits_to_be_confirmed(&self) -> bool {
        self.confirmed.is_none() && self.profile.as_ref().is_some_and(Profile::must_be_confirmed)
    }

    /// Whether it is CSV that was read as a table: what CSV on the Web describes.
    #[must_use]
    pub fn is_csv_table(&self) -> bool {
        self.format == "csv" && self.profile.is_some()
    }

    /// The address of these very bytes, whatever is released later.
    #[must_use]
    pub fn download_path(&self) -> String {
        let name = crate::text::escaped(&self.filename);
        format!("/files/downloads/{}/{name}?edition={}&version={}", self.dataset_id, self.edition, self.version)
    }

    /// The media type, with the encoding that was found in the bytes of a text.
    #[must_use]
    pub fn content_type(&self) -> String {
        match &self.profile {
            Some(profile) if self.media_type.starts_with("text/") => {
                format!("{}; charset={}", self.media_type, profile.encoding.to_ascii_lowercase())
            }
            _ => self.media_type.clone(),
        }
    }
}

/// Names a file for saving: plainly for old readers, exactly for all others (RFC 6266, RFC 8187).
#[must_use]
pub fn disposition(filename: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let fallback: String = filename.chars().map(plain).collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", crate::text::escaped(filename))
}

/// What the pages show of a table: kept beside the file, made once at upload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileSight {
    /// The first rows.
    pub preview: Option<Preview>,
    /// A drawing, where the table is a time series or a short list.
    pub chart: Option<Chart>,
}

wire_enum! {
    /// Where the looking into a file stands.
    FileJobState {
        /// It waits for its turn.
        Queued => "queued",
        /// It is going on.
        Running => "running",
        /// The file cannot be published as it is.
        Failed => "failed",
        /// The same, and no longer in the queue.
        Cleared => "cleared",
        /// The file is ready.
        Done => "done",
    }
}

/// The looking into a file that was too large for it to be done while its sender waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileJob {
    /// The file.
    pub file_id: String,
    /// Where it stands.
    pub state: FileJobState,
    /// How often it was tried.
    pub attempts: u32,
    /// How many of those tries no longer count, since somebody had it tried again.
    pub forgiven: u32,
    /// How far it has come, from 0 to 1.
    pub progress: f32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// What is wrong with the file, line by line.
    pub problems: Vec<Problem>,
    /// When it may be tried next; while it is, until when it is held.
    pub available_at: DateTime<Utc>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
}

impl FileJob {
    /// Whether something may come of it without anybody doing anything.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, FileJobState::Queued | FileJobState::Running)
    }
}

/// The longest file name taken, in characters.
pub const MAX_FILENAME: usize = 200;

/// Whether a name can be kept as sent, on every system that readers have; names are never changed silently.
///
/// It holds for whatever gives a file its name. What was named otherwise before stays readable under that name.
pub fn check_filename(name: &str) -> Result<(), FieldProblem> {
    let refuse = |code: &str, message: &str| Err(FieldProblem::new("file", code, message));
    if name.trim().is_empty() {
        return refuse("filename_missing", "The file needs a name.");
    }
    if name.chars().count() > MAX_FILENAME {
        return refuse("filename_too_long", "The file's name is longer than 200 characters.");
    }
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if name.chars().any(hidden) {
        return refuse("filename_hidden_characters", "The file's name holds invisible characters.");
    }
    if name.contains(['/', '\\', '\0']) || name.contains("%2F") || name.contains("%2f") || name.starts_with('.') {
        return refuse("filename_path", "The file's name may not hold a path or begin with a dot.");
    }
    if let Some(mark) = name.chars().find(|c| matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')) {
        let message = format!(
            "The file's name holds {mark}, so that it cannot be saved on every system. Leave out < > : \" | ? and *."
        );
        return refuse("filename_characters", &message);
    }
    if name.starts_with(char::is_whitespace) || name.ends_with(|c: char| c.is_whitespace() || c == '.') {
        return refuse("filename_edges", "The file's name may not begin or end with a space, or end with a dot.");
    }
    let stem = name.split('.').next().unwrap_or("").trim().to_ascii_lowercase();
    let device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    if device {
        return refuse("filename_reserved", "The file's name is reserved on some systems.");
    }
    Ok(())
}

/// Whether two names are those of one file on systems that tell neither capital from small letters nor the ways apart in which a
/// letter with an accent can be written: only one of them would be left of both when an archive is unpacked there.
///
/// Names are compared as The Unicode Standard defines a canonical caseless match (section 3.13, D145).
#[must_use]
pub fn is_same_filename(one: &str, other: &str) -> bool {
    let folded = |name: &str| -> String {
        // Capital letters first, so that letters which are two of them, such as ß, match those.
        name.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
    };
    one == other || folded(one) == folded(other)
}

/// The format and media type that a file name claims, or `None` for one we do not take.
#[must_use]
pub fn format_of(name: &str) -> Option<(&'static str, &'static str)> {
    let lower = name.to_lowercase();
    let known = [
        (".csv-metadata.json", "csvw", "application/csvm+json"),
        (".csv", "csv", "text/csv"),
        (".xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (".xls", "xls", "application/vnd.ms-excel"),
        (".ods", "ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (".json", "json", "application/json"),
        (".xml", "sdmx", "application/xml"),
        (".pdf", "pdf", "application/pdf"),
        (".zip", "zip", "application/zip"),
        (".txt", "txt", "text/plain"),
    ];
    known.into_iter().find(|(suffix, _, _)| lower.ends_with(suffix)).map(|(_, format, media_type)| (format, media_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_sent_or_refused() {
        for good in ["gdp.csv", "ffigurau-Ynys-Môn.csv", "a b.csv", "consumer.csv", "a;b,c&d=e%f#g'(1)[2]{3}.csv"] {
            assert!(check_filename(good).is_ok(), "{good}");
        }
        let long = format!("{}.csv", "x".repeat(300));
        for bad in ["../../escape.csv", "a b%2Fc.csv", "con.csv", "", " ", "rhag\u{202e}vsc.exe", ".hidden", &long] {
            assert!(check_filename(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_can_be_saved_on_every_system() {
        let code = |name: &str| check_filename(name).err().map(|problem| problem.code).unwrap_or_default();
        for mark in ['<', '>', ':', '"', '|', '?', '*'] {
            assert_eq!(code(&format!("a{mark}b.csv")), "filename_characters", "{mark}");
        }
        assert!(check_filename("q?#.csv").unwrap_err().message.contains("holds ?"));
        assert_eq!(code("a\\b.csv"), "filename_path");
        for edge in [" lead.csv", "\u{a0}lead.csv", "trail.csv ", "trail.csv."] {
            assert_eq!(code(edge), "filename_edges", "{edge}");
        }
    }

    #[test]
    fn names_are_one_whatever_their_case_and_the_way_accents_are_written() {
        for (one, other) in [
            ("a.csv", "A.csv"),
            ("M\u{f4}n.csv", "Mo\u{302}n.csv"),
            ("STRASSE.csv", "straße.csv"),
            ("σας.txt", "ΣΑΣ.txt"),
        ] {
            assert!(is_same_filename(one, other) && is_same_filename(other, one), "{one} {other}");
        }
        for (one, other) in [("a.csv", "b.csv"), ("Mon.csv", "Môn.csv"), ("a.csv", "a.CSVW"), ("ı.csv", "j.csv")] {
            assert!(!is_same_filename(one, other), "{one} {other}");
        }
    }

    #[test]
    fn names_reach_every_reader() {
        assert_eq!(disposition("gdp.csv"), "attachment; filename=\"gdp.csv\"; filename*=UTF-8''gdp.csv");
        assert_eq!(
            disposition("ffigurau Ynys-Môn \"1\".csv"),
            "attachment; filename=\"ffigurau Ynys-M_n _1_.csv\"; filename*=UTF-8''ffigurau%20Ynys-M%C3%B4n%20%221%22.csv"
        );
    }

    #[test]
    fn formats_follow_the_name() {
        assert_eq!(format_of("A.CSV"), Some(("csv", "text/csv")));
        assert_eq!(format_of("a.csv-metadata.json").map(|f| f.0), Some("csvw"));
        assert_eq!(format_of("a.exe"), None);
    }
}
