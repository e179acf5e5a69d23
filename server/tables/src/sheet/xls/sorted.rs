//! Cells in whatever order a program wrote them, on their way to the rows of a sheet.
//!
//! Excel writes row after row, others column after column or as people typed. As many cells as memory may be spent on wait here for
//! those that stand before them; a sheet that is larger goes on its way from its top, and is read as long as nothing comes too late.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::sheet::lines::Lines;
use crate::source::{Refused, refusal};

/// Bytes that cells may take while they wait.
pub(super) const MOST: usize = 64 << 20;
/// Bytes of a cell besides its text, about.
const EACH: usize = 64;

/// Brings cells into the order of their rows and columns.
pub(super) struct Sorted<'l, 'a> {
    lines: &'l mut Lines<'a>,
    waiting: BTreeMap<(u32, u32), String>,
    /// Bytes that the waiting ones take.
    held: usize,
    most: usize,
}

impl<'l, 'a> Sorted<'l, 'a> {
    /// Holds so many bytes at most.
    pub(super) const fn new(lines: &'l mut Lines<'a>, most: usize) -> Self {
        Self { lines, waiting: BTreeMap::new(), held: 0, most }
    }

    /// Takes the text of a cell; an empty one is passed over.
    pub(super) fn cell(&mut self, place: (u32, u32), text: String) -> Result<(), Refused> {
        if text.is_empty() {
            return Ok(());
        }
        match self.waiting.entry(place) {
            Entry::Occupied(_) => {
                return Err(refusal(
                    "The workbook cannot be read: two of its cells stand in one place. Save it again.",
                ));
            }
            Entry::Vacant(free) => {
                self.held += EACH + text.len();
                free.insert(text);
            }
        }
        // Half of it, so that not every cell that comes has one go.
        if self.held > self.most { self.give_all_but(self.most / 2) } else { Ok(()) }
    }

    /// Gives the first of those that wait to the rows, which refuse what would have had its place before them.
    fn give_all_but(&mut self, most: usize) -> Result<(), Refused> {
        while self.held > most
            && let Some((place, text)) = self.waiting.pop_first()
        {
            self.held -= EACH + text.len();
            self.lines.cell(place, &text)?;
        }
        Ok(())
    }

    /// Gives all that still wait.
    pub(super) fn end(mut self) -> Result<(), Refused> {
        self.give_all_but(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::NamedTempFile;

    use super::*;

    /// What is written of these cells, or why they are refused.
    fn written(cells: &[(u32, u32)], most: usize) -> Result<String, String> {
        let mut file = NamedTempFile::new().expect("a file");
        let mut lines = Lines::new(&mut file);
        let mut sorted = Sorted::new(&mut lines, most);
        let taken = cells.iter().try_for_each(|place| sorted.cell(*place, format!("{place:?}")));
        match taken.and_then(|()| sorted.end()).and_then(|()| lines.end()) {
            Ok(_) => Ok(std::fs::read_to_string(file.path()).expect("text")),
            Err(Refused::Table(problems)) => Err(problems[0].message.clone()),
            Err(other) => panic!("{other}"),
        }
    }

    fn places() -> Vec<(u32, u32)> {
        (0..6).flat_map(|row| (0..5).map(move |column| (row * 2, column * 3))).collect()
    }

    #[test]
    fn what_came_in_order_needs_no_room_and_two_cells_have_not_one_place() {
        assert_eq!(written(&places(), 0), written(&places(), MOST));
        let twice = written(&[(1, 0), (0, 0), (1, 0)], MOST).expect_err("twice");
        assert!(twice.contains("two of its cells stand in one place"), "{twice}");
        let late = written(&[(1, 0), (0, 0)], 0).expect_err("late");
        assert!(late.contains("out of order") && late.contains("Save it again"), "{late}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cells_in_any_order_give_the_same_rows(cells in Just(places()).prop_shuffle()) {
            prop_assert_eq!(written(&cells, MOST), written(&places(), MOST));
        }

        #[test]
        fn where_there_is_no_room_they_give_the_same_rows_or_none(
            cells in Just(places()).prop_shuffle(),
            most in 0..3_000_usize,
        ) {
            match written(&cells, most) {
                Ok(rows) => prop_assert_eq!(rows, written(&places(), MOST).expect("in order")),
                Err(why) => prop_assert!(why.contains("out of order"), "{}", why),
            }
        }
    }
}
