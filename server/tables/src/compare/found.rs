//! What is found while two tables are compared.

use std::io;
use std::path::Path;

use domain::changes::{Changes, RowChanges};

use super::Place;
use super::parts::Value;
use super::runs::Runs;
use super::shape::{Shape, Side};
use crate::table::TableError;

/// Keys of added and removed rows that are told.
const FIRST: usize = 20;
/// Figures that moved most.
const LARGEST: usize = 20;

/// Everything that differs, as far as it has come.
pub(super) struct Found<'w> {
    /// Which of the columns that are compared hold figures.
    is_figure: Vec<bool>,
    figures: Revised<'w>,
    /// What describes figures, such as their status.
    labels: Revised<'w>,
    /// Those that moved most first; of equals the first of the table.
    largest: Vec<(f64, Place)>,
    added: Numbered,
    removed: Numbered,
}

/// The places of cells that differ, and how many they are.
struct Revised<'w> {
    count: u64,
    runs: Runs<'w>,
}

impl<'w> Revised<'w> {
    const fn new(folder: &'w Path) -> Self {
        Self { count: 0, runs: Runs::new(folder) }
    }
}

/// Rows of one table alone: how many, and the first of them.
#[derive(Default)]
struct Numbered {
    count: u64,
    rows: Vec<u64>,
}

impl Numbered {
    fn add(&mut self, row: u64) {
        self.count += 1;
        self.rows.push(row);
        if self.rows.len() > 1_024 {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.rows.sort_unstable();
        self.rows.truncate(FIRST);
    }

    fn told(mut self, shape: &Shape<'_>, side: Side) -> Result<RowChanges, TableError> {
        self.cut();
        Ok(RowChanges { count: self.count, first: shape.keys_of(side, &self.rows)? })
    }
}

impl<'w> Found<'w> {
    /// Nothing so far, of tables with these columns.
    pub(super) fn new(folder: &'w Path, shape: &Shape<'_>) -> Self {
        let (figures, labels) = (Revised::new(folder), Revised::new(folder));
        let (added, removed) = (Numbered::default(), Numbered::default());
        Self { is_figure: shape.figures(), figures, labels, largest: Vec::new(), added, removed }
    }

    /// A row that only the new table has.
    pub(super) fn add(&mut self, row: u64) {
        self.added.add(row);
    }

    /// A row that only the old table has.
    pub(super) fn remove(&mut self, row: u64) {
        self.removed.add(row);
    }

    /// A cell that differs.
    pub(super) fn revise(&mut self, place: Place, was: Value, is: Value) -> io::Result<()> {
        let is_figure = usize::try_from(place.1).ok().and_then(|at| self.is_figure.get(at).copied());
        let kind = if is_figure == Some(true) { &mut self.figures } else { &mut self.labels };
        kind.count += 1;
        kind.runs.push(place)?;
        if let (Value::Number(was), Value::Number(is)) = (was, is) {
            let moved = (is - was).abs() / was.abs().max(is.abs());
            let comes_before = |(other, at): &(f64, Place)| moved.total_cmp(other).then_with(|| at.cmp(&place)).is_lt();
            let at = self.largest.partition_point(comes_before);
            if at < LARGEST {
                self.largest.insert(at, (moved, place));
                self.largest.truncate(LARGEST);
            }
        }
        Ok(())
    }

    /// Ends what was found in a part.
    pub(super) fn close(&mut self) {
        self.figures.runs.close();
        self.labels.runs.close();
    }

    /// What is told of all that was found, without the revised cells themselves, whose places come beside it: those of figures, then
    /// those of all others, as a reader wants to know of figures first.
    pub(super) fn summary(self, shape: &Shape<'_>) -> Result<(Changes, [Runs<'w>; 2]), TableError> {
        let largest: Vec<Place> = self.largest.into_iter().map(|(_, place)| place).collect();
        let is_none_matched = self.added.count == shape.new.rows() && self.removed.count == shape.old.rows();
        let rows_unmatched =
            is_none_matched && self.added.count > 0 && self.removed.count > 0 && shape.has_other_dimensions();
        let changes = Changes {
            cells_revised: self.figures.count + self.labels.count,
            figures_revised: self.figures.count,
            largest: shape.revisions(&largest)?,
            rows_added: self.added.told(shape, Side::New)?,
            rows_removed: self.removed.told(shape, Side::Old)?,
            rows_unmatched,
            ..shape.columns_changed()
        };
        Ok((changes, [self.figures.runs, self.labels.runs]))
    }
}
