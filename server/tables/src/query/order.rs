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

/// The bytes of keys that are held at once: where they are longer, fewer of them are found.
const HELD: usize = 64 << 20;

/// The least `most` keys after a certain one, or fewer where they are long.
pub(super) struct Least {
    most: usize,
    /// The most bytes of all keys.
    held: usize,
    after: Option<Vec<u8>>,
    keys: Vec<Vec<u8>>,
    bytes: usize,
    bound: Option<Vec<u8>>,
}

impl Least {
    pub(super) const fn new(most: usize, after: Option<Vec<u8>>) -> Self {
        Self { most, held: HELD, after, keys: Vec::new(), bytes: 0, bound: None }
    }

    pub(super) fn see(&mut self, key: &[u8]) {
        if self.after.as_deref().is_some_and(|after| key <= after)
            || self.bound.as_deref().is_some_and(|bound| key >= bound)
        {
            return;
        }
        self.keys.push(key.to_vec());
        self.bytes += key.len();
        if self.keys.len() >= (self.most * 2).max(1024) || self.bytes > self.held {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.keep();
        while self.bytes > self.held / 2 && self.keys.len() > 1 {
            self.most = self.keys.len() / 2;
            self.keep();
        }
    }

    /// Lets go of all but the least.
    fn keep(&mut self) {
        if self.keys.len() > self.most && self.most > 0 {
            self.keys.select_nth_unstable(self.most);
            self.keys.truncate(self.most + 1);
            self.bound = self.keys.pop();
            self.bytes = self.keys.iter().map(Vec::len).sum();
        }
    }

    /// The keys in their order, and whether there may be more.
    pub(super) fn finish(mut self) -> (Vec<Vec<u8>>, bool) {
        self.keep();
        self.keys.sort_unstable();
        let full = self.keys.len() >= self.most;
        (self.keys, full)
    }
}

/// The number of the row that a key belongs to.
pub(super) fn row_of(key: &[u8]) -> u64 {
    key.last_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys of so many bytes, in no order.
    fn keys(count: u32, length: usize) -> Vec<Vec<u8>> {
        let number = |at: u32| (at * 7_919) % count;
        let key = |at| [vec![0; length - 4], number(at).to_be_bytes().to_vec()].concat();
        (0..count).map(key).collect()
    }

    #[test]
    fn the_least_are_found_in_passes_whose_keys_take_no_more_than_so_many_bytes() {
        let all = keys(1_000, 100);
        let (mut after, mut found, mut passes) = (None, Vec::new(), 0);
        loop {
            let mut least = Least { held: 10_000, ..Least::new(400, after.take()) };
            for key in &all {
                least.see(key);
                assert!(least.bytes <= 10_000, "{}", least.bytes);
            }
            let (keys, full) = least.finish();
            after = keys.last().cloned();
            found.extend(keys);
            passes += 1;
            if !full {
                break;
            }
        }
        let mut expected = all;
        expected.sort();
        assert_eq!(found, expected);
        assert!((10..=25).contains(&passes), "{passes}");
    }

    #[test]
    fn short_keys_are_found_as_many_at_once_as_are_wanted() {
        let mut least = Least::new(400, None);
        keys(1_000, 8).iter().for_each(|key| least.see(key));
        let (keys, full) = least.finish();
        assert_eq!((keys.len(), full), (400, true));
        let mut least = Least::new(400, keys.last().cloned());
        self::keys(500, 8).iter().for_each(|key| least.see(key));
        let (keys, full) = least.finish();
        assert_eq!((keys.len(), full), (100, false));
    }
}
