//! Comma-separated values: RFC 4180, lines end with CRLF. Texts stand as they came, and figures too, unless a reader of plain figures would
//! not read the same from them: these are written with a decimal point and nothing between thousands.

use super::Encoder;
use super::cell::{Encoded, Known, plain, rows_in};
use super::short::{Line, SHORT, Short};
use crate::query::{Position, RowBatch};
use crate::table::{Cells, Chunk, Figures, Number, Table, TableError};

pub(super) struct Csv {
    table: Table,
    columns: Vec<Column>,
    line: Line,
    /// One cell on its way.
    cell: Vec<u8>,
}

struct Column {
    at: usize,
    encoded: Encoded,
    short: Short,
    /// What follows each of its cells.
    after: &'static [u8],
    /// Whether it is the only one: a line with nothing on it would be no row at all.
    alone: bool,
}

impl Column {
    /// Writes a text and what follows it.
    fn encode(&self, text: &str, into: &mut Vec<u8>) {
        encode_cell(text, self.alone, self.after, into);
    }
}

impl Csv {
    pub(super) fn new(table: &Table, shown: Vec<usize>) -> Self {
        let count = shown.len();
        let column = |(place, at)| Column {
            at,
            encoded: Encoded::default(),
            short: Short::default(),
            after: if place + 1 == count { b"\r\n" } else { b"," },
            alone: count == 1,
        };
        let columns = shown.into_iter().enumerate().map(column).collect();
        Self { table: table.clone(), columns, line: Line::default(), cell: Vec::new() }
    }
}

impl Encoder for Csv {
    fn begin(&mut self, into: &mut Vec<u8>) -> Result<(), TableError> {
        for column in &self.columns {
            encode(&self.table.columns()[column.at].label, into);
            into.extend_from_slice(column.after);
        }
        Ok(())
    }

    fn rows(&mut self, batch: &RowBatch, into: &mut Vec<u8>) -> Result<(), TableError> {
        for run in batch.picks.chunk_by(|one, next| one.0 == next.0) {
            let chunk = &batch.chunks[run[0].0 as usize];
            let rows = Rows { table: &self.table, chunk, run, count: rows_in(chunk, batch.rows()) };
            let mut sources: Vec<Source<'_>> =
                self.columns.iter_mut().map(|column| Source::of(&rows, column, &mut self.cell)).collect();
            for (_, row) in run {
                for source in &mut sources {
                    source.write(*row as usize, &mut self.line, &mut self.cell);
                }
            }
            self.line.hand_over(into);
        }
        Ok(())
    }

    fn end(&mut self, _next: Option<Position>, _into: &mut Vec<u8>) -> Result<(), TableError> {
        Ok(())
    }
}

/// From so many rows of a chunk it is worth looking first how each column can be written fastest.
const WORTH_LOOKING: usize = 16;
/// The most decimals with which figures are tried as whole numbers.
const DECIMALS: usize = 4;

/// The rows of one chunk that are about to be written.
struct Rows<'c> {
    table: &'c Table,
    chunk: &'c Chunk,
    run: &'c [(u32, u32)],
    count: usize,
}

/// Where the cells of one column come from, for the rows of one chunk, each with what follows it.
enum Source<'c> {
    /// Texts of a few bytes, numbered.
    ShortTexts(&'c [i32], &'c [[u8; SHORT]]),
    /// Whole numbers not far apart, counted from the least.
    Near(&'c [i64], i64, &'c [[u8; SHORT]]),
    /// Whole numbers, with no cell that is written otherwise.
    Integers(&'c [i64], &'static [u8]),
    /// The same with decimals: how many the last one had.
    Numbers(&'c [f64], usize, &'static [u8]),
    /// Texts that are encoded already.
    Known(Known<'c>),
    /// Figures, of which some are missing or written in their own way: then their texts stand beside them.
    Figures { cells: &'c Cells, beside: Option<&'c Cells>, decimals: usize, column: &'c Column },
    /// Any texts; where the column was not read, none.
    Texts(Option<&'c Cells>, &'c Column),
}

impl<'c> Source<'c> {
    fn of(rows: &'c Rows<'c>, column: &'c mut Column, cell: &mut Vec<u8>) -> Self {
        let (table, chunk, at, after) = (rows.table, rows.chunk, column.at, column.after);
        let Some(cells) = chunk.field(at) else { return Self::Texts(None, column) };
        let looks = rows.run.len() >= WORTH_LOOKING;
        if !table.columns()[at].kind.is_numeric() {
            let alone = column.alone;
            let whole = |text: &str, into: &mut Vec<u8>| encode_cell(text, alone, after, into);
            if !looks || !column.encoded.learn(cells, rows.count, whole) {
                return Self::Texts(Some(cells), column);
            }
            return match column.encoded.get(cells) {
                Some(known) => match known.short() {
                    Some(short) => Self::ShortTexts(known.keys(), short),
                    None => Self::Known(known),
                },
                None => Self::Texts(Some(cells), column),
            };
        }
        let beside = table.text_of(at).and_then(|text| chunk.field(text));
        let plain = looks && beside.is_none_or(Cells::is_empty);
        let whole = if plain { cells.figures() } else { None };
        match whole {
            Some(Figures::Integers(numbers)) => {
                match column.short.near(numbers, rows.run.iter().map(|(_, row)| *row as usize), after, cell) {
                    Some((least, short)) => Self::Near(numbers, least, short),
                    None => Self::Integers(numbers, after),
                }
            }
            Some(Figures::Numbers(numbers)) => Self::Numbers(numbers, 1, after),
            None => Self::Figures { cells, beside, decimals: 1, column },
        }
    }

    fn write(&mut self, row: usize, line: &mut Line, cell: &mut Vec<u8>) {
        match self {
            Self::ShortTexts(keys, short) => {
                if let Some(cell) = usize::try_from(keys[row]).ok().and_then(|key| short.get(key)) {
                    line.short(cell);
                }
            }
            Self::Near(numbers, least, short) => {
                if let Some(cell) = usize::try_from(numbers[row] - *least).ok().and_then(|place| short.get(place)) {
                    line.short(cell);
                }
            }
            Self::Integers(numbers, after) => {
                line.put(itoa::Buffer::new().format(numbers[row]).as_bytes());
                line.put(after);
            }
            Self::Numbers(numbers, decimals, after) => {
                if !line.decimal(numbers[row], decimals, DECIMALS) {
                    cell.clear();
                    plain(numbers[row], cell);
                    line.put(cell);
                }
                line.put(after);
            }
            Self::Known(known) => line.put(known.cell(row)),
            Self::Texts(cells, column) => {
                cell.clear();
                column.encode(cells.and_then(|cells| cells.text(row)).unwrap_or(""), cell);
                line.put(cell);
            }
            Self::Figures { cells, beside, decimals, column } => {
                let start = line.len();
                let number = cells.number(row);
                let is_kept = |text: &&str| number.is_none_or(|number| is_plain(text, number));
                match (beside.and_then(|texts| texts.text(row)).filter(is_kept), number) {
                    (None, Some(Number::Float(number))) if line.decimal(number, decimals, DECIMALS) => {}
                    (text, number) => {
                        cell.clear();
                        match (text, number) {
                            (Some(text), Some(_)) => quote(text, cell),
                            (None, Some(Number::Integer(number))) => {
                                cell.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                            }
                            (None, Some(Number::Float(number))) => plain(number, cell),
                            (text, None) => encode(text.unwrap_or(""), cell),
                        }
                        line.put(cell);
                    }
                }
                if column.alone && line.len() == start {
                    line.put(b"\"\"");
                }
                line.put(column.after);
            }
        }
    }
}

/// Whether whoever knows plain figures alone reads this number from a text: neither a decimal comma, nor marks between thousands, nor a unit.
fn is_plain(text: &str, number: Number) -> bool {
    match number {
        Number::Integer(number) => text.parse::<i64>().is_ok_and(|read| read == number),
        Number::Float(number) => text.parse::<f64>().is_ok_and(|read| read == number),
    }
}

/// Writes a text and what follows it.
fn encode_cell(text: &str, alone: bool, after: &[u8], into: &mut Vec<u8>) {
    let start = into.len();
    encode(text, into);
    if alone && into.len() == start {
        into.extend_from_slice(b"\"\"");
    }
    into.extend_from_slice(after);
}

/// Writes a text so that no spreadsheet runs it; a sign that stands alone is no formula.
fn encode(text: &str, into: &mut Vec<u8>) {
    match text.as_bytes() {
        [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n', _, ..] => quote(&format!("'{text}"), into),
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
