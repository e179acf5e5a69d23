//! What the catalogue knows about a table: its profile, a preview, a chart and the headline figure.

mod beside;
mod drawing;
mod figure;
mod headline;
mod layout;
mod parts;
mod statistics;
mod whole;
mod words;

pub use beside::{Ghost, Interval, Marking, earlier_values};
pub use drawing::{Drawing, MOST_PANELS, NotDrawn, Panels, panels};
pub use figure::{exact_figure, figure, figure_at, shared_places, signed_at};
pub use headline::{Headline, latest};
pub use layout::Layout;
pub use parts::{MOST_PARTS, parts_of_a_whole};
pub use statistics::{ColumnStatistics, Subject};
pub use whole::wholeness;

use serde::{Deserialize, Serialize};

use crate::wire::wire_enum;

/// Columns that a table may have: as many as a spreadsheet.
pub const MAX_COLUMNS: usize = 16_384;
/// The words for "no value" that statisticians use, as documents for other programs list them; letters in brackets, such as
/// `[c]`, are markers too.
pub const MISSING_MARKERS: [&str; 25] = [
    "", ":", ".", "..", "...", "-", "–", "*", "~", "#N/A", "NA", "na", "Na", "N/A", "n/a", "NaN", "nan", "NULL",
    "Null", "null", "None", "none", "x", "X", "NAN",
];

/// How a table was sent and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The encoding of the bytes, by its WHATWG name such as `UTF-8` or `windows-1252`.
    pub encoding: String,
    /// Whether the bytes begin with a byte order mark.
    pub byte_order_mark: bool,
    /// The character between cells.
    pub delimiter: char,
    /// `CRLF`, `LF`, `CR`, `mixed` or, in a single line without an end, `none`.
    pub line_endings: String,
    /// Records before the heading row, blank lines included.
    pub preamble_rows: u64,
    /// Whether a heading row was found.
    pub header: bool,
    /// Whether figures are written with a comma before the decimals.
    #[serde(default)]
    pub decimal_comma: bool,
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// Rows of data, without headings and blank lines.
    pub rows: u64,
    /// Everything worth telling the editor, in the order of the file.
    pub problems: Vec<Problem>,
    /// What was counted in each column, from left to right; nothing in profiles made before this was counted.
    #[serde(default)]
    pub statistics: Vec<ColumnStatistics>,
    /// Whether the columns stand as the V4 layout of statistics offices orders them.
    #[serde(default)]
    pub v4: bool,
    /// The sheet that was read, where the file is a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

impl Profile {
    /// Whether something was found that somebody must confirm before the table goes on.
    #[must_use]
    pub fn must_be_confirmed(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Blocking)
    }
}

/// The encodings that an editor may choose for a table whose own was guessed, by their WHATWG names.
pub const ENCODINGS: [&str; 12] = [
    "UTF-8",
    "windows-1252",
    "ISO-8859-14",
    "ISO-8859-15",
    "macintosh",
    "windows-1250",
    "ISO-8859-2",
    "windows-1254",
    "windows-1257",
    "IBM866",
    "UTF-16LE",
    "UTF-16BE",
];

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The unique name that addresses and filters use.
    pub name: String,
    /// The heading as it was sent.
    pub label: String,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// What it is for.
    pub role: ColumnRole,
}

impl Column {
    /// What stands over the column: its heading or, where that is blank, its name, so that no heading is empty.
    #[must_use]
    pub fn heading(&self) -> &str {
        if self.label.trim().is_empty() { &self.name } else { &self.label }
    }
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers with or without decimals.
    Number,
    /// Whole numbers.
    Integer,
    /// Anything else.
    Text,
    /// Dates or periods written in one form.
    Time,
}

impl ColumnKind {
    /// Whether the cells are figures.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Number | Self::Integer)
    }
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// Says which thing, place or time a row is about.
    Dimension,
    /// Holds the figures.
    Measure,
    /// Says something about the figure, such as its unit or a marker.
    Attribute,
}

/// The most options that are kept of one dimension.
pub const MAX_KEPT_OPTIONS: usize = 50_000;

/// What a dimension of a table holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionOptions {
    /// The column's name.
    pub name: String,
    /// Whether all options are here; a dimension with very many of them keeps the first.
    pub complete: bool,
    /// The options in the order of the table.
    pub options: Vec<OptionCount>,
}

/// One option of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct OptionCount {
    /// Its code, or its label where the table has no codes.
    pub code: String,
    /// What it is called.
    pub label: String,
    /// The rows that have it.
    pub count: u64,
}

/// How many options a dimension has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionSize {
    /// The column's name.
    pub name: String,
    /// The options that are known.
    pub option_count: u64,
    /// Whether those are all.
    pub complete: bool,
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Note,
    /// Accepted, but somebody should look.
    Warning,
    /// Accepted, but its version is held back until somebody confirms that it is meant.
    Blocking,
    /// The table is refused.
    Error,
}

/// Something found in a table, said so that its sender can act on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[cfg_attr(not(target_family = "wasm"), schema(as = FileProblem))]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// The line of the file, from 1, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The heading of the column, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problem {
    /// A problem of the whole file.
    #[must_use]
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, line: None, column: None, message: message.into() }
    }

    /// The same problem, at a line counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same problem, in the column with this heading.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

/// The first rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The first rows, each as long as `columns`; very long cells are cut.
    pub rows: Vec<Vec<String>>,
    /// Rows of the whole table.
    pub total_rows: u64,
}

wire_enum! {
    /// How a chart is drawn.
    ChartKind {
        /// Lines over time.
        Line => "line",
        /// One bar for each category.
        Bar => "bar",
        /// The parts of a whole over time, stacked.
        Area => "area",
        /// Small multiples: a small chart for each series, all on the same scales.
        Multiples => "multiples",
    }
}

/// The part of a table that a chart shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What is measured.
    pub title: String,
    /// The unit of the values, where the table names one.
    pub unit: Option<String>,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The heading of the column that runs along the x axis.
    pub x_label: String,
    /// The periods or categories, in order.
    pub x: Vec<String>,
    /// Where each of `x` stands: a year with its fraction for periods, 0, 1, 2 … for categories.
    pub positions: Vec<f64>,
    /// Which part of the table was chosen, for example `Gas: Methane (CH4)`.
    #[serde(default)]
    pub selection: Vec<String>,
    /// One to five series, six parts of a whole or twenty-four panels, each with as many values as `x`.
    pub series: Vec<Series>,
    /// Which of all panels these are; small multiples only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panels: Option<Panels>,
    /// What an earlier version said at the same points, where that is to be seen too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Ghost>,
}

/// One line or set of bars of a chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its name.
    pub label: String,
    /// Its values; a missing one leaves a gap.
    pub values: Vec<Option<f64>>,
    /// The bounds of its values, where the table has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// The places of values, or of gaps, that the table marks, with what it marks them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<(usize, Marking)>,
}
