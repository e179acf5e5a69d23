//! What readers tell the office about the site and its figures.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::page::Page;
use crate::refusal::FieldProblem;
use crate::text::{check_email, check_line, check_optional};
use crate::wire::wire_enum;

/// The longest message, in characters.
pub const MAX_MESSAGE: usize = 4000;
/// The longest note of whoever deals with it, in characters.
pub const MAX_NOTE: usize = 1000;
/// The longest answer by letter, in characters.
pub const MAX_REPLY: usize = 4000;
/// How long what was told is kept, in days.
pub const KEPT_DAYS: i64 = 365;

wire_enum! {
    /// What sort of thing it is.
    FeedbackKind {
        /// The page was of use.
        Useful => "useful",
        /// The page was of no use.
        NotUseful => "not_useful",
        /// Something is wrong with the page or the figures.
        Problem => "problem",
        /// Something could be better.
        Idea => "idea",
    }
}

impl FeedbackKind {
    /// In words, as staff read it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Useful => "Useful",
            Self::NotUseful => "Not useful",
            Self::Problem => "Problem",
            Self::Idea => "Idea",
        }
    }
}

wire_enum! {
    /// Where it stands.
    FeedbackState {
        /// Nobody has dealt with it.
        New => "new",
        /// Somebody has.
        Handled => "handled",
    }
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFeedback {
    /// What sort of thing it is.
    pub kind: FeedbackKind,
    /// The page that it is about, as a path of this site; empty where it is about none.
    pub page: String,
    /// What is told.
    pub message: String,
    /// Where an answer is wanted, if one is.
    pub address: String,
    /// The language of the page.
    pub language: Language,
}

impl NewFeedback {
    /// Every problem at once; only whether a page was of use can be told without words.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        match self.kind {
            FeedbackKind::Useful | FeedbackKind::NotUseful => {}
            FeedbackKind::Problem | FeedbackKind::Idea if !self.message.trim().is_empty() => {}
            FeedbackKind::Problem | FeedbackKind::Idea => check_line(&mut problems, "message", "", MAX_MESSAGE),
        }
        check_optional(&mut problems, "message", &self.message, MAX_MESSAGE, true);
        if !self.address.is_empty() {
            check_email(&mut problems, "address", &self.address);
        }
        problems
    }
}

/// What somebody told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// An opaque id.
    pub id: String,
    /// What sort of thing it is.
    pub kind: FeedbackKind,
    /// The page that it is about; empty where it is about none.
    pub page: String,
    /// The dataset that the page is of.
    pub dataset_id: Option<String>,
    /// What is told.
    pub message: String,
    /// Where an answer is wanted.
    pub address: Option<String>,
    /// The language of the page.
    pub language: Language,
    /// Where it stands.
    pub state: FeedbackState,
    /// When it was told.
    pub created_at: DateTime<Utc>,
    /// The id of who dealt with it.
    pub handled_by: Option<String>,
    /// When.
    pub handled_at: Option<DateTime<Utc>>,
    /// Their name then.
    pub handled_by_name: Option<String>,
    /// What they noted; it stays where it is put back.
    pub note: Option<String>,
    /// The id of who is to deal with it.
    pub assigned_to: Option<String>,
    /// Their name when it was given to them.
    pub assigned_to_name: Option<String>,
    /// The page of the version that was corrected because of it.
    pub correction: Option<String>,
}

/// The inbox of those who deal with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// What was told.
    pub told: Page<Feedback>,
    /// Those who can deal with it: ids with names.
    pub people: Vec<(String, String)>,
    /// Whether answers can be sent by letter.
    pub by_mail: bool,
}

/// The page of a version that a correction is on, as it is kept: a path of this site, perhaps typed with the site before it.
#[must_use]
pub fn correction_of(typed: &str, site: &str) -> Option<String> {
    let typed = typed.trim();
    let path = page_of(typed.strip_prefix(site.trim_end_matches('/')).unwrap_or(typed));
    let plain = path.strip_prefix("/cy").filter(|rest| rest.starts_with('/')).unwrap_or(&path);
    let words: Vec<&str> = plain.trim_end_matches('/').split('/').collect();
    match words[..] {
        ["", "catalogue", dataset, "editions", edition, "versions", version]
            if !dataset.is_empty() && !edition.is_empty() && version.parse::<u32>().is_ok() =>
        {
            Some(plain.trim_end_matches('/').to_owned())
        }
        _ => None,
    }
}

/// A path of this site as it is kept: without its query, which may tell of the reader; empty where it is none.
#[must_use]
pub fn page_of(path: &str) -> String {
    let bare = path.split(['?', '#']).next().unwrap_or("");
    // Browsers read a backslash as a slash, so that two of either kind lead to another site.
    let local = bare.starts_with('/') && !bare.starts_with("//") && !bare.contains('\\');
    let sound = local && bare.len() <= 500 && !bare.contains(char::is_control);
    if sound { bare.to_owned() } else { String::new() }
}

/// The dataset that a page is of.
#[must_use]
pub fn dataset_of(page: &str) -> Option<String> {
    let page = page.strip_prefix("/cy").filter(|rest| rest.starts_with('/')).unwrap_or(page);
    let id = page.strip_prefix("/catalogue/")?.split('/').next()?;
    (!id.is_empty() && id.len() <= 100).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: FeedbackKind, message: &str, address: &str) -> Vec<String> {
        let new = NewFeedback {
            kind,
            page: String::new(),
            message: message.into(),
            address: address.into(),
            language: Language::En,
        };
        new.problems().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn words_are_needed_where_something_is_told() {
        assert!(told(FeedbackKind::Useful, "", "").is_empty());
        assert_eq!(told(FeedbackKind::Problem, " ", ""), ["message"]);
        assert_eq!(told(FeedbackKind::Idea, &"x".repeat(MAX_MESSAGE + 1), "nobody"), ["message", "address"]);
        assert!(told(FeedbackKind::Idea, "Two\nlines", "a@example.org").is_empty());
    }

    #[test]
    fn a_correction_is_on_the_page_of_a_version() {
        let of = |typed: &str| correction_of(typed, "https://catalogue.example.org");
        let path = "/catalogue/cpi/editions/2026/versions/3";
        assert_eq!(of(path).as_deref(), Some(path));
        assert_eq!(of(&format!(" https://catalogue.example.org/cy{path}/?q=1 ")).as_deref(), Some(path));
        for wrong in ["", "/catalogue/cpi", "/catalogue/cpi/editions/2026/versions/three", "https://elsewhere.example/"]
        {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pages_are_kept_without_what_was_typed() {
        assert_eq!(page_of("/search?q=my+name"), "/search");
        for elsewhere in ["//elsewhere/x", "https://x", "/\\elsewhere/x", "\\\\elsewhere"] {
            assert_eq!(page_of(elsewhere), "", "{elsewhere}");
        }
        assert_eq!(dataset_of("/cy/catalogue/cpi/editions/a").as_deref(), Some("cpi"));
        assert_eq!((dataset_of("/catalogue"), dataset_of("/catalogue/"), dataset_of("/topics/a")), (None, None, None));
    }
}
