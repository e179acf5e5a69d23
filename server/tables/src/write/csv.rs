//! Comma-separated values: RFC 4180, lines end with CRLF, cells as they came.

use super::Encoder;
use super::cell::{Encoded, plain, rows_in};
use crate::query::{Position, RowBatch};
use crate::table::{Number, Table, TableError};

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
        for (chunk, row) in &batch.picks {
            let chunk = &batch.chunks[*chunk as usize];
            let (row, rows) = (*row as usize, rows_in(chunk, batch.rows()));
            let start = into.len();
            for (place, (at, encoded)) in self.columns.iter_mut().enumerate() {
                if place > 0 {
                    into.push(b',');
                }
                let number = chunk.number(*at, row);
                match (self.table.columns()[*at].kind.is_numeric(), number) {
                    (true, Some(number)) => match (chunk.text(&self.table, *at, row), number) {
                        (Some(text), _) => quote(text, into),
                        (None, Number::Integer(number)) => {
                            into.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                        }
                        (None, Number::Float(number)) => plain(number, into),
                    },
                    (true, None) => encode(chunk.text(&self.table, *at, row).unwrap_or(""), into),
                    (false, _) => {
                        if let Some(cells) = chunk.field(*at) {
                            encoded.write(cells, row, rows, into, encode);
                        }
                    }
                }
            }
            // A line with nothing on it would be no row at all.
            if alone && into.len() == start {
                into.extend_from_slice(b"\"\"");
            }
            into.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    fn end(&mut self, _next: Option<Position>, _into: &mut Vec<u8>) -> Result<(), TableError> {
        Ok(())
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
