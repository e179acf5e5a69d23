//! What the public catalogue can be searched for, and what a search answers.

mod address;
mod findable;
mod syntax;

pub use address::{LONGEST_KEPT, pairs};
pub use findable::findable;
pub use syntax::{Piece, QueryProblem, SearchField, Syntax};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::wire::wire_enum;

/// A topic as search results show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct TopicRef {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
}

/// A department as search results show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct DepartmentRef {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
}

/// A format that a dataset can be had in, with how much that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct FormatSize {
    /// The format, such as `csv`.
    pub format: String,
    /// The bytes of all files of the latest version in it.
    pub bytes: u64,
}

/// Everything the search index keeps of one published dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchDocument {
    /// The slug of the dataset.
    pub dataset_id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
    /// The English description, plain text.
    pub description: String,
    /// The Welsh description, plain text.
    pub description_cy: Option<String>,
    /// The keywords, in either language.
    pub keywords: Vec<String>,
    /// The topics it is filed under.
    pub topics: Vec<TopicRef>,
    /// Ids of those topics and of all above them, so that a parent topic finds it too.
    pub topic_ancestors: Vec<String>,
    /// Who owns it.
    pub department: DepartmentRef,
    /// Who publishes it.
    pub publisher: String,
    /// The formats of its latest files, such as `csv`.
    pub formats: Vec<String>,
    /// How often it is released.
    pub frequency: Option<String>,
    /// The quality designation.
    pub designation: Option<String>,
    /// When its latest version was released.
    pub release_date: DateTime<Utc>,
    /// The titles of its editions, in both languages.
    pub editions: Vec<String>,
    /// What its figures are in.
    #[serde(default)]
    pub unit: Option<String>,
    /// The places it is about.
    #[serde(default)]
    pub geography: Option<String>,
    /// The names and headings of the columns of its tables.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Whether one of its latest tables is drawn as a chart.
    #[serde(default)]
    pub has_chart: bool,
    /// What its latest version comes as: each format with the bytes of its files.
    #[serde(default)]
    pub sizes: Vec<FormatSize>,
    /// The English title of its latest edition.
    #[serde(default)]
    pub edition: String,
    /// The Welsh title of that edition.
    #[serde(default)]
    pub edition_cy: Option<String>,
    /// When its latest version was last corrected, if it was.
    #[serde(default)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// Codes and labels that stand in the dimensions of its tables, as [`findable`] picks them; they can be found, but results
    /// do not carry them.
    #[serde(skip)]
    pub values: Vec<String>,
}

/// The filters of a search, by their names in addresses and answers.
pub const FILTERS: [&str; 9] =
    ["topics", "formats", "years", "frequency", "designation", "geography", "publishers", "departments", "has_chart"];

/// The order of search results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Best match first; without words the newest first.
    #[default]
    Relevance,
    /// Latest release first.
    Newest,
    /// By title in the asked language.
    Title,
}

impl Sort {
    /// Every order, the default first.
    pub const ALL: [Self; 3] = [Self::Relevance, Self::Newest, Self::Title];

    /// The word that stands for this order in an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Title => "title",
        }
    }

    /// Reads the word of an address in any case; unknown words give `None`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str().eq_ignore_ascii_case(word))
    }
}

/// A question to the search index: words, filters, order and page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchQuery {
    /// The words as typed; empty asks for everything.
    pub q: String,
    /// Topic ids, any of which may match.
    pub topics: Vec<String>,
    /// Formats, any of which may match.
    pub formats: Vec<String>,
    /// Years of release, any of which may match.
    pub years: Vec<i32>,
    /// Release frequencies, any of which may match.
    pub frequency: Vec<String>,
    /// Quality designations, any of which may match.
    pub designation: Vec<String>,
    /// Places, any of which may match.
    pub geography: Vec<String>,
    /// Publishers, any of which may match.
    pub publishers: Vec<String>,
    /// Department ids, any of which may match.
    pub departments: Vec<String>,
    /// Whether datasets can be drawn as a chart, either of which may match.
    pub has_chart: Vec<bool>,
    /// The order of the results.
    pub sort: Sort,
    /// The most items wanted.
    pub limit: u32,
    /// Items to skip.
    pub offset: u32,
    /// The language of titles, summaries and labels.
    pub language: Language,
}

impl Default for SearchQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            topics: Vec::new(),
            formats: Vec::new(),
            years: Vec::new(),
            frequency: Vec::new(),
            designation: Vec::new(),
            geography: Vec::new(),
            publishers: Vec::new(),
            departments: Vec::new(),
            has_chart: Vec::new(),
            sort: Sort::default(),
            limit: crate::page::DEFAULT_LIMIT,
            offset: 0,
            language: Language::default(),
        }
    }
}

impl SearchQuery {
    /// Whether everything is asked for: without words and filters.
    #[must_use]
    pub fn is_for_everything(&self) -> bool {
        self.q.is_empty() && FILTERS.iter().all(|filter| self.chosen(filter).is_empty())
    }

    /// The values chosen for one of the [`FILTERS`].
    #[must_use]
    pub fn chosen(&self, filter: &str) -> Vec<String> {
        match filter {
            "topics" => self.topics.clone(),
            "formats" => self.formats.clone(),
            "years" => self.years.iter().map(ToString::to_string).collect(),
            "frequency" => self.frequency.clone(),
            "designation" => self.designation.clone(),
            "geography" => self.geography.clone(),
            "publishers" => self.publishers.clone(),
            "departments" => self.departments.clone(),
            "has_chart" => self.has_chart.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

/// A page of search results with the filters that would narrow it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchPage {
    /// The datasets of this page.
    pub items: Vec<Hit>,
    /// How many datasets match altogether.
    pub total_count: u64,
    /// The limit that was applied.
    pub limit: u32,
    /// The offset that was applied.
    pub offset: u32,
    /// Counts by each of the [`FILTERS`], under the selection made in the others.
    pub facets: BTreeMap<String, Vec<FacetCount>>,
    /// What the reader may have meant, if a word is not known.
    pub suggestion: Option<String>,
    /// How many datasets the words alone find, without any filter.
    pub unfiltered_count: u64,
    /// If nothing was found: the same words without quotes and fields, if those find something.
    pub broader: Option<String>,
    /// What is wrong with how the question is written; it was then taken as plain words.
    pub problems: Vec<QueryProblem>,
    /// If nothing was found: topics to begin with instead.
    pub browse: Vec<TopicRef>,
    /// If everything was asked for and nothing was found: whether nothing is public, rather than an index that is still being filled.
    #[serde(default)]
    pub is_nothing_public: bool,
}

/// How many datasets one value of a filter would show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct FacetCount {
    /// The value to filter by.
    pub value: String,
    /// What people read; the value itself where nothing better is known.
    pub label: String,
    /// The language of the label, for pages, which mark what is in another than their own.
    #[serde(skip)]
    pub language: Language,
    /// How many datasets have it.
    pub count: u64,
    /// The topic above this one, if it is a topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A dataset that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The slug of the dataset.
    pub dataset_id: String,
    /// The title in the asked language, or else in English.
    pub title: String,
    /// The language of that title.
    pub title_language: Language,
    /// The beginning of the description in the asked language, or else in English.
    pub summary: String,
    /// The language of that description.
    pub summary_language: Language,
    /// The fragment of the description that best shows the words; empty if none of them stands there.
    pub highlights: Vec<Highlight>,
    /// The topics it is filed under.
    pub topics: Vec<TopicRef>,
    /// The formats of its latest files.
    pub formats: Vec<String>,
    /// When its latest version was released.
    pub release_date: DateTime<Utc>,
    /// Who owns it.
    pub department: DepartmentRef,
    /// Who publishes it.
    pub publisher: String,
    /// How often it is released.
    pub frequency: Option<String>,
    /// The quality designation.
    pub designation: Option<String>,
    /// Columns of its tables: those that the words name, or else the first.
    pub columns: Vec<String>,
    /// Which of those columns the words name.
    pub named_columns: Vec<String>,
    /// The title of its latest edition in the asked language, or else in English.
    pub edition: String,
    /// The language of that title.
    pub edition_language: Language,
    /// What its latest version comes as, with how much that is.
    pub sizes: Vec<FormatSize>,
    /// Whether one of its latest tables is drawn as a chart.
    pub has_chart: bool,
    /// When its latest version was last corrected, if it was.
    pub corrected_at: Option<DateTime<Utc>>,
    /// The words of the question that stand in its data and nowhere in its description.
    pub in_data: Vec<String>,
}

/// A fragment of plain text cut into matching and other pieces, in reading order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Highlight {
    /// The pieces, never HTML.
    pub segments: Vec<Segment>,
}

/// A piece of a highlighted fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Segment {
    /// Plain text, not escaped.
    pub text: String,
    /// Whether this is one of the words that were searched for.
    pub is_match: bool,
}

wire_enum! {
    /// What a reader is offered while still typing.
    OfferKind {
        /// A dataset.
        Dataset => "dataset",
        /// A topic.
        Topic => "topic",
        /// A release of the calendar that is still to come.
        Release => "release",
    }
}

impl OfferKind {
    /// The page of the thing of this kind with an id, without the language's prefix.
    #[must_use]
    pub fn path(self, id: &str) -> String {
        let id = crate::text::escaped(id);
        match self {
            Self::Dataset => format!("/catalogue/{id}"),
            Self::Topic => format!("/topics/{id}"),
            Self::Release => format!("/releases/{id}"),
        }
    }
}

/// A page of the site offered while the reader is still typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it is.
    pub kind: OfferKind,
    /// Its page, without the language's prefix.
    pub path: String,
    /// The title in the asked language, or else in English.
    pub title: String,
    /// The language of that title.
    pub language: Language,
}

/// A dataset offered while the reader is still typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The slug of the dataset.
    pub dataset_id: String,
    /// The title in the asked language, or else in English.
    pub title: String,
    /// The language of that title.
    pub language: Language,
}
