//! Formulas of a sheet: what stands in their cells is what a spreadsheet calculated last, if it ever did.

use calamine::DataRef;
use domain::table::{Problem, Severity};

/// Cells that are named one by one.
const NAMED: usize = 5;

/// The formula cells of a sheet, while its cells go by.
#[derive(Default)]
pub(super) struct Formulas {
    calculated: Cells,
    /// Those of them that hold what is left where nothing was calculated, but also what a calculation may come to.
    unsure: Cells,
    /// Those that hold no value at all.
    empty: Cells,
}

/// Some cells, the first by their places, in whatever order they come.
#[derive(Default)]
struct Cells {
    count: u64,
    first: Vec<(u32, u32)>,
}

impl Cells {
    fn add(&mut self, place: (u32, u32), count: u64) {
        self.count = self.count.saturating_add(count);
        let at = self.first.partition_point(|known| *known <= place);
        if at < NAMED {
            self.first.insert(at, place);
            self.first.truncate(NAMED);
        }
    }

    /// "C4, C5 and 3 more".
    fn named(&self) -> String {
        let names: Vec<String> = self.first.iter().map(|place| name_of(*place)).collect();
        match self.count - names.len() as u64 {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }

    fn line(&self) -> u64 {
        self.first.first().map_or(1, |(row, _)| u64::from(*row) + 1)
    }
}

impl Formulas {
    /// Takes the cell of a formula with what was calculated of it; an empty text is a value, too. Where cells are the same
    /// so many times, the first of them stands for all.
    pub(super) fn take(&mut self, place: (u32, u32), times: u64, value: &DataRef<'_>) {
        match value {
            DataRef::Empty => self.empty.add(place, times),
            _ => self.calculated.add(place, times),
        }
    }

    /// Takes the cell of a formula that holds a zero or an empty text, which programs that do not calculate leave, too.
    pub(super) fn take_unsure(&mut self, place: (u32, u32)) {
        self.calculated.add(place, 1);
        self.unsure.add(place, 1);
    }

    /// Whether there are any that seem not to have been calculated.
    pub(super) fn lack_values(&self) -> bool {
        self.empty.count > 0 || self.unsure.count > 0
    }

    /// What is to be said of them.
    pub(super) fn problems(&self, sheet: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.empty.count > 0 {
            let message = format!(
                "In the sheet “{sheet}” formulas hold no value, at {}: the table has empty cells there. Open the workbook in a spreadsheet, save it and send it again; if they are meant to be empty, say why.",
                self.empty.named()
            );
            problems.push(Problem::new(Severity::Blocking, message).at_line(self.empty.line()));
        }
        // One value that can only have been calculated shows that the others were, too.
        if self.unsure.count > 0 && self.unsure.count == self.calculated.count {
            let message = format!(
                "In the sheet “{sheet}” formulas hold no value but zeros and empty texts, at {}: whatever saved the workbook may not have calculated them. Open the workbook in a spreadsheet, save it and send it again; if they are right, say why.",
                self.unsure.named()
            );
            problems.push(Problem::new(Severity::Blocking, message).at_line(self.unsure.line()));
        } else if self.calculated.count > 0 {
            let message = format!(
                "In the sheet “{sheet}” cells hold formulas, at {}: the table has the values that a spreadsheet calculated last. Look whether they are up to date.",
                self.calculated.named()
            );
            problems.push(Problem::new(Severity::Warning, message).at_line(self.calculated.line()));
        }
        problems
    }
}

/// A cell as spreadsheets name it: letters for the column, a number from 1 for the row.
fn name_of((row, column): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        assert_eq!(
            [(0, 0), (3, 25), (9, 26), (0, 701), (1, 702), (1_048_575, 16_383)].map(name_of),
            ["A1", "Z4", "AA10", "ZZ1", "AAA2", "XFD1048576"]
        );
    }
}
