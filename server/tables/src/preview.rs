//! The first rows of a table.

use std::{borrow::Cow, ops::ControlFlow};

use domain::table::{Preview, Profile};

use crate::{encoding, rows};

/// Letters of a cell that a preview shows.
const CELL_LETTERS: usize = 200;

/// The first `limit` rows; cells of more than 200 letters are cut and end in an ellipsis.
#[must_use]
pub fn preview(bytes: &[u8], profile: &Profile, limit: usize) -> Preview {
    let width = profile.columns.len();
    let mut shown: Vec<Vec<String>> = Vec::new();
    let text = if profile.rows == 0 { Cow::Borrowed("") } else { encoding::decode_as(bytes, &profile.encoding) };
    rows::each(&text, profile, |record| {
        if shown.len() >= limit {
            return ControlFlow::Break(());
        }
        let mut row: Vec<String> = record.cells.iter().take(width).map(|cell| cut(cell)).collect();
        row.resize(width, String::new());
        shown.push(row);
        ControlFlow::Continue(())
    });
    Preview { columns: profile.columns.clone(), rows: shown, total_rows: profile.rows }
}

fn cut(cell: &str) -> String {
    match cell.char_indices().nth(CELL_LETTERS) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.to_owned(),
    }
}
