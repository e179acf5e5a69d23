//! Where a page ended.

use base64_simd::URL_SAFE_NO_PAD;
use domain::selection::Selection;
use sha2::{Digest, Sha256};

use crate::table::{Table, TableError};

/// The last row of a page; the next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub(crate) row: u64,
    mark: [u8; 8],
}

impl Position {
    /// The position after a row of the table, counted from 0, under a selection.
    pub(crate) fn after(table: &Table, selection: &Selection, row: u64) -> Self {
        Self { row, mark: mark(table, selection) }
    }

    /// The position that a page of this selection ended with.
    ///
    /// # Errors
    /// `BadCursor` if the text is none, or is of another selection or table.
    pub fn parse(table: &Table, selection: &Selection, text: &str) -> Result<Self, TableError> {
        let bytes = URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| TableError::BadCursor)?;
        let (row, mark_sent) = bytes.split_first_chunk::<8>().ok_or(TableError::BadCursor)?;
        let position = Self::after(table, selection, u64::from_le_bytes(*row));
        if mark_sent != position.mark || position.row >= table.rows() {
            return Err(TableError::BadCursor);
        }
        Ok(position)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [self.row.to_le_bytes(), self.mark].concat();
        f.write_str(&URL_SAFE_NO_PAD.encode_to_string(bytes))
    }
}

/// Which rows in which order: the columns shown make no difference.
fn mark(table: &Table, selection: &Selection) -> [u8; 8] {
    let rows = Selection { columns: Vec::new(), ..selection.clone() };
    let mut hash = Sha256::new();
    hash.update(table.digest());
    hash.update(rows.to_query().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut mark = [0; 8];
    mark.copy_from_slice(&digest[..8]);
    mark
}
