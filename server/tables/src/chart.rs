//! Chooses what of a table can be drawn as one honest picture.

mod bars;
mod lines;
mod measure;
mod selection;

use domain::table::{Chart, ColumnKind, Profile};

use crate::source::{Refused, Source};

/// Series that one chart may hold.
const MAX_SERIES: usize = 5;

/// Cells that may be gathered for a chart: what a table of more holds is seldom one honest picture.
const MAX_CELLS: u64 = 4_000_000;

/// A line chart of a time series or a bar chart of a short list; nothing where a choice would be arbitrary.
#[must_use]
pub fn chart(bytes: &[u8], profile: &Profile) -> Option<Chart> {
    draw(&bytes, profile).ok().flatten()
}

/// Draws a table from wherever it is.
pub(crate) fn draw(source: &dyn Source, profile: &Profile) -> Result<Option<Chart>, Refused> {
    let times: Vec<usize> =
        (0..profile.columns.len()).filter(|at| profile.columns[*at].kind == ColumnKind::Time).collect();
    for time in times {
        if lines::cells(profile, time) <= MAX_CELLS
            && let Some(chart) = lines::draw(source, profile, time)?
        {
            return Ok(Some(chart));
        }
    }
    bars::draw(source, profile)
}
