//! Splits text into records and cells.
//!
//! Not the `csv` crate: it accepts a quote that never closes, and does not count lines that end in CR alone,
//! while every refusal here has to name its line.

use std::borrow::Cow;

use domain::table::{Problem, Severity};

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

/// Reads records one after another, once, from the start of the text to its end.
pub(crate) struct Records<'t> {
    text: &'t str,
    delimiter: u8,
    at: usize,
    line: u64,
    pub ends: LineEnds,
}

impl<'t> Records<'t> {
    /// Starts at the first line.
    pub(crate) const fn new(text: &'t str, delimiter: u8) -> Self {
        Self { text, delimiter, at: 0, line: 1, ends: LineEnds { crlf: 0, lf: 0, cr: 0 } }
    }

    /// Reads the next record into `record`; false at the end of the text.
    pub(crate) fn read(&mut self, record: &mut Record<'t>) -> Result<bool, Problem> {
        record.cells.clear();
        record.line = self.line;
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return Ok(false);
        }
        loop {
            let cell = if bytes.get(self.at) == Some(&b'"') { self.quoted()? } else { self.plain() };
            record.cells.push(cell);
            match bytes.get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(b'\r') if bytes.get(self.at + 1) == Some(&b'\n') => {
                    self.ends.crlf += 1;
                    self.at += 2;
                    break;
                }
                Some(b'\r') => {
                    self.ends.cr += 1;
                    self.at += 1;
                    break;
                }
                Some(_) => {
                    self.ends.lf += 1;
                    self.at += 1;
                    break;
                }
                None => return Ok(true),
            }
        }
        self.line += 1;
        Ok(true)
    }

    fn plain(&mut self) -> Cow<'t, str> {
        let delimiter = self.delimiter;
        let rest = &self.text.as_bytes()[self.at..];
        let length =
            rest.iter().position(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r').unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        Cow::Borrowed(&self.text[start..self.at])
    }

    fn quoted(&mut self) -> Result<Cow<'t, str>, Problem> {
        let bytes = self.text.as_bytes();
        let opened = self.line;
        self.at += 1;
        let start = self.at;
        let mut doubled = false;
        loop {
            match bytes.get(self.at) {
                None => return Err(unclosed(opened)),
                Some(b'"') if bytes.get(self.at + 1) == Some(&b'"') => {
                    doubled = true;
                    self.at += 2;
                }
                Some(b'"') => break,
                Some(b'\n') => {
                    self.line += 1;
                    self.at += 1;
                }
                Some(b'\r') => {
                    // A CR before LF is counted with its LF.
                    self.line += u64::from(bytes.get(self.at + 1) != Some(&b'\n'));
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
        let inside = &self.text[start..self.at];
        self.at += 1;
        while bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        match bytes.get(self.at) {
            None | Some(b'\r' | b'\n') => {}
            Some(byte) if *byte == self.delimiter => {}
            Some(_) => return Err(text_after_quote(opened, self.line)),
        }
        Ok(if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) })
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

#[cfg(test)]
mod tests {
    use super::{Record, Records};

    fn all(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text, b',');
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

    #[test]
    fn text_after_a_closing_quote_is_refused() {
        let mut records = Records::new("a\n\"6\" pipe\"\n", b',');
        let mut record = Record::default();
        assert!(records.read(&mut record).expect("the heading"));
        assert_eq!(records.read(&mut record).err().and_then(|problem| problem.line), Some(2));
    }
}
