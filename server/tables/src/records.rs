//! Splits text into records and cells.
//!
//! Not the `csv` crate: it accepts a quote that never closes, and does not count lines that end in CR alone,
//! while every refusal here has to name its line.

mod reader;

use std::borrow::Cow;

use domain::table::{Problem, Severity};

pub(crate) use reader::Reader;

/// The bytes that one record may have.
pub(crate) const MAX_RECORD: usize = 16 << 20;

/// One record: the cells of a row, which may span several lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record<'t> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its cells without their quotes.
    pub cells: Vec<Cow<'t, str>>,
}

impl Record<'_> {
    /// Whether it is an empty line.
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self.cells.as_slice(), [] | [Cow::Borrowed("")])
    }

    /// The cell at a place; nothing where the row has none there.
    pub(crate) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| cell.as_ref())
    }

    /// How many cells hold something.
    pub(crate) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim().is_empty()).count()
    }
}

/// How often each kind of line end was met between records.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LineEnds {
    pub crlf: u64,
    pub lf: u64,
    pub cr: u64,
}

impl LineEnds {
    /// The name of the only kind, `mixed` or `none`.
    pub(crate) const fn name(self) -> &'static str {
        match (self.crlf > 0, self.lf > 0, self.cr > 0) {
            (false, false, false) => "none",
            (true, false, false) => "CRLF",
            (false, true, false) => "LF",
            (false, false, true) => "CR",
            _ => "mixed",
        }
    }
}

/// How records are told apart and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub delimiter: u8,
    /// Whether the text was made of the rows of a sheet: each is one line, however many its cells have, and empty
    /// cells at its end are left out.
    pub sheet: bool,
}

/// Where reading stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub at: usize,
    pub line: u64,
    pub ends: LineEnds,
}

impl Default for Place {
    fn default() -> Self {
        Self { at: 0, line: 1, ends: LineEnds::default() }
    }
}

/// Reads the records of a piece of text one after another.
pub(crate) struct Records<'t> {
    text: &'t str,
    dialect: Dialect,
    /// Whether the file ends where the text does.
    last: bool,
    pub place: Place,
    /// The line of a quote that is open where the text ends.
    pub open_quote: Option<u64>,
}

/// Where the first delimiter or line end stands: most cells are so short that eight bytes at a time find it soonest.
fn end_of_cell(rest: &[u8], delimiter: u8) -> Option<usize> {
    /// Sets the highest bit of the first byte that is `byte`, and perhaps of some after it.
    const fn mark(eight: u64, byte: u8) -> u64 {
        let zero = eight ^ (ONES * byte as u64);
        zero.wrapping_sub(ONES) & !zero & HIGHEST
    }
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x8080_8080_8080_8080;
    let (eights, last) = rest.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let eight = u64::from_le_bytes(*eight);
        let marks = mark(eight, delimiter) | mark(eight, b'\n') | mark(eight, b'\r');
        if marks != 0 {
            return Some(at * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let is_end = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    last.iter().position(is_end).map(|at| eights.len() * 8 + at)
}

/// A cell was read, or the text ends before it does.
enum Cell<'t> {
    Whole(Cow<'t, str>),
    Cut,
}

impl<'t> Records<'t> {
    /// Goes on at a place.
    pub(crate) const fn resume(text: &'t str, dialect: Dialect, place: Place, last: bool) -> Self {
        Self { text, dialect, last, place, open_quote: None }
    }

    /// Reads the next record into `record`; false where no whole one is left.
    pub(crate) fn read(&mut self, record: &mut Record<'t>) -> Result<bool, Problem> {
        record.cells.clear();
        let start = self.place;
        record.line = start.line;
        let whole = start.at < self.text.len() && self.cells(record)?;
        if !whole {
            self.place = start;
            return Ok(false);
        }
        if self.place.at - start.at > MAX_RECORD {
            return Err(too_long(start.line));
        }
        if self.dialect.sheet {
            self.place.line = start.line + 1;
        }
        Ok(true)
    }

    fn cells(&mut self, record: &mut Record<'t>) -> Result<bool, Problem> {
        let bytes = self.text.as_bytes();
        loop {
            let cell = if bytes.get(self.place.at) == Some(&b'"') { self.quoted()? } else { self.plain() };
            let Cell::Whole(cell) = cell else { return Ok(false) };
            record.cells.push(cell);
            let place = &mut self.place;
            match bytes.get(place.at) {
                Some(byte) if *byte == self.dialect.delimiter => {
                    place.at += 1;
                    continue;
                }
                Some(b'\r') if bytes.get(place.at + 1) == Some(&b'\n') => {
                    place.ends.crlf += 1;
                    place.at += 2;
                }
                Some(b'\r') if place.at + 1 == bytes.len() && !self.last => return Ok(false),
                Some(b'\r') => {
                    place.ends.cr += 1;
                    place.at += 1;
                }
                Some(_) => {
                    place.ends.lf += 1;
                    place.at += 1;
                }
                None => return Ok(self.last),
            }
            place.line += 1;
            return Ok(true);
        }
    }

    fn plain(&mut self) -> Cell<'t> {
        let delimiter = self.dialect.delimiter;
        let start = self.place.at;
        let rest = &self.text.as_bytes()[start..];
        let length = end_of_cell(rest, delimiter);
        if length.is_none() && !self.last {
            return Cell::Cut;
        }
        self.place.at += length.unwrap_or(rest.len());
        Cell::Whole(Cow::Borrowed(&self.text[start..self.place.at]))
    }

    fn quoted(&mut self) -> Result<Cell<'t>, Problem> {
        let bytes = self.text.as_bytes();
        let opened = self.place.line;
        let start = self.place.at + 1;
        let mut at = start;
        let mut doubled = false;
        loop {
            match bytes.get(at) {
                None if self.last => return Err(unclosed(opened)),
                None => {
                    self.open_quote = Some(opened);
                    return Ok(Cell::Cut);
                }
                Some(b'"') if bytes.get(at + 1) == Some(&b'"') => {
                    doubled = true;
                    at += 2;
                }
                Some(b'"') => break,
                Some(b'\n') => {
                    self.place.line += 1;
                    at += 1;
                }
                Some(b'\r') => {
                    // A CR before LF is counted with its LF.
                    self.place.line += u64::from(bytes.get(at + 1) != Some(&b'\n'));
                    at += 1;
                }
                Some(_) => at += 1,
            }
        }
        let inside = &self.text[start..at];
        at += 1;
        while bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        self.place.at = at;
        match bytes.get(at) {
            None if !self.last => return Ok(Cell::Cut),
            None | Some(b'\r' | b'\n') => {}
            Some(byte) if *byte == self.dialect.delimiter => {}
            Some(_) => return Err(text_after_quote(opened, self.place.line)),
        }
        Ok(Cell::Whole(if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) }))
    }
}

fn unclosed(line: u64) -> Problem {
    Problem::new(
        Severity::Error,
        format!("The quote opened in line {line} is not closed: add the closing quote, or double the quote if it belongs to the text."),
    )
    .at_line(line)
}

fn text_after_quote(opened: u64, closed: u64) -> Problem {
    Problem::new(
        Severity::Error,
        format!("The quote opened in line {opened} closes in line {closed} but text follows it: a quote inside a cell is written twice, and a cell ends with its closing quote."),
    )
    .at_line(opened)
}

/// A record that is too long, perhaps for a quote that is open.
fn too_long(line: u64) -> Problem {
    let most = MAX_RECORD >> 20;
    Problem::new(
        Severity::Error,
        format!(
            "The row in line {line} is longer than {most} MB: check that its lines and quotes end where they should."
        ),
    )
    .at_line(line)
}

fn unclosed_so_far(line: u64) -> Problem {
    let most = MAX_RECORD >> 20;
    Problem::new(
        Severity::Error,
        format!("The quote opened in line {line} is not closed within {most} MB: add the closing quote, or double the quote if it belongs to the text."),
    )
    .at_line(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Dialect, Place, Record, Records, end_of_cell};

    const COMMAS: Dialect = Dialect { delimiter: b',', sheet: false };

    fn all(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::resume(text, COMMAS, Place::default(), true);
        let mut record = Record::default();
        let mut rows = Vec::new();
        while records.read(&mut record).expect("well-formed") {
            rows.push((record.line, record.cells.iter().map(ToString::to_string).collect()));
        }
        rows
    }

    #[test]
    fn quotes_hold_line_ends_delimiters_and_doubled_quotes() {
        let rows = all("a,\"x\r\ny, \"\"z\"\"\"\r\n\"lone \r in\",b\r\nlast,\n");
        assert_eq!(rows[0], (1, vec!["a".into(), "x\r\ny, \"z\"".into()]));
        assert_eq!(rows[1], (3, vec!["lone \r in".into(), "b".into()]));
        assert_eq!(rows[2], (5, vec!["last".into(), String::new()]));
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn an_empty_cell_at_the_very_end_counts() {
        assert_eq!(all("a,b\n1,"), vec![(1, vec!["a".into(), "b".into()]), (2, vec!["1".into(), String::new()])]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_end_of_a_cell_is_the_first_delimiter_or_line_end(bytes in "[a-c,;\r\n\u{7f}-\u{2ff}]{0,40}") {
            for delimiter in [b',', b';', b'\t'] {
                let is_end = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
                prop_assert_eq!(end_of_cell(bytes.as_bytes(), delimiter), bytes.bytes().position(is_end));
            }
        }
    }

    #[test]
    fn text_after_a_closing_quote_is_refused() {
        let mut records = Records::resume("a\n\"6\" pipe\"\n", COMMAS, Place::default(), true);
        let mut record = Record::default();
        assert!(records.read(&mut record).expect("the heading"));
        assert_eq!(records.read(&mut record).err().and_then(|problem| problem.line), Some(2));
    }
}
