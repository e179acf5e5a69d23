//! How much of a table is decoded at once: fewer rows of a wide one, and of one whose cells are long.

use crate::table::Table;

/// The most rows, cells and bytes that are decoded at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub rows: usize,
    pub cells: usize,
    pub bytes: usize,
}

/// What is decoded and handed out at once: as many cells as were packed at once when the table was made.
pub(crate) const BATCH: Room = Room { rows: 8_192, cells: 262_144, bytes: 16 << 20 };
/// What is looked through at once.
pub(crate) const LOOK: Room = Room { rows: 65_536, cells: 2 << 20, bytes: 64 << 20 };
/// What is read anywhere in the table at once, for rows that come in another order than the table's.
pub(crate) const FETCH: Room = Room { rows: 131_072, cells: 4 << 20, bytes: 96 << 20 };

impl Room {
    /// How many rows of so many columns fit, each with about so many bytes; one always does.
    pub(crate) fn rows(self, columns: usize, row_bytes: usize) -> usize {
        let by_cells = self.cells / columns.max(1);
        let by_bytes = self.bytes / row_bytes.max(1);
        self.rows.min(by_cells).min(by_bytes).max(1)
    }
}

impl Table {
    /// How many rows of a group may be looked through at once in these fields.
    pub(crate) fn looked_at(&self, group: usize, leaves: &[usize]) -> usize {
        LOOK.rows(leaves.len(), self.row_bytes(group, leaves))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_tables_are_read_in_large_parts_and_wide_ones_in_small() {
        for columns in [0, 1, 4, 32] {
            let rows = [BATCH, LOOK, FETCH].map(|room| room.rows(columns, columns * 20));
            assert_eq!(rows, [8_192, 65_536, 131_072], "{columns}");
        }
        for columns in [33, 2_000, 16_384, 250_000, 10_000_000] {
            for room in [BATCH, LOOK, FETCH] {
                let rows = room.rows(columns, columns * 8);
                assert!(rows == 1 || rows * columns <= room.cells, "{columns}: {rows}");
            }
        }
        assert_eq!(BATCH.rows(2_000, 16_000), 131);
        // A few columns of long cells, and one row that is larger than everything.
        assert_eq!((BATCH.rows(1, 1 << 20), BATCH.rows(1, 1 << 30)), (16, 1));
    }
}
