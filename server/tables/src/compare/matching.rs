//! Matches the rows of two tables, of which only a part is held in memory.

use std::collections::HashMap;

use super::Work;
use super::found::Found;
use super::parts::{Key, MAX_PARTS, Parts, Value, key};
use super::shape::Shape;
use crate::table::{Chunk, Table, TableError};

/// Rows and cells that are decoded at once.
const BATCH_ROWS: usize = 65_536;
const BATCH_CELLS: usize = 2_097_152;

/// How rows are told apart.
#[derive(Clone, Copy)]
struct Split {
    /// Rows of the old table that are held at once.
    capacity: u64,
    parts: u64,
}

impl Split {
    fn of(shape: &Shape<'_>, work: &Work<'_>) -> Self {
        let capacity = (work.held / (shape.values.len() as u64 + 4)).max(1);
        let parts = shape.old.rows().max(shape.new.rows()).div_ceil(capacity).clamp(1, MAX_PARTS);
        Self { capacity, parts }
    }

    /// The part of a row. Without a key, rows belong together by their order, so that neighbours share a part.
    fn part_of(self, key: Key, row: u64, has_key: bool) -> u64 {
        if has_key { key.0 % self.parts } else { (row / self.capacity).min(self.parts - 1) }
    }
}

/// Finds everything that differs in the rows.
pub(super) fn all(shape: &Shape<'_>, work: &Work<'_>, found: &mut Found<'_>) -> Result<(), TableError> {
    let split = Split::of(shape, work);
    let (old_keys, new_keys): (Vec<usize>, Vec<usize>) = shape.keys.iter().copied().unzip();
    let (old_values, new_values): (Vec<usize>, Vec<usize>) = shape.values.iter().copied().unzip();
    let old = told_apart(shape.old, (&old_keys, &old_values), split, work)?;
    let new = told_apart(shape.new, (&new_keys, &new_values), split, work)?;
    for part in 0..split.parts {
        // Where one key is that of very many rows, all of them are in one part.
        let slices = (old.rows(part) / split.capacity).max(1);
        for slice in 0..slices {
            matched((&old, &new), part, Slice { slice, slices }, work, found)?;
        }
    }
    Ok(())
}

/// Reads a table once and puts its rows into parts.
fn told_apart<'w>(
    table: &Table,
    (keys, values): (&[usize], &[usize]),
    split: Split,
    work: &Work<'w>,
) -> Result<Parts<'w>, TableError> {
    let mut parts = Parts::new(work.folder, split.parts, values.len());
    let mut see = |first: u64, chunk: &Chunk| -> Result<(), TableError> {
        work.go_on()?;
        for row in 0..chunk.rows {
            let number = first + row as u64;
            let key = key(table, chunk, keys, row);
            let part = split.part_of(key, number, !keys.is_empty());
            parts.push(part, (key, number), values.iter().map(|at| Value::of(table, chunk, *at, row)))?;
        }
        Ok(())
    };
    let leaves = table.leaves(keys.iter().chain(values).copied());
    let size = (BATCH_CELLS / leaves.len().max(1)).clamp(16, BATCH_ROWS);
    for group in 0..table.groups() {
        let mut first = table.first_row(group);
        if let Some(chunk) = table.in_memory(group) {
            see(first, &chunk)?;
            continue;
        }
        for chunk in table.read(group, &leaves, None, size)? {
            let chunk = chunk?;
            see(first, &chunk)?;
            first += chunk.rows as u64;
        }
    }
    Ok(parts)
}

/// Some of the rows of a part: those of different keys, and those of one key, are spread over the slices alike.
#[derive(Clone, Copy)]
struct Slice {
    slice: u64,
    slices: u64,
}

impl Slice {
    const fn holds(self, key: Key, nth: u64) -> bool {
        key.1.wrapping_add(nth) % self.slices == self.slice
    }
}

/// Counts how often keys came.
#[derive(Default)]
struct Times(HashMap<Key, u64>);

impl Times {
    fn next(&mut self, key: Key) -> u64 {
        let times = self.0.entry(key).or_default();
        *times += 1;
        *times
    }
}

/// Matches the rows of a slice: by their keys, and those of the same key by their order.
fn matched(
    (old, new): (&Parts<'_>, &Parts<'_>),
    part: u64,
    slice: Slice,
    work: &Work<'_>,
    found: &mut Found<'_>,
) -> Result<(), TableError> {
    let mut held: HashMap<(Key, u64), (u64, usize)> = HashMap::new();
    let mut cells: Vec<Value> = Vec::new();
    let mut times = Times::default();
    old.each(part, work, |record| {
        let key = record.key();
        let nth = times.next(key);
        if slice.holds(key, nth) {
            held.insert((key, nth), (record.number(), cells.len()));
            cells.extend(record.values());
        }
        Ok(())
    })?;
    let mut times = Times::default();
    new.each(part, work, |record| {
        let key = record.key();
        let nth = times.next(key);
        if !slice.holds(key, nth) {
            return Ok(());
        }
        let number = record.number();
        let Some((before, at)) = held.remove(&(key, nth)) else {
            found.add(number);
            return Ok(());
        };
        for (column, (is, was)) in (0_u32..).zip(record.values().zip(cells.get(at..).unwrap_or_default())) {
            if is != *was {
                found.revise((number, column, before), *was, is)?;
            }
        }
        Ok(())
    })?;
    held.values().for_each(|(row, _)| found.remove(*row));
    found.close();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_and_no_slice_holds_a_whole_table_that_has_no_key() {
        let split = Split { capacity: 10, parts: 100 };
        let mut rows = HashMap::<u64, u64>::new();
        for row in 0..1_000 {
            *rows.entry(split.part_of((1, 2), row, false)).or_default() += 1;
        }
        assert_eq!((rows.len(), rows.values().max()), (100, Some(&10)));
        // What comes after the last part belongs to it, as nothing before it does.
        assert_eq!(split.part_of((1, 2), 5_000, false), 99);
        // A thousand rows of one key, which no part can divide, are held ten at a time.
        for slice in 0..100 {
            let slice = Slice { slice, slices: 100 };
            assert_eq!((1..=1_000).filter(|nth| slice.holds((1, 77), *nth)).count(), 10);
        }
    }
}
