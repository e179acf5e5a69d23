//! Chooses what of a table can be drawn as one honest picture.

mod bars;
mod lines;
mod measure;
mod selection;

use domain::table::{Chart, ColumnKind, Profile};

use crate::encoding;

/// Series that one chart may hold.
const MAX_SERIES: usize = 5;

/// A line chart of a time series or a bar chart of a short list; nothing where a choice would be arbitrary.
#[must_use]
pub fn chart(bytes: &[u8], profile: &Profile) -> Option<Chart> {
    let times: Vec<usize> =
        (0..profile.columns.len()).filter(|at| profile.columns[*at].kind == ColumnKind::Time).collect();
    if times.is_empty() && profile.rows > bars::MAX_BARS {
        return None;
    }
    let text = encoding::decode_as(bytes, &profile.encoding);
    times.iter().find_map(|time| lines::draw(&text, profile, *time)).or_else(|| bars::draw(&text, profile))
}
