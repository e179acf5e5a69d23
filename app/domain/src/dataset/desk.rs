//! The portal's list of datasets: what it is asked by, what it shows, and what is changed of several at once.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{DatasetMetadata, NextRelease};
use crate::page::Page;
use crate::text::escaped;
use crate::topic::{Department, Topic};
use crate::version::VersionState;
use crate::wire::wire_enum;

/// The most datasets that are changed at once.
pub const MOST: usize = 100;

wire_enum! {
    /// What somebody should see to in a dataset.
    DatasetIssue {
        /// Nobody is named to ask.
        NoContact => "no_contact",
        /// No licence is named.
        NoLicence => "no_licence",
        /// It stands under no topic.
        NoTopic => "no_topic",
        /// Nothing is said of the next release.
        NoNextRelease => "no_next_release",
        /// The day of the next release has passed.
        Stale => "stale",
    }
}

impl DatasetIssue {
    /// What it is called in lists.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NoContact => "No contact",
            Self::NoLicence => "No licence",
            Self::NoTopic => "No topic",
            Self::NoNextRelease => "No next release",
            Self::Stale => "Next release has passed",
        }
    }
}

wire_enum! {
    /// How the list is sorted.
    DatasetOrder {
        /// By title.
        Title => "title",
        /// What changed last first.
        Changed => "changed",
        /// What is expected soonest first; what names no day comes last.
        NextRelease => "next_release",
    }
}

wire_enum! {
    /// What is changed of several datasets at once.
    DatasetChange {
        /// The topic under which they stand.
        Topic => "topic",
        /// Who owns them.
        Department => "department",
        /// When their next version is expected.
        NextRelease => "next_release",
    }
}

wire_enum! {
    /// A column of the list that can be left out.
    DatasetColumn {
        /// Where the newest version stands.
        Latest => "latest",
        /// When the next is expected.
        NextRelease => "next_release",
        /// What somebody should see to.
        Issues => "issues",
        /// When it last changed.
        Changed => "changed",
    }
}

impl DatasetColumn {
    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Latest => "Latest version",
            Self::NextRelease => "Next release",
            Self::Issues => "Issues",
            Self::Changed => "Last changed",
        }
    }
}

/// Where the newest version of a dataset stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Latest {
    /// There is no version yet.
    Missing,
    /// It is in this state.
    In(VersionState),
}

impl Latest {
    /// Reads the word of an address.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word == "none" { Some(Self::Missing) } else { VersionState::parse(word).map(Self::In) }
    }

    /// The word of an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "none",
            Self::In(state) => state.as_str(),
        }
    }
}

/// What the address of the list says; everything empty asks for all datasets by title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetQuery {
    /// Only those whose title or id holds this.
    pub q: String,
    /// Only those whose newest version stands here.
    pub latest: Option<Latest>,
    /// Only those under this topic or one below it.
    pub topic: String,
    /// Only those of this department.
    pub department: String,
    /// Only those with this issue.
    pub issue: Option<DatasetIssue>,
    /// How they are sorted.
    pub order: DatasetOrder,
    /// The columns that were chosen, in the order of the table; none means all of them.
    #[serde(default)]
    pub columns: Vec<DatasetColumn>,
    /// The page, from 1.
    pub page: u32,
}

impl DatasetQuery {
    /// Reads the values of an address, each by its name; several columns are one value, with commas between them.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> String) -> Self {
        let asked = value("columns");
        let is_asked = |column: &DatasetColumn| asked.split(',').any(|word| word == column.as_str());
        Self {
            columns: DatasetColumn::ALL.iter().copied().filter(is_asked).collect(),
            q: value("q"),
            latest: Latest::parse(&value("state")),
            topic: value("topic"),
            department: value("department"),
            issue: DatasetIssue::parse(&value("issue")),
            order: DatasetOrder::parse(&value("sort")).unwrap_or(DatasetOrder::Title),
            page: value("page").parse().unwrap_or(1).max(1),
        }
    }

    /// What narrows the list, by name; what is empty is left out.
    #[must_use]
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let mut values = vec![
            ("q", self.q.trim().to_owned()),
            ("state", self.latest.map_or("", Latest::as_str).to_owned()),
            ("topic", self.topic.clone()),
            ("department", self.department.clone()),
            ("issue", self.issue.map_or("", DatasetIssue::as_str).to_owned()),
        ];
        values.retain(|(_, value)| !value.is_empty());
        values
    }

    /// The columns that are shown beside the title.
    #[must_use]
    pub fn shown(&self) -> &[DatasetColumn] {
        if self.columns.is_empty() { DatasetColumn::ALL } else { &self.columns }
    }

    /// The chosen columns as one value of an address; empty for all of them.
    #[must_use]
    pub fn columns_word(&self) -> String {
        let words: Vec<&str> = self.columns.iter().map(|column| column.as_str()).collect();
        if words.len() == DatasetColumn::ALL.len() { String::new() } else { words.join(",") }
    }

    /// The address that asks for this.
    #[must_use]
    pub fn address(&self) -> String {
        self.at("/admin/datasets")
    }

    /// The address of the same list as a file, which holds all pages and columns.
    #[must_use]
    pub fn file(&self) -> String {
        Self { page: 1, columns: Vec::new(), ..self.clone() }.at("/admin/datasets.csv")
    }

    fn at(&self, path: &str) -> String {
        let mut parts: Vec<String> =
            self.filters().into_iter().map(|(name, value)| format!("{name}={}", escaped(&value))).collect();
        if self.order != DatasetOrder::Title {
            parts.push(format!("sort={}", self.order));
        }
        let columns = self.columns_word();
        if !columns.is_empty() {
            parts.push(format!("columns={columns}"));
        }
        if self.page > 1 {
            parts.push(format!("page={}", self.page));
        }
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}

/// The newest version of a dataset, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestVersion {
    /// Its edition.
    pub edition: String,
    /// Its number.
    pub number: u32,
    /// Where it stands.
    pub state: VersionState,
}

/// A dataset in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetRow {
    /// The slug.
    pub id: String,
    /// The title that editors work on.
    pub title: String,
    /// The slug of its department.
    pub department: String,
    /// The wire word of its state.
    pub state: String,
    /// How many editions the viewer sees.
    pub editions: usize,
    /// The newest version that the viewer sees.
    pub latest: Option<LatestVersion>,
    /// When the next version is expected, as it was written.
    pub next_release: Option<String>,
    /// What somebody should see to; nothing is told of drafts that the viewer does not see.
    pub issues: Vec<DatasetIssue>,
    /// When it last changed.
    pub last_updated: DateTime<Utc>,
    /// The revision to change it by, where the viewer may.
    pub revision: Option<i64>,
}

/// The portal's list of datasets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetDesk {
    /// What was asked for.
    pub query: DatasetQuery,
    /// The page of the table.
    pub rows: Page<DatasetRow>,
    /// Each issue with how many datasets have it among those that the other filters find.
    pub issues: Vec<(DatasetIssue, u64)>,
    /// All topics, each followed by those below it.
    pub topics: Vec<Topic>,
    /// All departments.
    pub departments: Vec<Department>,
    /// What the last change of several did.
    pub changed: Option<DatasetsChanged>,
}

/// What a change of several datasets did to each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetsChanged {
    /// The datasets, in the order in which they were ticked.
    pub datasets: Vec<ChangedDataset>,
}

impl DatasetsChanged {
    /// How many were changed.
    #[must_use]
    pub fn done(&self) -> usize {
        self.datasets.iter().filter(|one| one.refused.is_empty()).count()
    }
}

/// What became of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedDataset {
    /// The slug.
    pub id: String,
    /// The title, or the slug where the dataset is not seen.
    pub title: String,
    /// Why it stays as it is; empty where it was changed.
    pub refused: Vec<String>,
}

impl DatasetMetadata {
    /// What somebody should see to on this day, a day on a UK clock.
    #[must_use]
    pub fn issues(&self, today: NaiveDate) -> Vec<DatasetIssue> {
        let mut issues = self.standing_issues();
        if self.expected_until().is_some_and(|last| last < today) {
            issues.push(DatasetIssue::Stale);
        }
        issues
    }

    /// The issues that no passing day makes.
    #[must_use]
    pub fn standing_issues(&self) -> Vec<DatasetIssue> {
        let found = [
            (DatasetIssue::NoContact, self.contacts.is_empty()),
            (DatasetIssue::NoLicence, self.licence.trim().is_empty()),
            (DatasetIssue::NoTopic, self.topics.is_empty()),
            (DatasetIssue::NoNextRelease, self.next_release.as_deref().is_none_or(|text| text.trim().is_empty())),
        ];
        found.into_iter().filter(|(_, is_so)| *is_so).map(|(issue, _)| issue).collect()
    }

    /// The last day on which the next release would still be in time, where one can be told.
    #[must_use]
    pub fn expected_until(&self) -> Option<NaiveDate> {
        NextRelease::of(self.next_release.as_deref()?).last_day()
    }

    /// The same with this topic before all others.
    #[must_use]
    pub fn under_topic(mut self, topic: &str) -> Self {
        self.topics.retain(|other| other != topic);
        self.topics.insert(0, topic.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Contact;

    #[test]
    fn addresses_say_what_is_asked() {
        let all = DatasetQuery::read(|_| String::new());
        assert_eq!((all.address().as_str(), all.file().as_str()), ("/admin/datasets", "/admin/datasets.csv"));
        assert!(all.filters().is_empty());
        let asked = DatasetQuery::read(|name| match name {
            "q" => "a & b".into(),
            "state" => "submitted".into(),
            "issue" => "stale".into(),
            "sort" => "next_release".into(),
            "page" => "3".into(),
            _ => String::new(),
        });
        assert_eq!(
            asked.address(),
            "/admin/datasets?q=a%20%26%20b&state=submitted&issue=stale&sort=next_release&page=3"
        );
        assert!(asked.file().ends_with("&sort=next_release"), "a file holds all pages");
        let chosen = |words: &'static str| {
            DatasetQuery::read(move |name| if name == "columns" { words.to_owned() } else { String::new() })
        };
        let two = chosen("changed,issues,colour");
        assert_eq!(
            (two.address().as_str(), two.file().as_str()),
            ("/admin/datasets?columns=issues,changed", "/admin/datasets.csv")
        );
        assert_eq!(two.shown(), [DatasetColumn::Issues, DatasetColumn::Changed]);
        assert_eq!(chosen("").shown(), DatasetColumn::ALL);
        assert_eq!(chosen("latest,next_release,issues,changed").address(), "/admin/datasets");
        assert_eq!(Latest::parse("none"), Some(Latest::Missing));
        assert_eq!(DatasetQuery::read(|_| "nonsense".into()).latest, None);
    }

    #[test]
    fn a_dataset_tells_what_is_to_be_seen_to() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let bare = DatasetMetadata { licence: " ".into(), ..DatasetMetadata::default() };
        assert_eq!(
            bare.issues(today),
            [DatasetIssue::NoContact, DatasetIssue::NoLicence, DatasetIssue::NoTopic, DatasetIssue::NoNextRelease]
        );
        let sound = DatasetMetadata {
            contacts: vec![Contact::default()],
            topics: vec!["prices".into(), "trade".into()],
            ..DatasetMetadata::default()
        };
        for (next, is_stale) in [
            ("2026-11-22", true),
            ("22 November 2026", true),
            ("2026-11-23", false),
            ("October 2026", true),
            ("November 2026", false),
            ("Summer 2026", true),
            ("2025", true),
            ("To be announced", false),
            ("When the census is done", false),
        ] {
            let dataset = DatasetMetadata { next_release: Some(next.into()), ..sound.clone() };
            let expected: &[DatasetIssue] = if is_stale { &[DatasetIssue::Stale] } else { &[] };
            assert_eq!(dataset.issues(today), expected, "{next}");
        }
        assert_eq!(sound.clone().under_topic("trade").topics, ["trade", "prices"]);
        assert_eq!(sound.under_topic("health").topics, ["health", "prices", "trade"]);
    }
}
