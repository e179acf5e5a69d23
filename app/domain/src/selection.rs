//! A part of a table: which rows, which columns, in which order (product contract, sections 4 and 9, "Data").

mod bounds;
mod format;
mod gathered;
mod misfit;
mod near;
mod query;

pub use bounds::{MAX_OPTIONS, MAX_RANGES, MAX_SORTS, MAX_TOLD};
pub use format::{DataFormat, JSON_LINES, JSON_LINES_TYPES};
pub use gathered::as_option;
pub use misfit::{Misfit, Place};
pub use near::near_matches;
pub use query::{DataQuery, RowLimit};

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::table::{Column, ColumnKind, ColumnRole};

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
    /// Codes or labels, any of which fits; an empty one fits blank cells.
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

    /// What of it the columns of a table do not allow, as an address is told it; see [`Self::misfits`].
    #[must_use]
    pub fn problems(&self, columns: &[Column]) -> Vec<FieldProblem> {
        self.misfits(columns).into_iter().map(|misfit| misfit.in_address(self)).collect()
    }

    /// What of it the columns of a table do not allow: more than one selection may say, or else unknown names, with those that are
    /// near, and ranges over text; the first of them, where they are many.
    #[must_use]
    pub fn misfits(&self, columns: &[Column]) -> Vec<Misfit> {
        let excess = self.excess();
        if !excess.is_empty() {
            return excess.into_iter().map(Misfit::from).collect();
        }
        let known: HashMap<&str, &Column> = columns.iter().rev().map(|column| (column.name.as_str(), column)).collect();
        let of_dimensions = (0..).zip(&self.dimensions).filter_map(|one| of_dimension(one, &known, columns));
        let of_ranges = (0..).zip(&self.ranges).filter_map(|one| of_range(one, &known, columns));
        let named = (0..).zip(&self.columns).map(|(at, name)| (Place::Column(at), name));
        let named = named.chain((0..).zip(&self.sort).map(|(at, sort)| (Place::Sort(at), &sort.name)));
        let strange = named.filter(|(_, name)| !known.contains_key(name.as_str()));
        let of_names = strange.map(|(place, name)| unknown(place, name, columns, false));
        of_dimensions.chain(of_ranges).chain(of_names).take(MAX_TOLD).collect()
    }
}

fn of_dimension(
    (at, filter): (usize, &DimensionFilter),
    known: &HashMap<&str, &Column>,
    columns: &[Column],
) -> Option<Misfit> {
    let place = Place::Dimension(at);
    match known.get(filter.name.as_str()) {
        Some(column) if column.role == ColumnRole::Dimension => None,
        Some(_) => Some(Misfit::new(
            place,
            "not_a_dimension",
            format!("“{}” is not a dimension. The dimensions are {}.", filter.name, dimensions_of(columns)),
        )),
        None => Some(unknown(place, &filter.name, columns, true)),
    }
}

fn of_range((at, range): (usize, &RangeFilter), known: &HashMap<&str, &Column>, columns: &[Column]) -> Option<Misfit> {
    let place = Place::Range(at);
    match known.get(range.name.as_str()) {
        Some(column) if column.kind.is_numeric() || column.kind == ColumnKind::Time => None,
        Some(_) => Some(Misfit::new(
            place,
            "not_ordered",
            format!("“{}” holds text. Ranges are for times and numbers; use dim.{0}= instead.", range.name),
        )),
        None => Some(unknown(place, &range.name, columns, false)),
    }
}

fn unknown(place: Place, name: &str, columns: &[Column], only_dimensions: bool) -> Misfit {
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
    Misfit::new(place, &format!("unknown_{kind}"), format!("There is no {kind} “{name}”. {advice}"))
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
