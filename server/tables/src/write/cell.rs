//! Cells as bytes, each distinct text encoded once where that pays.

use arrow::array::{Array, StringArray};

use super::short::{SHORT, short};
use crate::table::{Cells, Chunk};

/// The encoded texts of a dictionary.
#[derive(Default)]
pub(super) struct Encoded {
    of: Option<StringArray>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The same as short cells, where all are short.
    short: Vec<[u8; SHORT]>,
}

/// The most bytes of distinct texts that are kept encoded for one column.
const MOST: usize = 4 << 20;

/// The cells of one chunk as they are encoded.
pub(super) struct Known<'c> {
    keys: &'c [i32],
    bytes: &'c [u8],
    ends: &'c [usize],
    short: &'c [[u8; SHORT]],
}

impl<'c> Known<'c> {
    /// Which cell each row has.
    pub(super) const fn keys(&self) -> &'c [i32] {
        self.keys
    }

    /// The cells by number, where all of them are short.
    pub(super) fn short(&self) -> Option<&'c [[u8; SHORT]]> {
        (!self.short.is_empty()).then_some(self.short)
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: usize) -> &[u8] {
        let key = usize::try_from(self.keys[row]).unwrap_or(0);
        let start = key.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(key).copied().unwrap_or(start);
        &self.bytes[start..end]
    }
}

impl Encoded {
    /// Encodes each text of these cells once, of which `rows` are about to be written; `false` where that would not pay.
    pub(super) fn learn(&mut self, cells: &Cells, rows: usize, encode: impl Fn(&str, &mut Vec<u8>)) -> bool {
        let Cells::Dictionary { nulls: None, values, .. } = cells else { return false };
        if self.knows(values) {
            return true;
        }
        if values.len() > rows || values.value_data().len() > MOST {
            return false;
        }
        self.bytes.clear();
        self.ends.clear();
        self.short.clear();
        for text in values {
            let start = self.bytes.len();
            encode(text.unwrap_or(""), &mut self.bytes);
            self.short.extend(short(&self.bytes[start..]));
            self.ends.push(self.bytes.len());
        }
        if self.short.len() < values.len() {
            self.short.clear();
        }
        self.of = Some(values.clone());
        true
    }

    fn knows(&self, values: &StringArray) -> bool {
        self.of.as_ref().is_some_and(|of| {
            std::ptr::eq(of.value_data().as_ptr(), values.value_data().as_ptr()) && of.len() == values.len()
        })
    }

    /// These cells, if their texts were learnt last.
    pub(super) fn get<'c>(&'c self, cells: &'c Cells) -> Option<Known<'c>> {
        let Cells::Dictionary { keys, nulls: None, values } = cells else { return None };
        let known = Known { keys, bytes: &self.bytes, ends: &self.ends, short: &self.short };
        self.knows(values).then_some(known)
    }

    /// Writes a text cell; `rows` are about to be written from this chunk.
    pub(super) fn write(
        &mut self,
        cells: &Cells,
        row: usize,
        rows: usize,
        into: &mut Vec<u8>,
        encode: impl Fn(&str, &mut Vec<u8>),
    ) {
        self.learn(cells, rows, &encode);
        match self.get(cells) {
            Some(known) => into.extend_from_slice(known.cell(row)),
            None => encode(cells.text(row).unwrap_or(""), into),
        }
    }
}

/// The rows of a batch that stand together in one chunk.
pub(super) fn rows_in(chunk: &Chunk, picks: usize) -> usize {
    chunk.rows.min(picks)
}

/// Writes a number as Rust's `Display` does, only faster.
pub(super) fn plain(number: f64, into: &mut Vec<u8>) {
    let size = number.abs();
    if size < 1e15 && number.fract() == 0.0 && !(size == 0.0 && number.is_sign_negative()) {
        #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
        into.extend_from_slice(itoa::Buffer::new().format(number as i64).as_bytes());
    } else if (1e-4..1e15).contains(&size) {
        into.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
    } else {
        into.extend_from_slice(number.to_string().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_displayed(number in prop_oneof![
            prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL,
            (-1_000_000i64..1_000_000).prop_map(|n| n as f64 / 1000.0),
            1e-6..1e-2f64,
        ]) {
            let mut bytes = Vec::new();
            super::plain(number, &mut bytes);
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), number.to_string());
        }
    }
}
