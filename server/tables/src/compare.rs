//! Compares two tables by the keys of their rows, once: what was found is written down and read page by page.
//!
//! The rows of both tables are told apart by their keys into parts that each fit into memory, and lie beside it meanwhile (`parts`). They
//! are matched part by part (`matching`); what is revised comes out in the order of the new table within each part and is brought into
//! one order as it is written (`runs`), figures before what describes them. From there a page is read without looking at any other (`kept`).

mod found;
mod kept;
mod matching;
mod parts;
mod renamed;
mod runs;
mod shape;

use std::io::Write;
use std::path::Path;

pub use kept::{COMPARED_LAYOUT, Comparison};

use crate::table::{Table, TableError};
use found::Found;
use shape::Shape;

/// About how many values of the old table are held in memory at once.
const HELD: u64 = 4_000_000;

/// Where a revised cell stands: its row in the new table, its place among the columns that are compared, its row in the old table.
type Place = (u64, u32, u64);

/// What a comparison works with.
#[derive(Clone, Copy)]
pub struct Work<'w> {
    /// The folder for what does not fit into memory; nothing of it stays.
    pub folder: &'w Path,
    /// About how many values of the old table are held in memory at once.
    pub held: u64,
    /// Whether nobody wants the answer any longer; asked for every batch of rows.
    pub stopped: &'w dyn Fn() -> bool,
}

impl<'w> Work<'w> {
    /// With as much memory as comparisons are given.
    #[must_use]
    pub fn new(folder: &'w Path, stopped: &'w dyn Fn() -> bool) -> Self {
        Self { folder, held: HELD, stopped }
    }

    /// Ends the work where nobody wants its outcome.
    fn go_on(&self) -> Result<(), TableError> {
        if (self.stopped)() { Err(TableError::Stopped) } else { Ok(()) }
    }
}

/// Finds what changed from `old` to `new` and writes it to `out`, from where [`Comparison`] reads it.
///
/// Rows are matched by their dimensions, by codes where both tables have them; rows with the same key by their order. A column that
/// goes by another name is the same where one went and one came at the same place with nearly the same in its cells.
///
/// # Errors
/// `Stopped` where nobody wants it any longer; a file cannot be read or written.
pub fn compare(old: &Table, new: &Table, work: &Work<'_>, out: impl Write) -> Result<(), TableError> {
    let renamed = renamed::find(old, new, work)?;
    let shape = Shape::of(old, new, &renamed);
    let mut found = Found::new(work.folder, &shape);
    matching::all(&shape, work, &mut found)?;
    let (summary, runs) = found.summary(&shape)?;
    kept::write(out, runs, &summary, &shape, work)
}

/// Some bytes of a record at a place; zeros where it is too short.
fn bytes_at<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    record.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().unwrap_or([0; N])
}
