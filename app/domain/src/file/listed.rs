//! The list of all files: what is asked of it, and where it goes on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{File, FileState};
use crate::text::escaped;

/// What is asked of the list, as it stands in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesAsked {
    /// Where the files stand.
    #[serde(default)]
    pub state: String,
    /// Their format, such as `csv`.
    #[serde(default)]
    pub format: String,
    /// A part of their names.
    #[serde(default)]
    pub q: String,
    /// A part of the name of who sent them.
    #[serde(default)]
    pub by: String,
    /// The last file of the page before.
    #[serde(default)]
    pub after: String,
}

impl FilesAsked {
    /// The state that is asked for, if it is one.
    #[must_use]
    pub fn state(&self) -> Option<FileState> {
        FileState::parse(&self.state)
    }

    /// The place after which the list goes on.
    #[must_use]
    pub fn place(&self) -> Option<(DateTime<Utc>, String)> {
        let (at, id) = self.after.split_once('.')?;
        Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.to_owned()))
    }

    /// The address of the list, from its beginning or after a place.
    #[must_use]
    pub fn address(&self, after: &str) -> String {
        let pairs = [
            ("state", self.state.as_str()),
            ("format", self.format.as_str()),
            ("q", self.q.as_str()),
            ("by", self.by.as_str()),
            ("after", after),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let set: Vec<String> = set.map(|(name, value)| format!("{name}={}", escaped(value.trim()))).collect();
        if set.is_empty() { "/admin/files".to_owned() } else { format!("/admin/files?{}", set.join("&")) }
    }
}

/// The place of a file in the list.
#[must_use]
pub fn place_of(file: &File) -> String {
    format!("{}.{}", file.created_at.timestamp_micros(), file.id)
}

/// A file of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedFile {
    /// The file, without what was found in its table.
    pub file: File,
    /// Who sent it, where that was kept.
    pub uploaded_by: Option<String>,
    /// What is wrong with it, or waits for somebody.
    pub problem: Option<String>,
}

/// A part of the list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedFiles {
    /// The files.
    pub files: Vec<ListedFile>,
    /// The place after which there are more.
    pub next: Option<String>,
    /// The largest file that is taken, in bytes.
    pub max_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_holds_what_was_asked_and_where_it_goes_on() {
        let asked = FilesAsked { q: "gdp & co".into(), state: "failed".into(), ..FilesAsked::default() };
        assert_eq!(asked.address(""), "/admin/files?state=failed&q=gdp%20%26%20co");
        assert_eq!(asked.address("12.a"), "/admin/files?state=failed&q=gdp%20%26%20co&after=12.a");
        assert_eq!(FilesAsked::default().address(""), "/admin/files");
        assert_eq!(asked.state(), Some(FileState::Failed));
    }

    #[test]
    fn a_place_that_is_none_begins_anew() {
        let after = |after: &str| FilesAsked { after: after.into(), ..FilesAsked::default() }.place();
        assert_eq!(after("1500000.a.b"), Some((DateTime::from_timestamp_micros(1_500_000).unwrap(), "a.b".to_owned())));
        assert_eq!(after(""), None);
        assert_eq!(after("soon.a"), None);
    }
}
