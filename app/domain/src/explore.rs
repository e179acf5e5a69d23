//! The page on which readers explore a table.

use serde::{Deserialize, Serialize};

use crate::file::File;
use crate::refusal::FieldProblem;
use crate::selection::Selection;
use crate::table::{Chart, Column, Drawing, Ghost, NotDrawn, OptionCount};
use crate::views::VersionPage;

/// Rows on a page of the explorer.
pub const PAGE_ROWS: u64 = 50;
/// Options of a dimension that the explorer lists at once.
pub const LISTED_OPTIONS: u32 = 40;
/// Rows up to which a selection is drawn.
pub const DRAWN_ROWS: u64 = 20_000;
/// Cells up to which it is drawn: a table of more is seldom one honest picture, and all of them are looked at.
pub const DRAWN_CELLS: u64 = 4_000_000;

/// Why a selection of so many rows and columns is not drawn, for its size alone.
#[must_use]
pub fn not_drawn_for_size(rows: u64, columns: usize) -> Option<NotDrawn> {
    if rows > DRAWN_ROWS {
        return Some(NotDrawn::TooLarge);
    }
    let cells = rows.saturating_mul(u64::try_from(columns).unwrap_or(u64::MAX));
    (cells > DRAWN_CELLS).then_some(NotDrawn::Unclear)
}

/// What the explorer is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExploreQuery {
    /// Another table than the version's first, by its file's name.
    pub file: Option<String>,
    /// Which part of it.
    pub selection: Selection,
    /// Which page of its rows, from 1.
    pub page: u64,
    /// For each dimension, words that its listed options hold.
    pub find: Vec<(String, String)>,
    /// How it is to be drawn.
    #[serde(default)]
    pub drawing: Drawing,
    /// Whether every column stands in the table where it was published, also those that say the same in every row.
    #[serde(default)]
    pub as_published: bool,
}

/// A dimension with the options to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The column.
    pub column: Column,
    /// Options with the rows that each would give under the choices in the other dimensions: chosen ones first, then the others
    /// in the table's order, as many as are listed.
    pub options: Vec<OptionCount>,
    /// How many options there are that are chosen or hold the words looked for.
    pub total: u64,
    /// Whether those are all; of very many the first are known.
    pub complete: bool,
}

/// A part of a table, with what leads to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplorePage {
    /// The site's public address, without a slash at the end.
    pub site: String,
    /// The version it is of.
    pub version: VersionPage,
    /// The table's file.
    pub file: File,
    /// The names of all files of the version that are tables.
    pub tables: Vec<String>,
    /// What was asked, without what the table does not have.
    pub query: ExploreQuery,
    /// What of it the table does not have.
    pub problems: Vec<FieldProblem>,
    /// The dimensions.
    pub facets: Vec<Facet>,
    /// The columns shown.
    pub columns: Vec<Column>,
    /// The rows of the page, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// Rows of the selection.
    pub total_rows: u64,
    /// The one option that the choices leave of a dimension, for example `Country: Wales`, or `Sex: ` where that is blank.
    #[serde(default)]
    pub chosen: Vec<String>,
    /// Whether a workbook of the selection is made while it is waited for.
    pub workbook: bool,
    /// A drawing of the selection, where it can be drawn: as it was asked for or, where that cannot be, as suits it.
    pub chart: Option<Chart>,
    /// Why it is not drawn as it was asked for.
    pub not_drawn: Option<NotDrawn>,
    /// Whether figures of the table were revised since the version before, so that what it said can be asked for.
    pub is_revised: bool,
    /// Whether a newer version of the edition is there and has a table, so that the same can be chosen of it.
    pub newest_has_table: bool,
    /// What the version before said at the points drawn, where that was asked for and was otherwise.
    pub earlier: Option<Ghost>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_long_nor_wide_tables_are_drawn() {
        assert_eq!(not_drawn_for_size(DRAWN_ROWS, 200), None);
        assert_eq!(not_drawn_for_size(DRAWN_ROWS + 1, 1), Some(NotDrawn::TooLarge));
        assert_eq!(not_drawn_for_size(DRAWN_ROWS, 201), Some(NotDrawn::Unclear));
    }
}
