//! The first rows of a table.

use std::ops::ControlFlow;

use domain::table::{Preview, Profile};

use crate::rows;
use crate::source::{Refused, Source};

/// Letters of a cell that a preview shows.
const CELL_LETTERS: usize = 200;

/// The first `limit` rows of a table in memory; cells of more than 200 letters are cut and end in an ellipsis.
#[must_use]
pub fn preview(bytes: &[u8], profile: &Profile, limit: usize) -> Preview {
    // Memory can always be read, and a record that cannot be was told when the profile was made.
    first(&bytes, profile, limit).unwrap_or_else(|_| Preview {
        columns: profile.columns.clone(),
        rows: Vec::new(),
        total_rows: profile.rows,
    })
}

/// The first `limit` rows.
pub(crate) fn first(source: &dyn Source, profile: &Profile, limit: usize) -> Result<Preview, Refused> {
    let width = profile.columns.len();
    let mut shown: Vec<Vec<String>> = Vec::new();
    rows::each(source, profile, |record| {
        if shown.len() >= limit {
            return Ok(ControlFlow::Break(()));
        }
        let mut row: Vec<String> = record.cells.iter().take(width).map(|cell| cut(cell)).collect();
        row.resize(width, String::new());
        shown.push(row);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Preview { columns: profile.columns.clone(), rows: shown, total_rows: profile.rows })
}

fn cut(cell: &str) -> String {
    match cell.char_indices().nth(CELL_LETTERS) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.to_owned(),
    }
}
