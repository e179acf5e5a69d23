//! Views of the portal's lists that somebody keeps under a name: the filters of an address, alone or for a team.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::text::check_line;
use crate::wire::wire_enum;

/// The longest name, in characters.
pub const MAX_NAME: usize = 80;
/// The longest query, in bytes; no filter of the portal makes as much.
pub const MAX_QUERY: usize = 1000;
/// So many views of a list somebody keeps at most.
pub const MOST: usize = 30;

wire_enum! {
    /// A list that views are kept of.
    ListOfViews {
        /// Of bundles.
        Bundles => "bundles",
        /// Of datasets.
        Datasets => "datasets",
        /// Of versions, and bundles, that wait for review.
        Versions => "versions",
        /// Of the audit trail.
        Audit => "audit",
    }
}

impl ListOfViews {
    /// The page of the list.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Bundles => "/admin/bundles",
            Self::Datasets => "/admin/datasets",
            Self::Versions => "/admin/review",
            Self::Audit => "/admin/audit",
        }
    }
}

/// A view that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// A UUIDv7.
    pub id: String,
    /// Of which list.
    pub list: ListOfViews,
    /// What it is called.
    pub name: String,
    /// The filters, as the part of the address behind its question mark; empty for the whole list.
    pub query: String,
    /// The id of who keeps it.
    pub owner_id: String,
    /// The name of who keeps it, as it was when it was saved.
    pub owner_name: String,
    /// The team that sees it, too.
    pub team: Option<String>,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

impl SavedView {
    /// The address that asks for it.
    #[must_use]
    pub fn address(&self) -> String {
        let path = self.list.path();
        if self.query.is_empty() { path.to_owned() } else { format!("{path}?{}", self.query) }
    }

    /// What is wrong with what was sent.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_line(&mut problems, "name", &self.name, MAX_NAME);
        let is_query = self.query.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\"<>\\".contains(&byte));
        if !is_query || self.query.len() > MAX_QUERY {
            problems.push(FieldProblem::new("query", "unreadable", "These filters cannot be kept. Choose fewer."));
        }
        problems
    }
}

/// The filters of an address without the page of the list, which differs from day to day, and without the check of the audit trail's
/// chain, which is asked for each time.
#[must_use]
pub fn kept_query(query: &str) -> String {
    let is_passing = |part: &str| ["page=", "verify="].iter().any(|name| part.starts_with(name));
    let kept = query.split('&').filter(|part| !part.is_empty() && !is_passing(part) && !part.ends_with('='));
    kept.collect::<Vec<_>>().join("&")
}

/// The views of a list that somebody sees, and the teams they may share one with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedViews {
    /// Their own and those of their teams, by name.
    pub views: Vec<SavedView>,
    /// Their teams, by id and name.
    pub teams: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, query: &str) -> SavedView {
        SavedView {
            id: "one".into(),
            list: ListOfViews::Bundles,
            name: name.into(),
            query: query.into(),
            owner_id: "ann".into(),
            owner_name: "Ann".into(),
            team: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_view_leads_to_its_filters_and_nowhere_else() {
        assert_eq!(view("All", "").address(), "/admin/bundles");
        assert_eq!(view("Due", "state=approved&q=a%20b").address(), "/admin/bundles?state=approved&q=a%20b");
        assert!(view("Due", "state=approved").problems().is_empty());
        for (name, query) in [("", ""), ("Two\nlines", ""), ("Due", "a b"), ("Due", "x#y"), ("Due", "q=\u{e9}")] {
            assert!(!view(name, query).problems().is_empty(), "{name} {query}");
        }
        assert!(!view("Due", &"x".repeat(MAX_QUERY + 1)).problems().is_empty());
    }

    #[test]
    fn neither_pages_nor_empty_filters_are_kept() {
        assert_eq!(kept_query("q=&state=approved&page=3&type=manual"), "state=approved&type=manual");
        assert_eq!(kept_query("actor=ann&verify=yes"), "actor=ann");
        assert_eq!(kept_query(""), "");
    }
}
