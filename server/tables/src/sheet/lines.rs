//! The rows of a sheet on their way to text, one line a row, within bounds.

use std::io::{BufWriter, Write};

use domain::table::{Problem, Severity};
use tempfile::NamedTempFile;

use crate::profile::MAX_COLUMNS;
use crate::records::MAX_RECORD;
use crate::source::{Refused, refusal};

/// Rows that a sheet may have: as many as a spreadsheet.
const MAX_ROWS: u32 = 1 << 20;
/// Bytes that the text of a sheet may have.
const MAX_WRITTEN: u64 = 2 << 30;

/// Takes cells from left to right and from top to bottom; rows between them are blank lines.
pub(super) struct Lines<'a> {
    out: BufWriter<&'a mut NamedTempFile>,
    /// The row that is being filled, without its end.
    line: String,
    /// Its number, from 0.
    row: u32,
    /// The cells that it has so far.
    cells: u32,
    /// How many rows hold something.
    filled: u64,
    written: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut NamedTempFile) -> Self {
        Self { out: BufWriter::new(out), line: String::new(), row: 0, cells: 0, filled: 0, written: 0 }
    }

    /// Takes the text of a cell; an empty one is passed over.
    pub(super) fn cell(&mut self, place: (u32, u32), text: &str) -> Result<(), Refused> {
        self.side_by_side(place, 1, text)
    }

    /// Takes the same text for so many cells beside each other.
    pub(super) fn side_by_side(&mut self, (row, column): (u32, u32), times: u32, text: &str) -> Result<(), Refused> {
        if text.is_empty() || times == 0 {
            return Ok(());
        }
        if row < self.row || (row == self.row && column < self.cells) {
            return Err(refusal("The workbook cannot be read: its cells are out of order. Save it again."));
        }
        if row >= MAX_ROWS || column as usize + times as usize > MAX_COLUMNS {
            return Err(too_far());
        }
        self.go_to(row)?;
        if self.line.is_empty() {
            self.filled += 1;
        }
        for column in column..column + times {
            let commas = column - self.cells.saturating_sub(1);
            self.line.extend(std::iter::repeat_n(',', commas as usize));
            self.line.push('"');
            self.line.push_str(&text.replace('"', "\"\""));
            self.line.push('"');
            self.cells = column + 1;
            if self.line.len() > MAX_RECORD {
                return Err(too_long(row));
            }
        }
        Ok(())
    }

    /// Whether a row holds something.
    pub(super) fn holds(&self, row: u32) -> bool {
        self.row == row && !self.line.is_empty()
    }

    /// Repeats the row that was filled last, so many times.
    pub(super) fn repeat(&mut self, times: u32) -> Result<(), Refused> {
        if times >= MAX_ROWS - self.row {
            return Err(too_far());
        }
        if u64::from(times) * (self.line.len() as u64 + 1) > MAX_WRITTEN {
            return Err(too_much());
        }
        for _ in 0..times {
            self.put_line()?;
            self.row += 1;
            self.filled += 1;
        }
        Ok(())
    }

    /// Writes what is left; how many rows hold something.
    pub(super) fn end(mut self) -> Result<u64, Refused> {
        if self.filled > 0 {
            self.put_line()?;
        }
        self.out.flush()?;
        Ok(self.filled)
    }

    fn go_to(&mut self, row: u32) -> Result<(), Refused> {
        while self.row < row {
            self.put_line()?;
            self.line.clear();
            (self.row, self.cells) = (self.row + 1, 0);
        }
        Ok(())
    }

    fn put_line(&mut self) -> Result<(), Refused> {
        self.written += self.line.len() as u64 + 1;
        if self.written > MAX_WRITTEN {
            return Err(too_much());
        }
        self.out.write_all(self.line.as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}

fn too_far() -> Refused {
    refusal(format!(
        "The workbook holds cells beyond row {MAX_ROWS} or column {MAX_COLUMNS}, where spreadsheets end. Send the figures as CSV."
    ))
}

fn too_much() -> Refused {
    refusal(format!(
        "The sheet holds more than {} GB of text, rows that it repeats included. Send the figures as CSV.",
        MAX_WRITTEN >> 30
    ))
}

fn too_long(row: u32) -> Refused {
    let line = u64::from(row) + 1;
    let message = format!("The row in line {line} is longer than {} MB. Send the figures as CSV.", MAX_RECORD >> 20);
    Problem::new(Severity::Error, message).at_line(line).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written, and of how many rows.
    fn written(fill: impl FnOnce(&mut Lines<'_>) -> Result<(), Refused>) -> Result<(String, u64), Refused> {
        let mut file = NamedTempFile::new().expect("a file");
        let mut lines = Lines::new(&mut file);
        fill(&mut lines)?;
        let filled = lines.end()?;
        Ok((std::fs::read_to_string(file.path()).expect("text"), filled))
    }

    fn refused(fill: impl FnOnce(&mut Lines<'_>) -> Result<(), Refused>) -> String {
        match written(fill) {
            Err(Refused::Table(problems)) => problems[0].message.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn gaps_are_empty_cells_and_blank_lines() {
        let told = written(|lines| {
            lines.cell((1, 2), "a \"b\"")?;
            lines.cell((1, 3), "")?;
            lines.side_by_side((1, 5), 2, "c")?;
            lines.cell((3, 0), "d")?;
            lines.cell((3, 1), "e")
        });
        assert_eq!(told.expect("in order"), ("\n,,\"a \"\"b\"\"\",,,\"c\",\"c\"\n\n\"d\",\"e\"\n".to_owned(), 2));
        assert_eq!(written(|_| Ok(())).expect("nothing"), (String::new(), 0));
    }

    #[test]
    fn a_row_is_repeated_below_itself() {
        let told = written(|lines| {
            lines.cell((0, 0), "a")?;
            assert!(lines.holds(0) && !lines.holds(1));
            lines.repeat(2)?;
            lines.cell((4, 1), "b")
        });
        assert_eq!(told.expect("in order"), ("\"a\"\n\"a\"\n\"a\"\n\n,\"b\"\n".to_owned(), 4));
    }

    #[test]
    fn what_leads_too_far_is_refused_before_it_is_written() {
        let backwards = refused(|lines| lines.cell((0, 1), "a").and_then(|()| lines.cell((0, 0), "b")));
        assert!(backwards.contains("out of order"), "{backwards}");
        for place in [(MAX_ROWS, 0), (0, 16_384), (u32::MAX, u32::MAX)] {
            let far = refused(|lines| lines.cell(place, "a"));
            assert!(far.contains("beyond row 1048576 or column 16384"), "{far}");
        }
        let far = refused(|lines| lines.cell((0, 0), "a").and_then(|()| lines.repeat(u32::MAX)));
        assert!(far.contains("beyond row"), "{far}");
        let long = "x".repeat(10_000);
        let much = refused(|lines| lines.cell((0, 0), &long).and_then(|()| lines.repeat(MAX_ROWS - 1)));
        assert!(much.contains("more than 2 GB"), "{much}");
        let long = refused(|lines| lines.side_by_side((6, 0), 16_384, &long));
        assert!(long.contains("line 7 is longer than 16 MB"), "{long}");
    }
}
