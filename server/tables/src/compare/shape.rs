//! What of two tables is compared with what, and the cells of what was found.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::changes::{Changes, Relabelled, Renamed, Retyped, Revision, RowKey};
use domain::table::{Column, ColumnRole};

use super::{Place, renamed};
use crate::table::{Chunk, Table, TableError};

/// A column by its place in the old table and in the new one.
pub(super) type Pair = (usize, usize);

/// One of the two tables.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Old,
    New,
}

/// Two tables with the columns that belong together.
pub(super) struct Shape<'t> {
    pub(super) old: &'t Table,
    pub(super) new: &'t Table,
    /// All columns that both have.
    shared: Vec<Pair>,
    /// The dimensions that both have, by which rows are named.
    dimensions: Vec<Pair>,
    /// The columns by which rows are matched: the codes of the dimensions, where both have them.
    pub(super) keys: Vec<Pair>,
    /// All other columns that both have.
    pub(super) values: Vec<Pair>,
}

impl<'t> Shape<'t> {
    /// By the names of the columns; some are known to be `renamed`.
    pub(super) fn of(old: &'t Table, new: &'t Table, renamed: &[Renamed]) -> Self {
        let shared = renamed::pairs(old.columns(), new.columns(), renamed);
        let known: HashSet<Pair> = shared.iter().copied().collect();
        let is_dimension = |at: usize| new.columns().get(at).is_some_and(|column| column.role == ColumnRole::Dimension);
        let dimensions: Vec<Pair> = shared.iter().copied().filter(|(_, at)| is_dimension(*at)).collect();
        let keys: Vec<Pair> = dimensions
            .iter()
            .map(|(before, after)| {
                let codes = (old.code_of(*before), new.code_of(*after));
                if known.contains(&codes) { codes } else { (*before, *after) }
            })
            .collect();
        let named: HashSet<Pair> = keys.iter().chain(&dimensions).copied().collect();
        let values = shared.iter().copied().filter(|pair| !named.contains(pair)).collect();
        Self { old, new, shared, dimensions, keys, values }
    }

    /// Whether one of the tables has a dimension that the other does not have.
    pub(super) fn has_other_dimensions(&self) -> bool {
        let is_dimension = |column: &&Column| column.role == ColumnRole::Dimension;
        let (went, came) = self.alone();
        went.iter().chain(&came).any(is_dimension)
    }

    /// The columns that only the old table has, and those that only the new one has.
    fn alone(&self) -> (Vec<&'t Column>, Vec<&'t Column>) {
        let was: HashSet<usize> = self.shared.iter().map(|(at, _)| *at).collect();
        let is: HashSet<usize> = self.shared.iter().map(|(_, at)| *at).collect();
        let but = |columns: &'t [Column], paired: HashSet<usize>| -> Vec<&'t Column> {
            columns.iter().enumerate().filter(|(at, _)| !paired.contains(at)).map(|(_, column)| column).collect()
        };
        (but(self.old.columns(), was), but(self.new.columns(), is))
    }

    /// Which of the columns in `values` hold figures, in one of both tables at least; the others describe them.
    pub(super) fn figures(&self) -> Vec<bool> {
        let holds = |table: &Table, at: usize| {
            let column = table.columns().get(at);
            column.is_some_and(|column| column.role == ColumnRole::Measure || column.kind.is_numeric())
        };
        self.values.iter().map(|(before, after)| holds(self.old, *before) || holds(self.new, *after)).collect()
    }

    /// What changed in the columns.
    pub(super) fn columns_changed(&self) -> Changes {
        let (went, came) = self.alone();
        let names = |columns: Vec<&Column>| columns.into_iter().map(|column| column.name.clone()).collect();
        let mut changes = Changes { columns_added: names(came), columns_removed: names(went), ..Changes::default() };
        for (before, after) in &self.shared {
            let (Some(before), Some(after)) = (self.old.columns().get(*before), self.new.columns().get(*after)) else {
                continue;
            };
            let name = after.name.clone();
            if before.kind != after.kind {
                changes.columns_retyped.push(Retyped { name: name.clone(), before: before.kind, after: after.kind });
            }
            if before.name != after.name {
                changes.columns_renamed.push(Renamed { before: before.name.clone(), after: name });
            } else if before.label != after.label {
                let (before, after) = (before.label.clone(), after.label.clone());
                changes.columns_relabelled.push(Relabelled { name, before, after });
            }
        }
        changes
    }

    /// What the dimensions of some rows hold, row by row as they are named.
    pub(super) fn keys_of(&self, side: Side, rows: &[u64]) -> Result<Vec<RowKey>, TableError> {
        let (table, columns): (&Table, Vec<usize>) = match side {
            Side::Old => (self.old, self.dimensions.iter().map(|(at, _)| *at).collect()),
            Side::New => (self.new, self.dimensions.iter().map(|(_, at)| *at).collect()),
        };
        let named = self.dimensions.iter().filter_map(|(_, at)| self.new.columns().get(*at));
        let names: Vec<&str> = named.map(|column| column.name.as_str()).collect();
        let cells = cells_of(table, rows, &columns)?;
        let keyed = |cells: Vec<String>| -> RowKey { names.iter().map(|name| (*name).to_owned()).zip(cells).collect() };
        Ok(cells.into_iter().map(keyed).collect())
    }

    /// The cells that stand at these places, before and after, with the keys of their rows.
    pub(super) fn revisions(&self, places: &[Place]) -> Result<Vec<Revision>, TableError> {
        let rows: Vec<u64> = places.iter().map(|(row, ..)| *row).collect();
        let keys = self.keys_of(Side::New, &rows)?;
        let mut revisions: Vec<Revision> = keys
            .into_iter()
            .map(|key| Revision { key, column: String::new(), before: String::new(), after: String::new() })
            .collect();
        // Each column is read once, however many cells of it were revised.
        let mut columns: BTreeMap<u32, Vec<(usize, Place)>> = BTreeMap::new();
        for (at, place) in places.iter().enumerate() {
            columns.entry(place.1).or_default().push((at, *place));
        }
        for (column, which) in columns {
            let Some((old_at, new_at)) = self.value(column) else { continue };
            let name = self.new.columns().get(new_at).map(|column| column.name.clone()).unwrap_or_default();
            let rows = |row_of: fn(&Place) -> u64| which.iter().map(|(_, place)| row_of(place)).collect::<Vec<_>>();
            let before = cells_of(self.old, &rows(|(.., row)| *row), &[old_at])?;
            let after = cells_of(self.new, &rows(|(row, ..)| *row), &[new_at])?;
            for ((at, _), (before, after)) in which.iter().zip(before.into_iter().zip(after)) {
                if let Some(revision) = revisions.get_mut(*at) {
                    revision.column.clone_from(&name);
                    (revision.before, revision.after) = (before.concat(), after.concat());
                }
            }
        }
        Ok(revisions)
    }

    fn value(&self, column: u32) -> Option<Pair> {
        self.values.get(usize::try_from(column).ok()?).copied()
    }
}

/// Some cells of some rows, each row group read once; in the order in which the rows are named.
fn cells_of(table: &Table, rows: &[u64], columns: &[usize]) -> Result<Vec<Vec<String>>, TableError> {
    if columns.is_empty() {
        return Ok(vec![Vec::new(); rows.len()]);
    }
    let leaves = table.leaves(columns.iter().copied());
    let texts = |chunk: &Chunk, at: usize| -> Vec<String> {
        columns.iter().map(|column| chunk.with_cell(table, *column, at, str::to_owned)).collect()
    };
    let mut sorted = rows.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut found: HashMap<u64, Vec<String>> = HashMap::with_capacity(sorted.len());
    for part in sorted.chunk_by(|a, b| table.group_of(*a) == table.group_of(*b)) {
        let Some(group) = part.first().map(|row| table.group_of(*row)) else { continue };
        let first = table.first_row(group);
        let within: Vec<u32> = part.iter().filter_map(|row| u32::try_from(row - first).ok()).collect();
        if let Some(chunk) = table.in_memory(group) {
            found.extend(part.iter().zip(&within).map(|(row, at)| (*row, texts(&chunk, *at as usize))));
            continue;
        }
        let mut numbers = part.iter();
        for chunk in table.some_rows(group, &leaves, &within, within.len())? {
            let chunk = chunk?;
            found.extend((0..chunk.rows).zip(&mut numbers).map(|(at, row)| (*row, texts(&chunk, at))));
        }
    }
    Ok(rows.iter().map(|row| found.get(row).cloned().unwrap_or_default()).collect())
}
