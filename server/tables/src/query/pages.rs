//! The rows of a selection, one batch after another.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::selection::Selection;
use parquet::arrow::arrow_reader::RowSelection;

use super::filter::Filter;
use super::order::{Least, Order, row_of};
use super::position::Position;
use super::room::{BATCH, FETCH};
use crate::table::{Chunk, Table, TableError};

/// Sorted rows that are found in one pass over the table.
const PASS_SORTED: usize = 262_144;

/// Some rows of a selection, in order.
pub struct RowBatch {
    pub(crate) chunks: Vec<Arc<Chunk>>,
    pub(crate) picks: Vec<(u32, u32)>,
    /// The rows' numbers in the table.
    pub(crate) numbers: Vec<u64>,
}

impl RowBatch {
    /// How many rows it holds.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.picks.len()
    }

    /// Only the first rows of it.
    #[must_use]
    pub fn cut(mut self, rows: usize) -> Self {
        self.picks.truncate(rows);
        self.numbers.truncate(rows);
        self
    }

    /// Its first rows, and the others where there are more.
    #[must_use]
    pub fn parted(mut self, rows: usize) -> (Self, Option<Self>) {
        if self.rows() <= rows {
            return (self, None);
        }
        let (picks, numbers) = (self.picks.split_off(rows), self.numbers.split_off(rows));
        let rest = Self { chunks: self.chunks.clone(), picks, numbers };
        (self, Some(rest))
    }

    /// The number of its last row in the table.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.numbers.last().copied()
    }
}

/// The rows of a selection, read as they are asked for.
pub struct Rows {
    table: Table,
    selection: Selection,
    filter: Filter,
    order: Order,
    leaves: Vec<usize>,
    /// How many columns are shown.
    columns: usize,
    after: Option<Vec<u8>>,
    skip: u64,
    left: u64,
    group: usize,
    start: u64,
    open: Option<Open>,
    /// Rows in their order that are not read yet.
    found: VecDeque<u64>,
    ready: VecDeque<RowBatch>,
    done: bool,
}

/// The row group being read.
struct Open {
    source: Source,
    picks: Vec<u32>,
    at: usize,
    first: u64,
}

enum Source {
    Memory(Arc<Chunk>),
    File(Box<dyn Iterator<Item = Result<Chunk, TableError>> + Send>),
}

impl Table {
    /// The rows of a selection with the cells of `selection.columns`, after a position or after `offset` rows.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn rows_of(
        &self,
        selection: &Selection,
        start: Option<Position>,
        offset: u64,
        limit: Option<u64>,
    ) -> Result<Rows, TableError> {
        let shown = self.shown(selection);
        let columns = shown.len();
        let mut rows = Rows {
            table: self.clone(),
            selection: selection.clone(),
            filter: Filter::new(self, selection)?,
            order: Order::new(self, selection)?,
            leaves: self.leaves(shown),
            columns,
            after: None,
            skip: offset,
            left: limit.unwrap_or(u64::MAX),
            group: 0,
            start: 0,
            open: None,
            found: VecDeque::new(),
            ready: VecDeque::new(),
            done: limit == Some(0),
        };
        if let Some(position) = start {
            if rows.order.is_none() {
                rows.start = position.row + 1;
                rows.group = self.group_of(position.row);
            } else {
                rows.after = rows.key_of(position.row)?;
            }
        } else if rows.order.is_none() && rows.filter.tests.is_empty() {
            rows.start = offset.min(self.rows());
            rows.group = self.group_of(rows.start);
            rows.skip = 0;
        }
        Ok(rows)
    }

    /// The places of the columns that a selection shows.
    pub(crate) fn shown(&self, selection: &Selection) -> Vec<usize> {
        if selection.columns.is_empty() {
            return (0..self.columns().len()).collect();
        }
        selection.columns.iter().filter_map(|name| self.find(name)).collect()
    }

    /// How many rows a selection has.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn count(&self, selection: &Selection) -> Result<u64, TableError> {
        if selection.is_every_row() {
            return Ok(self.rows());
        }
        let filter = Filter::new(self, selection)?;
        let mut count = 0;
        for group in 0..self.groups() {
            count += self.picks(&filter, group)?.len() as u64;
        }
        Ok(count)
    }

    /// The rows of a group that pass, counted from its first.
    pub(super) fn picks(&self, filter: &Filter, group: usize) -> Result<Vec<u32>, TableError> {
        let mut picks = Vec::new();
        if filter.tests.is_empty() {
            return Ok((0..u32::try_from(self.group_rows(group)).unwrap_or(u32::MAX)).collect());
        }
        if let Some(chunk) = self.in_memory(group) {
            filter.picks(self, &chunk, 0, &mut picks);
            return Ok(picks);
        }
        if !filter.may_pass(self, group)? {
            return Ok(picks);
        }
        let mut base = 0;
        let leaves = self.leaves(filter.columns());
        for chunk in self.read(group, &leaves, None, self.looked_at(group, &leaves))? {
            let chunk = chunk?;
            filter.picks(self, &chunk, base, &mut picks);
            base += u32::try_from(chunk.rows).unwrap_or(0);
        }
        Ok(picks)
    }

    /// Reads some rows of a group.
    pub(crate) fn some_rows(
        &self,
        group: usize,
        leaves: &[usize],
        picks: &[u32],
        size: usize,
    ) -> Result<impl Iterator<Item = Result<Chunk, TableError>> + Send + use<>, TableError> {
        let rows = self.group_rows(group);
        let selection = (picks.len() < rows).then(|| {
            let ranges = picks.chunk_by(|a, b| a + 1 == *b);
            let ranges = ranges.filter_map(|run| Some(*run.first()? as usize..*run.last()? as usize + 1));
            RowSelection::from_consecutive_ranges(ranges, rows)
        });
        self.read(group, leaves, selection, size)
    }
}

impl Rows {
    /// Where a page ends with this row of the table.
    #[must_use]
    pub fn place_after(&self, row: u64) -> Position {
        Position::after(&self.table, &self.selection, row)
    }

    /// How many rows are decoded and handed out at once, each with about so many bytes.
    fn batch(&self, row_bytes: usize) -> usize {
        BATCH.rows(self.columns, row_bytes)
    }

    fn key_of(&self, row: u64) -> Result<Option<Vec<u8>>, TableError> {
        let group = self.table.group_of(row);
        let at = u32::try_from(row - self.table.first_row(group)).map_err(|_| TableError::BadCursor)?;
        let mut key = Vec::new();
        if let Some(chunk) = self.table.in_memory(group) {
            self.order.key(&self.table, &chunk, at as usize, row, &mut key);
            return Ok(Some(key));
        }
        let leaves = self.table.leaves(self.order.columns());
        for chunk in self.table.some_rows(group, &leaves, &[at], 1)? {
            self.order.key(&self.table, &chunk?, 0, row, &mut key);
        }
        Ok(Some(key))
    }

    /// Opens the next group that has rows; nothing if there is none.
    fn open_next(&mut self) -> Result<Option<Open>, TableError> {
        while self.group < self.table.groups() {
            let group = self.group;
            self.group += 1;
            let first = self.table.first_row(group);
            let mut picks = self.table.picks(&self.filter, group)?;
            if let Some(skipped) = self.start.checked_sub(first) {
                picks.drain(..picks.partition_point(|row| u64::from(*row) < skipped));
            }
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(picks.len());
            self.skip -= skipped as u64;
            picks.drain(..skipped);
            picks.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            if picks.is_empty() {
                continue;
            }
            let source = match self.table.in_memory(group) {
                Some(chunk) => Source::Memory(chunk),
                None => {
                    let size = self.batch(self.table.row_bytes(group, &self.leaves));
                    Source::File(Box::new(self.table.some_rows(group, &self.leaves, &picks, size)?))
                }
            };
            return Ok(Some(Open { source, picks, at: 0, first }));
        }
        Ok(None)
    }

    fn next_in_order_of_table(&mut self) -> Result<Option<RowBatch>, TableError> {
        loop {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => match self.open_next()? {
                    Some(open) => open,
                    None => return Ok(None),
                },
            };
            let (chunk, picks): (_, Vec<(u32, u32)>) = match &mut open.source {
                Source::Memory(chunk) => {
                    let end = open.picks.len().min(open.at + self.batch(0));
                    (Arc::clone(chunk), open.picks[open.at..end].iter().map(|row| (0, *row)).collect())
                }
                Source::File(chunks) => match chunks.next() {
                    Some(chunk) => {
                        let chunk = Arc::new(chunk?);
                        let rows = u32::try_from(chunk.rows).unwrap_or(0);
                        (chunk, (0..rows).map(|row| (0, row)).collect())
                    }
                    None => continue,
                },
            };
            let end = (open.at + picks.len()).min(open.picks.len());
            let numbers = open.picks[open.at..end].iter().map(|row| open.first + u64::from(*row)).collect();
            open.at = end;
            self.left -= picks.len() as u64;
            if open.at < open.picks.len() {
                self.open = Some(open);
            }
            return Ok(Some(RowBatch { chunks: vec![chunk], picks, numbers }));
        }
    }

    /// The next rows in their order, found and read as far as they are asked for.
    fn next_sorted(&mut self) -> Result<Option<RowBatch>, TableError> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Ok(Some(batch));
            }
            if self.found.is_empty() {
                if self.left == 0 {
                    return Ok(None);
                }
                self.find()?;
                continue;
            }
            let widest = (0..self.table.groups()).map(|group| self.table.row_bytes(group, &self.leaves)).max();
            let at_once = FETCH.rows(self.columns, widest.unwrap_or(0)).min(self.found.len());
            let part: Vec<u64> = self.found.drain(..at_once).collect();
            self.fetch(&part)?;
        }
    }

    /// Finds the rows of the next keys in one pass.
    fn find(&mut self) -> Result<(), TableError> {
        let wanted = usize::try_from(self.left.saturating_add(self.skip)).unwrap_or(usize::MAX);
        let mut least = Least::new(wanted.min(PASS_SORTED), self.after.take());
        let leaves = self.table.leaves(self.filter.columns().chain(self.order.columns()));
        for group in 0..self.table.groups() {
            self.see_group(group, &leaves, &mut least)?;
        }
        let (keys, full) = least.finish();
        self.after = keys.last().cloned();
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(keys.len());
        self.skip -= skipped as u64;
        self.found = keys.iter().skip(skipped).map(|key| row_of(key)).collect();
        self.left = if full { self.left - self.found.len() as u64 } else { 0 };
        Ok(())
    }

    fn see_group(&self, group: usize, leaves: &[usize], least: &mut Least) -> Result<(), TableError> {
        let mut key = Vec::new();
        let mut picks = Vec::new();
        let mut see = |first: u64, chunk: &Chunk| {
            picks.clear();
            self.filter.picks(&self.table, chunk, 0, &mut picks);
            for row in &picks {
                self.order.key(&self.table, chunk, *row as usize, first + u64::from(*row), &mut key);
                least.see(&key);
            }
        };
        let mut first = self.table.first_row(group);
        if let Some(chunk) = self.table.in_memory(group) {
            see(first, &chunk);
            return Ok(());
        }
        if !self.filter.may_pass(&self.table, group)? {
            return Ok(());
        }
        for chunk in self.table.read(group, leaves, None, self.table.looked_at(group, leaves))? {
            let chunk = chunk?;
            see(first, &chunk);
            first += chunk.rows as u64;
        }
        Ok(())
    }

    /// Reads rows anywhere in the table and hands them out in the order given.
    fn fetch(&mut self, rows: &[u64]) -> Result<(), TableError> {
        let mut sorted: Vec<(u64, usize)> = rows.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let mut chunks = Vec::new();
        let mut picks = vec![(0, 0); rows.len()];
        for part in sorted.chunk_by(|a, b| self.table.group_of(a.0) == self.table.group_of(b.0)) {
            let Some(group) = part.first().map(|(row, _)| self.table.group_of(*row)) else { continue };
            let first = self.table.first_row(group);
            let within: Vec<u32> = part.iter().filter_map(|(row, _)| u32::try_from(row - first).ok()).collect();
            let mut places = part.iter().map(|(_, place)| *place);
            if let Some(chunk) = self.table.in_memory(group) {
                let number = u32::try_from(chunks.len()).unwrap_or(0);
                places.zip(&within).for_each(|(place, row)| picks[place] = (number, *row));
                chunks.push(chunk);
                continue;
            }
            for chunk in self.table.some_rows(group, &self.leaves, &within, within.len())? {
                let chunk = chunk?;
                let number = u32::try_from(chunks.len()).unwrap_or(0);
                for (row, place) in (0..u32::try_from(chunk.rows).unwrap_or(0)).zip(&mut places) {
                    picks[place] = (number, row);
                }
                chunks.push(Arc::new(chunk));
            }
        }
        let size = self.batch(0);
        for (picks, rows) in picks.chunks(size).zip(rows.chunks(size)) {
            self.ready.push_back(RowBatch { chunks: chunks.clone(), picks: picks.to_vec(), numbers: rows.to_vec() });
        }
        Ok(())
    }
}

impl Iterator for Rows {
    type Item = Result<RowBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = if self.order.is_none() { self.next_in_order_of_table() } else { self.next_sorted() };
        self.done = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

#[cfg(test)]
mod tests;
