//! Keys that order rows as bytes, and the least of them in bounded memory.

use domain::selection::Selection;
use domain::table::ColumnKind;

use super::times;
use crate::period::Form;
use crate::table::{Chunk, Number, Table, TableError};

/// How rows are ordered.
pub(super) struct Order {
    sorts: Vec<(usize, bool, Option<Form>)>,
}

impl Order {
    pub(super) fn new(table: &Table, selection: &Selection) -> Result<Self, TableError> {
        let mut sorts = Vec::new();
        for sort in &selection.sort {
            let Some(at) = table.find(&sort.name) else { continue };
            let time = table.columns()[at].kind == ColumnKind::Time;
            let form = if time { times::form_of(table.forms(at)?) } else { None };
            sorts.push((at, sort.descending, form));
        }
        Ok(Self { sorts })
    }

    pub(super) const fn is_none(&self) -> bool {
        self.sorts.is_empty()
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.sorts.iter().map(|(at, ..)| *at)
    }

    /// Writes the key of a row of a chunk, which is row `number` of the table: less means earlier.
    pub(super) fn key(&self, table: &Table, chunk: &Chunk, row: usize, number: u64, key: &mut Vec<u8>) {
        key.clear();
        for (at, descending, form) in &self.sorts {
            let start = key.len();
            key.push(0);
            let filled = match table.columns()[*at].kind {
                ColumnKind::Integer | ColumnKind::Number => match chunk.number(*at, row) {
                    #[expect(
                        clippy::cast_sign_loss,
                        reason = "the sign bit is turned over so that bytes order numbers"
                    )]
                    Some(Number::Integer(number)) => push(key, (number as u64) ^ (1 << 63)),
                    Some(Number::Float(number)) => push(key, ordered(number)),
                    None => false,
                },
                #[expect(clippy::cast_sign_loss, reason = "days are never negative")]
                ColumnKind::Time => chunk
                    .with_cell(table, *at, row, |cell| times::first_day(cell, *form))
                    .is_some_and(|day| push(key, day as u64)),
                ColumnKind::Text => chunk.with_cell(table, *at, row, |cell| push_text(key, cell)),
            };
            if filled && *descending {
                key[start + 1..].iter_mut().for_each(|byte| *byte = !*byte);
            } else if !filled {
                key[start] = 1;
            }
        }
        key.extend_from_slice(&number.to_be_bytes());
    }
}

fn push(key: &mut Vec<u8>, number: u64) -> bool {
    key.extend_from_slice(&number.to_be_bytes());
    true
}

/// Zero bytes are marked, so that a text never runs into what follows it.
fn push_text(key: &mut Vec<u8>, cell: &str) -> bool {
    if cell.trim().is_empty() {
        return false;
    }
    for byte in cell.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xFF);
        }
    }
    key.extend_from_slice(&[0, 0]);
    true
}

/// Bits that order as the numbers do; both zeros are one.
fn ordered(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// The least `most` keys after a certain one.
pub(super) struct Least {
    most: usize,
    after: Option<Vec<u8>>,
    keys: Vec<Vec<u8>>,
    bound: Option<Vec<u8>>,
}

impl Least {
    pub(super) const fn new(most: usize, after: Option<Vec<u8>>) -> Self {
        Self { most, after, keys: Vec::new(), bound: None }
    }

    pub(super) fn see(&mut self, key: &[u8]) {
        if self.after.as_deref().is_some_and(|after| key <= after)
            || self.bound.as_deref().is_some_and(|bound| key >= bound)
        {
            return;
        }
        self.keys.push(key.to_vec());
        if self.keys.len() >= (self.most * 2).max(1024) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.keys.len() > self.most && self.most > 0 {
            self.keys.select_nth_unstable(self.most);
            self.keys.truncate(self.most + 1);
            self.bound = self.keys.pop();
        }
    }

    /// The keys in their order.
    pub(super) fn finish(mut self) -> Vec<Vec<u8>> {
        self.cut();
        self.keys.truncate(self.most);
        self.keys.sort_unstable();
        self.keys
    }
}

/// The number of the row that a key belongs to.
pub(super) fn row_of(key: &[u8]) -> u64 {
    key.last_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
