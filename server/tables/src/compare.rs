//! Compares two tables by the keys of their rows, some of the keys at a time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::changes::{Changes, Relabelled, Retyped, Revision, RowChanges, RowKey};
use domain::selection::Selection;
use domain::table::ColumnRole;

use crate::table::{Chunk, Number, Table, TableError};

/// About how many values of the old table are held at once.
const HELD: u64 = 4_000_000;
/// Keys of added and removed rows that are told.
const FIRST: usize = 20;
/// Figures that moved most.
const LARGEST: usize = 20;

/// Where a revised cell stands: its row in the new table, the place of its column, its row in the old table.
type Place = (u64, usize, u64);

/// What changed from `old` to `new`, with a page of the revised cells.
///
/// Rows are matched by their dimensions, by codes where both tables have them; rows with the same key by their order.
///
/// # Errors
/// A file cannot be read.
pub fn compare(old: &Table, new: &Table, limit: usize, offset: usize) -> Result<Changes, TableError> {
    let mut changes = columns(old, new);
    let shared: Vec<(usize, usize)> =
        new.columns().iter().zip(0..).filter_map(|(column, at)| Some((old.find(&column.name)?, at))).collect();
    let dimensions: Vec<(usize, usize)> =
        shared.iter().copied().filter(|(_, at)| new.columns()[*at].role == ColumnRole::Dimension).collect();
    let keys: Vec<(usize, usize)> = dimensions
        .iter()
        .map(|(before, after)| {
            let codes = (old.code_of(*before), new.code_of(*after));
            if shared.contains(&codes) { codes } else { (*before, *after) }
        })
        .collect();
    let values: Vec<(usize, usize)> =
        shared.iter().copied().filter(|pair| !keys.contains(pair) && !dimensions.contains(pair)).collect();
    let parts = (old.rows() * (values.len() as u64 + 4)).div_ceil(HELD).max(1);
    let most = offset.saturating_add(limit);
    let mut found = Found { most, ..Found::default() };
    for part in 0..parts {
        found.part(old, new, &keys, &values, (part, parts))?;
    }
    found.cut();
    changes.cells_revised = found.revised;
    let key_of = |table: &Table, row: u64, new_side: bool| -> Result<RowKey, TableError> {
        let side = |pair: &(usize, usize)| if new_side { pair.1 } else { pair.0 };
        let cells = cells_of(table, row, &dimensions.iter().map(side).collect::<Vec<_>>())?;
        let names = dimensions.iter().map(|(_, at)| new.columns()[*at].name.clone());
        Ok(names.zip(cells).collect())
    };
    let revision = |(row, value, before): &Place| -> Result<Revision, TableError> {
        let (old_at, new_at) = values[*value];
        Ok(Revision {
            key: key_of(new, *row, true)?,
            column: new.columns()[new_at].name.clone(),
            before: cells_of(old, *before, &[old_at])?.pop().unwrap_or_default(),
            after: cells_of(new, *row, &[new_at])?.pop().unwrap_or_default(),
        })
    };
    changes.revised = found.places.iter().skip(offset).map(revision).collect::<Result<_, _>>()?;
    changes.largest = found.largest.iter().map(|(_, place)| revision(place)).collect::<Result<_, _>>()?;
    let first = |table: &Table, rows: &mut Vec<u64>, side| -> Result<Vec<RowKey>, TableError> {
        rows.sort_unstable();
        rows.iter().take(FIRST).map(|row| key_of(table, *row, side)).collect()
    };
    let added = first(new, &mut found.added, true)?;
    changes.rows_added = RowChanges { count: found.added_count, first: added };
    let removed = first(old, &mut found.removed, false)?;
    changes.rows_removed = RowChanges { count: found.removed_count, first: removed };
    Ok(changes)
}

fn columns(old: &Table, new: &Table) -> Changes {
    let mut changes = Changes::default();
    let names = |table: &Table, other: &Table| -> Vec<String> {
        table.columns().iter().filter(|c| other.find(&c.name).is_none()).map(|c| c.name.clone()).collect()
    };
    changes.columns_added = names(new, old);
    changes.columns_removed = names(old, new);
    for after in new.columns() {
        let Some(before) = old.columns().iter().find(|column| column.name == after.name) else { continue };
        let name = after.name.clone();
        if before.kind != after.kind {
            changes.columns_retyped.push(Retyped { name: name.clone(), before: before.kind, after: after.kind });
        }
        if before.label != after.label {
            let (before, after) = (before.label.clone(), after.label.clone());
            changes.columns_relabelled.push(Relabelled { name, before, after });
        }
    }
    changes
}

/// Some cells of one row.
fn cells_of(table: &Table, row: u64, columns: &[usize]) -> Result<Vec<String>, TableError> {
    let every = Selection::default();
    let Some(batch) = table.rows_of(&every, None, row, Some(1))?.next() else { return Ok(Vec::new()) };
    let batch = batch?;
    let Some((chunk, at)) = batch.picks.first() else { return Ok(Vec::new()) };
    let chunk = &batch.chunks[*chunk as usize];
    Ok(columns.iter().map(|column| chunk.with_cell(table, *column, *at as usize, str::to_owned)).collect())
}

#[derive(Default)]
struct Found {
    most: usize,
    revised: u64,
    places: Vec<Place>,
    largest: Vec<(f64, Place)>,
    added: Vec<u64>,
    added_count: u64,
    removed: Vec<u64>,
    removed_count: u64,
}

/// What stands in a cell: the same number is the same however it is written.
#[derive(Clone, Copy, PartialEq)]
enum Value {
    Number(f64),
    Text(u64),
}

impl Value {
    fn of(table: &Table, chunk: &Chunk, at: usize, row: usize) -> Self {
        match chunk.number(at, row) {
            Some(Number::Integer(number)) if number.unsigned_abs() >= 1 << 53 => {
                Self::Text(hash(0, &number.to_string()))
            }
            Some(number) => Self::Number(number.value()),
            None => Self::Text(chunk.with_cell(table, at, row, |cell| hash(0, cell.trim()))),
        }
    }
}

fn hash(seed: u64, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, text).hash(&mut hasher);
    hasher.finish()
}

/// Two hashes of a row's key, so that different keys do not meet.
fn key(table: &Table, chunk: &Chunk, columns: &[usize], row: usize) -> (u64, u64) {
    columns.iter().fold((1, 2), |(a, b), at| {
        chunk.with_cell(table, *at, row, |cell| (hash(a, cell.trim()), hash(b, cell.trim())))
    })
}

impl Found {
    /// Compares the rows whose keys belong to one part.
    fn part(
        &mut self,
        old: &Table,
        new: &Table,
        keys: &[(usize, usize)],
        values: &[(usize, usize)],
        (part, parts): (u64, u64),
    ) -> Result<(), TableError> {
        type Held = HashMap<((u64, u64), u32), (u64, Box<[Value]>)>;
        let mut held: Held = HashMap::new();
        let (old_keys, new_keys): (Vec<usize>, Vec<usize>) = keys.iter().copied().unzip();
        let (old_values, new_values): (Vec<usize>, Vec<usize>) = values.iter().copied().unzip();
        let mut times: HashMap<(u64, u64), u32> = HashMap::new();
        let nth = |times: &mut HashMap<(u64, u64), u32>, key| {
            let times = times.entry(key).or_default();
            *times += 1;
            *times
        };
        old.pass(&old.leaves(old_keys.iter().chain(&old_values).copied()), |first, chunk| {
            for row in 0..chunk.rows {
                let key = key(old, chunk, &old_keys, row);
                if key.0 % parts == part {
                    let cells = old_values.iter().map(|at| Value::of(old, chunk, *at, row)).collect();
                    held.insert((key, nth(&mut times, key)), (first + row as u64, cells));
                }
            }
            Ok(())
        })?;
        times.clear();
        new.pass(&new.leaves(new_keys.iter().chain(&new_values).copied()), |first, chunk| {
            for row in 0..chunk.rows {
                let key = key(new, chunk, &new_keys, row);
                if key.0 % parts != part {
                    continue;
                }
                let number = first + row as u64;
                let Some((before, cells)) = held.remove(&(key, nth(&mut times, key))) else {
                    self.added_count += 1;
                    keep_first(&mut self.added, number);
                    continue;
                };
                for (place, (at, was)) in new_values.iter().zip(&*cells).enumerate() {
                    let is = Value::of(new, chunk, *at, row);
                    if is != *was {
                        self.revise((number, place, before), *was, is);
                    }
                }
            }
            Ok(())
        })?;
        self.removed_count += held.len() as u64;
        held.values().for_each(|(row, _)| keep_first(&mut self.removed, *row));
        Ok(())
    }

    fn revise(&mut self, place: Place, was: Value, is: Value) {
        self.revised += 1;
        self.places.push(place);
        if self.places.len() > self.most.saturating_mul(2).saturating_add(1_024) {
            self.cut();
        }
        if let (Value::Number(was), Value::Number(is)) = (was, is) {
            let moved = (is - was).abs() / was.abs().max(is.abs());
            let at = self.largest.partition_point(|(other, _)| *other >= moved);
            if at < LARGEST {
                self.largest.insert(at, (moved, place));
                self.largest.truncate(LARGEST);
            }
        }
    }

    fn cut(&mut self) {
        self.places.sort_unstable();
        self.places.truncate(self.most);
    }
}

fn keep_first(rows: &mut Vec<u64>, row: u64) {
    rows.push(row);
    if rows.len() > 1_024 {
        rows.sort_unstable();
        rows.truncate(FIRST);
    }
}
