//! A part of a table: which rows, which columns, in which order (product contract, sections 4 and 9, "Data").

mod format;
mod near;
mod query;

pub use format::DataFormat;
pub use near::near_matches;
pub use query::{DataQuery, RowLimit};

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::table::{Column, ColumnKind, ColumnRole};

/// The most options that one selection may name, over all its dimensions.
pub const MAX_OPTIONS: usize = 10_000;
/// The most columns that one order may name.
pub const MAX_SORTS: usize = 8;

/// Which rows and columns of a table are wanted. The default is the whole table in its own order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selection {
    /// Rows must match every one of these.
    pub dimensions: Vec<DimensionFilter>,
    /// Rows must lie in every one of these.
    pub ranges: Vec<RangeFilter>,
    /// The names of the columns wanted, in that order; none means all.
    pub columns: Vec<String>,
    /// The order of the rows, the most important first; rows that are alike keep the table's order.
    pub sort: Vec<Sort>,
}

/// Rows that have one of some options of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DimensionFilter {
    /// The column's name.
    pub name: String,
    /// Codes or labels, any of which fits.
    pub options: Vec<String>,
}

/// Rows whose time or figure lies between two values, both included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RangeFilter {
    /// The column's name: a time column or one of numbers.
    pub name: String,
    /// The least value, written like the cells of the column or as a year, month or day.
    pub from: Option<String>,
    /// The greatest value; for a period, its last day.
    pub to: Option<String>,
}

/// A column that rows are ordered by: numbers as numbers, periods by their first day, text by its letters; missing cells last.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The column's name.
    pub name: String,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Sort {
    /// Reads a column's name, with a hyphen before it for the greatest first.
    #[must_use]
    pub fn read(word: &str) -> Self {
        let (name, descending) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
        Self { name: name.to_owned(), descending }
    }

    /// The same as a word again.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.name)
    }
}

impl Selection {
    /// Whether every row is wanted.
    #[must_use]
    pub const fn is_every_row(&self) -> bool {
        self.dimensions.is_empty() && self.ranges.is_empty()
    }

    /// The same without what is said of one dimension: what its options are counted under.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut rest = self.clone();
        rest.dimensions.retain(|filter| filter.name != name);
        rest.ranges.retain(|range| range.name != name);
        rest
    }

    /// What of it the columns of a table do not allow: unknown names, with those that are near, and ranges over text.
    #[must_use]
    pub fn problems(&self, columns: &[Column]) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let find = |name: &str| columns.iter().find(|column| column.name == name);
        for filter in &self.dimensions {
            let field = format!("dim.{}", filter.name);
            match find(&filter.name) {
                Some(column) if column.role == ColumnRole::Dimension => {}
                Some(_) => problems.push(FieldProblem::new(
                    &field,
                    "not_a_dimension",
                    format!("“{}” is not a dimension. The dimensions are {}.", filter.name, dimensions_of(columns)),
                )),
                None => problems.push(unknown(&field, &filter.name, columns, true)),
            }
        }
        for range in &self.ranges {
            let field = format!("from.{}", range.name);
            match find(&range.name) {
                Some(column) if column.kind.is_numeric() || column.kind == ColumnKind::Time => {}
                Some(_) => problems.push(FieldProblem::new(
                    &field,
                    "not_ordered",
                    format!("“{}” holds text. Ranges are for times and numbers; use dim.{0}= instead.", range.name),
                )),
                None => problems.push(unknown(&field, &range.name, columns, false)),
            }
        }
        for name in &self.columns {
            if find(name).is_none() {
                problems.push(unknown("columns", name, columns, false));
            }
        }
        for sort in &self.sort {
            if find(&sort.name).is_none() {
                problems.push(unknown("sort", &sort.name, columns, false));
            }
        }
        problems
    }
}

fn unknown(field: &str, name: &str, columns: &[Column], only_dimensions: bool) -> FieldProblem {
    let known = columns.iter().filter(|column| !only_dimensions || column.role == ColumnRole::Dimension);
    let near = near_matches(name, known.map(|column| column.name.as_str()), 3);
    let kind = if only_dimensions { "dimension" } else { "column" };
    let advice = if near.is_empty() {
        match only_dimensions {
            true => format!("The dimensions are {}.", dimensions_of(columns)),
            false => "See …/metadata for the columns.".to_owned(),
        }
    } else {
        format!("Did you mean {}?", quoted(&near))
    };
    FieldProblem::new(field, &format!("unknown_{kind}"), format!("There is no {kind} “{name}”. {advice}"))
}

fn dimensions_of(columns: &[Column]) -> String {
    let names: Vec<&str> = columns
        .iter()
        .filter(|column| column.role == ColumnRole::Dimension)
        .map(|column| column.name.as_str())
        .take(20)
        .collect();
    if names.is_empty() { "none".to_owned() } else { quoted(&names) }
}

/// “a”, “b” or “c”.
#[must_use]
pub fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
