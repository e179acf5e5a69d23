//! Cells as bytes, each distinct text encoded once where that pays.

use arrow::array::{Array, StringArray};

use crate::table::{Cells, Chunk};

/// The encoded texts of a dictionary.
#[derive(Default)]
pub(super) struct Encoded {
    of: Option<StringArray>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// The most bytes of distinct texts that are kept encoded for one column.
const MOST: usize = 4 << 20;

/// The cells of one chunk as they are encoded.
pub(super) struct Known<'c> {
    keys: &'c [i32],
    bytes: &'c [u8],
    ends: &'c [usize],
}

impl Known<'_> {
    /// The cell of a row.
    pub(super) fn cell(&self, row: usize) -> &[u8] {
        let key = usize::try_from(self.keys[row]).unwrap_or(0);
        let start = key.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(key).copied().unwrap_or(start);
        &self.bytes[start..end]
    }
}

impl Encoded {
    /// The cells of a chunk of which `rows` are about to be written; nothing where encoding each text once would not pay.
    pub(super) fn known<'c>(
        &'c mut self,
        cells: &'c Cells,
        rows: usize,
        encode: impl Fn(&str, &mut Vec<u8>),
    ) -> Option<Known<'c>> {
        let Cells::Dictionary { keys, nulls: None, values } = cells else { return None };
        let same = self.of.as_ref().is_some_and(|of| {
            std::ptr::eq(of.value_data().as_ptr(), values.value_data().as_ptr()) && of.len() == values.len()
        });
        if !same {
            if values.len() > rows || values.value_data().len() > MOST {
                return None;
            }
            self.bytes.clear();
            self.ends.clear();
            for text in values {
                encode(text.unwrap_or(""), &mut self.bytes);
                self.ends.push(self.bytes.len());
            }
            self.of = Some(values.clone());
        }
        Some(Known { keys, bytes: &self.bytes, ends: &self.ends })
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
        match self.known(cells, rows, &encode) {
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
