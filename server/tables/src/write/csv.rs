//! Comma-separated values: RFC 4180, lines end with CRLF, cells as they came.

use super::Encoder;
use super::cell::{Encoded, Known, plain, rows_in};
use crate::query::{Position, RowBatch};
use crate::table::{Cells, Chunk, Figures, Number, Table, TableError};

pub(super) struct Csv {
    table: Table,
    columns: Vec<(usize, Encoded)>,
}

impl Csv {
    pub(super) fn new(table: &Table, shown: Vec<usize>) -> Self {
        Self { table: table.clone(), columns: shown.into_iter().map(|at| (at, Encoded::default())).collect() }
    }
}

impl Encoder for Csv {
    fn begin(&mut self, into: &mut Vec<u8>) -> Result<(), TableError> {
        for (place, (at, _)) in self.columns.iter().enumerate() {
            if place > 0 {
                into.push(b',');
            }
            encode(&self.table.columns()[*at].label, into);
        }
        into.extend_from_slice(b"\r\n");
        Ok(())
    }

    fn rows(&mut self, batch: &RowBatch, into: &mut Vec<u8>) -> Result<(), TableError> {
        let alone = self.columns.len() == 1;
        for run in batch.picks.chunk_by(|one, next| one.0 == next.0) {
            let chunk = &batch.chunks[run[0].0 as usize];
            let (table, rows) = (&self.table, rows_in(chunk, batch.rows()));
            let short = run.len() < WORTH_LOOKING;
            let sources: Vec<Source<'_>> = self
                .columns
                .iter_mut()
                .map(|(at, encoded)| Source::of(table, chunk, *at, encoded, rows, short))
                .collect();
            for (_, row) in run {
                let start = into.len();
                for (place, source) in sources.iter().enumerate() {
                    if place > 0 {
                        into.push(b',');
                    }
                    source.write(*row as usize, into);
                }
                // A line with nothing on it would be no row at all.
                if alone && into.len() == start {
                    into.extend_from_slice(b"\"\"");
                }
                into.extend_from_slice(b"\r\n");
            }
        }
        Ok(())
    }

    fn end(&mut self, _next: Option<Position>, _into: &mut Vec<u8>) -> Result<(), TableError> {
        Ok(())
    }
}

/// From so many rows of a chunk it is worth looking first how each column can be written fastest.
const WORTH_LOOKING: usize = 16;

/// Where the cells of one column come from, for the rows of one chunk.
enum Source<'c> {
    /// Whole numbers, with no cell that is written otherwise.
    Integers(&'c [i64]),
    /// The same with decimals.
    Numbers(&'c [f64]),
    /// Texts that are encoded already.
    Known(Known<'c>),
    /// Figures, of which some are missing or written in their own way.
    Figures { table: &'c Table, chunk: &'c Chunk, at: usize },
    /// Any texts.
    Texts(&'c Cells),
    /// The column was not read.
    Nothing,
}

impl<'c> Source<'c> {
    fn of(table: &'c Table, chunk: &'c Chunk, at: usize, encoded: &'c mut Encoded, rows: usize, short: bool) -> Self {
        let Some(cells) = chunk.field(at) else { return Self::Nothing };
        if !table.columns()[at].kind.is_numeric() {
            let known = if short { None } else { encoded.known(cells, rows, encode) };
            return known.map_or(Self::Texts(cells), Self::Known);
        }
        let beside = table.text_of(at).and_then(|text| chunk.field(text));
        let plain = !short && beside.is_none_or(Cells::is_empty);
        let whole = if plain { cells.figures() } else { None };
        match whole {
            Some(Figures::Integers(numbers)) => Self::Integers(numbers),
            Some(Figures::Numbers(numbers)) => Self::Numbers(numbers),
            None => Self::Figures { table, chunk, at },
        }
    }

    fn write(&self, row: usize, into: &mut Vec<u8>) {
        match self {
            Self::Integers(numbers) => into.extend_from_slice(itoa::Buffer::new().format(numbers[row]).as_bytes()),
            Self::Numbers(numbers) => plain(numbers[row], into),
            Self::Known(known) => into.extend_from_slice(known.cell(row)),
            Self::Texts(cells) => encode(cells.text(row).unwrap_or(""), into),
            Self::Nothing => {}
            Self::Figures { table, chunk, at } => match (chunk.text(table, *at, row), chunk.number(*at, row)) {
                (Some(text), Some(_)) => quote(text, into),
                (None, Some(Number::Integer(number))) => {
                    into.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                }
                (None, Some(Number::Float(number))) => plain(number, into),
                (text, None) => encode(text.unwrap_or(""), into),
            },
        }
    }
}

/// Writes a text so that no spreadsheet runs it; a sign that stands alone is no formula.
fn encode(text: &str, into: &mut Vec<u8>) {
    match text.as_bytes() {
        [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r', _, ..] => quote(&format!("'{text}"), into),
        _ => quote(text, into),
    }
}

fn quote(text: &str, into: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        into.extend_from_slice(bytes);
        return;
    }
    into.push(b'"');
    for (place, part) in bytes.split(|byte| *byte == b'"').enumerate() {
        if place > 0 {
            into.extend_from_slice(b"\"\"");
        }
        into.extend_from_slice(part);
    }
    into.push(b'"');
}
