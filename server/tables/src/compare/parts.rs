//! The rows of a table told apart by their keys, beside the memory.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Work, bytes_at};
use crate::table::{Chunk, Number, Table, TableError};

/// The most parts that are told apart; larger ones are matched a slice at a time.
pub(super) const MAX_PARTS: u64 = 1_024;
/// What is gathered in memory of all parts before it is written, in bytes.
const GATHERED: usize = 16 << 20;
/// The bytes of a record before its values: two hashes of the row's key, and its number.
const HEAD: usize = 24;
/// The bytes of a value.
const VALUE: usize = 9;
/// How numbers are marked, so that they are not taken for the hash of a text.
const NUMBER: u8 = 1;

/// Two hashes of a row's key, so that different keys do not meet.
pub(super) type Key = (u64, u64);

/// What stands in a cell: the same number is the same however it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(u64),
}

impl Value {
    pub(super) fn of(table: &Table, chunk: &Chunk, at: usize, row: usize) -> Self {
        match chunk.number(at, row) {
            Some(Number::Integer(number)) if number.unsigned_abs() >= 1 << 53 => {
                Self::Text(hash(0, &number.to_string()))
            }
            Some(number) => Self::Number(number.value()),
            None => Self::Text(chunk.with_cell(table, at, row, |cell| hash(0, cell.trim()))),
        }
    }

    fn write(self, into: &mut Vec<u8>) {
        let (mark, bits) = match self {
            Self::Number(number) => (NUMBER, number.to_bits()),
            Self::Text(hash) => (0, hash),
        };
        into.push(mark);
        into.extend_from_slice(&bits.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        let bits = u64::from_le_bytes(bytes_at(bytes, 1));
        if bytes.first() == Some(&NUMBER) { Self::Number(f64::from_bits(bits)) } else { Self::Text(bits) }
    }
}

fn hash(seed: u64, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, text).hash(&mut hasher);
    hasher.finish()
}

/// The key of a row.
pub(super) fn key(table: &Table, chunk: &Chunk, columns: &[usize], row: usize) -> Key {
    columns.iter().fold((1, 2), |(a, b), at| {
        chunk.with_cell(table, *at, row, |cell| (hash(a, cell.trim()), hash(b, cell.trim())))
    })
}

/// A row as it lies in its part.
pub(super) struct Record<'r>(&'r [u8]);

impl Record<'_> {
    pub(super) fn key(&self) -> Key {
        (u64::from_le_bytes(bytes_at(self.0, 0)), u64::from_le_bytes(bytes_at(self.0, 8)))
    }

    /// Its number in the table.
    pub(super) fn number(&self) -> u64 {
        u64::from_le_bytes(bytes_at(self.0, 16))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        self.0.get(HEAD..).unwrap_or_default().chunks_exact(VALUE).map(Value::read)
    }
}

/// The rows of a table by parts, those of a part in the order of the table.
pub(super) struct Parts<'w> {
    folder: &'w Path,
    /// Where full blocks are; made when there is the first, so that small tables never reach the disk.
    file: Option<File>,
    end: u64,
    width: usize,
    block: usize,
    parts: Vec<Part>,
}

#[derive(Default)]
struct Part {
    rows: u64,
    gathered: Vec<u8>,
    /// Where its blocks begin, and their bytes.
    blocks: Vec<(u64, usize)>,
}

impl<'w> Parts<'w> {
    /// So many parts, for rows of so many values.
    pub(super) fn new(folder: &'w Path, parts: u64, values: usize) -> Self {
        let parts: Vec<Part> = (0..parts).map(|_| Part::default()).collect();
        let block = GATHERED / parts.len().max(1);
        Self { folder, file: None, end: 0, width: HEAD + values * VALUE, block, parts }
    }

    fn part(&self, part: u64) -> Option<&Part> {
        self.parts.get(usize::try_from(part).ok()?)
    }

    /// How many rows a part has.
    pub(super) fn rows(&self, part: u64) -> u64 {
        self.part(part).map_or(0, |part| part.rows)
    }

    /// Adds a row to a part.
    pub(super) fn push(
        &mut self,
        part: u64,
        (key, number): (Key, u64),
        values: impl Iterator<Item = Value>,
    ) -> io::Result<()> {
        let Some(part) = usize::try_from(part).ok().and_then(|at| self.parts.get_mut(at)) else { return Ok(()) };
        part.rows += 1;
        for word in [key.0, key.1, number] {
            part.gathered.extend_from_slice(&word.to_le_bytes());
        }
        values.for_each(|value| value.write(&mut part.gathered));
        if part.gathered.len() < self.block {
            return Ok(());
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile_in(self.folder)?,
        };
        file.write_all_at(&part.gathered, self.end)?;
        self.file = Some(file);
        part.blocks.push((self.end, part.gathered.len()));
        self.end += part.gathered.len() as u64;
        part.gathered.clear();
        Ok(())
    }

    /// Lets the rows of a part go by.
    pub(super) fn each(
        &self,
        part: u64,
        work: &Work<'_>,
        mut see: impl FnMut(&Record<'_>) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        let Some(part) = self.part(part) else { return Ok(()) };
        let mut block = Vec::new();
        for (at, length) in &part.blocks {
            work.go_on()?;
            block.resize(*length, 0);
            if let Some(file) = &self.file {
                file.read_exact_at(&mut block, *at)?;
            }
            block.chunks_exact(self.width).try_for_each(|record| see(&Record(record)))?;
        }
        work.go_on()?;
        part.gathered.chunks_exact(self.width).try_for_each(|record| see(&Record(record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_by_parts_in_their_order_from_memory_and_disk() {
        let folder = tempfile::tempdir().unwrap();
        let never = || false;
        let work = Work::new(folder.path(), &never);
        for block in [GATHERED, 100, 1] {
            let mut parts = Parts { block, ..Parts::new(folder.path(), 3, 2) };
            for number in 0..50_u64 {
                let values = [Value::Number(number as f64 / 4.0), Value::Text(number * 7)];
                parts.push(number % 2, ((number, 9), number), values.into_iter()).unwrap();
            }
            assert_eq!(parts.file.is_some(), block < GATHERED);
            for part in 0..3 {
                let mut seen = Vec::new();
                let see = |record: &Record<'_>| {
                    let number = record.number();
                    assert_eq!(record.key(), (number, 9));
                    let values: Vec<Value> = record.values().collect();
                    assert_eq!(values, [Value::Number(number as f64 / 4.0), Value::Text(number * 7)]);
                    seen.push(number);
                    Ok(())
                };
                parts.each(part, &work, see).unwrap();
                assert!(seen.iter().copied().eq((0..50).filter(|number| number % 2 == part)), "{part} {seen:?}");
                assert_eq!(parts.rows(part), seen.len() as u64);
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_nobody_waits_for_is_read_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let mut parts = Parts { block: 1, ..Parts::new(folder.path(), 1, 0) };
        for number in 0..10 {
            parts.push(0, ((1, 2), number), std::iter::empty()).unwrap();
        }
        let seen = std::cell::Cell::new(0);
        let stopped = || seen.get() > 3;
        let work = Work::new(folder.path(), &stopped);
        let read = parts.each(0, &work, |_| {
            seen.set(seen.get() + 1);
            Ok(())
        });
        assert!(matches!(read, Err(TableError::Stopped)));
        assert_eq!(seen.get(), 4);
    }
}
