//! A page as JSON, or one object a line.

use domain::table::ColumnRole;

use super::Encoder;
use super::cell::{Encoded, rows_in};
use crate::query::{Position, RowBatch};
use crate::table::{Number, Table, TableError};

pub(super) struct Json {
    table: Table,
    columns: Vec<(usize, Encoded)>,
    /// What stands before each cell of an object.
    keys: Vec<Vec<u8>>,
    total: Option<u64>,
    first: bool,
}

impl Json {
    /// A page with `total` rows in the whole; without it, lines.
    pub(super) fn new(table: &Table, shown: Vec<usize>, total: Option<u64>) -> Self {
        let key = |(place, at): (usize, &usize)| {
            let mut key = vec![if place == 0 { b'{' } else { b',' }];
            string(&table.columns()[*at].name, &mut key);
            key.push(b':');
            key
        };
        Self {
            table: table.clone(),
            keys: shown.iter().enumerate().map(key).collect(),
            columns: shown.into_iter().map(|at| (at, Encoded::default())).collect(),
            total,
            first: true,
        }
    }
}

impl Encoder for Json {
    fn begin(&mut self, into: &mut Vec<u8>) -> Result<(), TableError> {
        if self.total.is_none() {
            return Ok(());
        }
        let columns = self.table.columns();
        let dimensions: Vec<&str> =
            columns.iter().filter(|c| c.role == ColumnRole::Dimension).map(|c| c.name.as_str()).collect();
        let shown = self.columns.iter().map(|(at, _)| &columns[*at]);
        let shown: Vec<_> =
            shown.map(|c| serde_json::json!({"name": c.name, "type": c.kind, "label": c.label})).collect();
        let (dimensions, shown) = (serde_json::json!(dimensions), serde_json::json!(shown));
        let head = format!("{{\"dimensions\":{dimensions},\"columns\":{shown},\"rows\":[");
        into.extend_from_slice(head.as_bytes());
        Ok(())
    }

    fn rows(&mut self, batch: &RowBatch, into: &mut Vec<u8>) -> Result<(), TableError> {
        let lines = self.total.is_none();
        for (chunk, row) in &batch.picks {
            let chunk = &batch.chunks[*chunk as usize];
            let (row, rows) = (*row as usize, rows_in(chunk, batch.rows()));
            if !lines {
                into.extend_from_slice(if self.first { b"[" } else { b",[" });
            }
            self.first = false;
            for (place, (at, encoded)) in self.columns.iter_mut().enumerate() {
                if lines {
                    into.extend_from_slice(&self.keys[place]);
                } else if place > 0 {
                    into.push(b',');
                }
                if self.table.columns()[*at].kind.is_numeric() {
                    match chunk.number(*at, row) {
                        Some(Number::Integer(number)) => {
                            into.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                        }
                        Some(Number::Float(number)) if number.is_finite() => {
                            into.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
                        }
                        _ => into.extend_from_slice(b"null"),
                    }
                } else if let Some(cells) = chunk.field(*at) {
                    encoded.write(cells, row, rows, into, text);
                }
            }
            into.extend_from_slice(if lines { b"}\n" } else { b"]" });
        }
        Ok(())
    }

    fn end(&mut self, next: Option<Position>, into: &mut Vec<u8>) -> Result<(), TableError> {
        if let Some(total) = self.total {
            let next = next.map(|next| format!(",\"next_cursor\":\"{next}\"")).unwrap_or_default();
            into.extend_from_slice(format!("],\"total_rows\":{total}{next}}}").as_bytes());
        }
        Ok(())
    }
}

/// A text cell; an empty one is missing.
fn text(text: &str, into: &mut Vec<u8>) {
    if text.is_empty() { into.extend_from_slice(b"null") } else { string(text, into) }
}

fn string(text: &str, into: &mut Vec<u8>) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        into.push(b'"');
        into.extend_from_slice(text.as_bytes());
        into.push(b'"');
    } else {
        into.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
    }
}
