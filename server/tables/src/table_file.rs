//! Writes the table file: Parquet, a field for each column and, where figures are written unusually, their text.

mod field;

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow::array::ArrayRef;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use domain::table::Profile;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use serde::Serialize;

use self::field::Field;
use crate::records::Record;
use crate::source::Refused;

/// Rows of a row group.
const GROUP_ROWS: usize = 262_144;
/// Memory that a row group may take while it is written.
const GROUP_BYTES: usize = 48 << 20;
/// Rows, cells and bytes that are handed over together.
const BATCH_ROWS: usize = 8192;
const BATCH_CELLS: usize = 262_144;
const BATCH_BYTES: usize = 8 << 20;
/// How many of those may wait for the writer.
const BATCHES_AHEAD: usize = 1;
/// The version of the layout, kept in the file.
pub const TABLE_LAYOUT: &str = "1";
/// The key of the columns that hold the codes of a V4 table's columns, in its file's metadata; older files have none.
pub(crate) const CODES: &str = "catalogue.codes";

impl From<ParquetError> for Refused {
    fn from(error: ParquetError) -> Self {
        Self::Written(error.to_string())
    }
}

impl From<arrow::error::ArrowError> for Refused {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Written(error.to_string())
    }
}

/// Writes the file of a table whose rows `fill` adds; `beside` says which columns need their text beside their numbers, `codes` which
/// column holds the codes of each.
///
/// The rows are packed on a thread of their own while the next are read.
pub(crate) fn write(
    out: impl Write + Send,
    profile: &Profile,
    (beside, codes): (&[bool], &[usize]),
    fill: impl FnOnce(&mut TableFile) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let columns = &profile.columns;
    let fields: Vec<Field> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| Field::new(column.kind, beside.get(at).copied().unwrap_or_default(), profile.decimal_comma))
        .collect();
    let own = columns.iter().zip(&fields).map(|(column, field)| field.own(&column.name));
    let texts = columns.iter().zip(&fields).filter_map(|(column, field)| field.beside(&column.name));
    let schema = Arc::new(Schema::new(own.chain(texts).collect::<Vec<_>>()));
    let mut metadata = vec![
        KeyValue::new("catalogue.columns".to_owned(), json(columns)?),
        KeyValue::new("catalogue.layout".to_owned(), TABLE_LAYOUT.to_owned()),
    ];
    // Of other tables the headings say it.
    if profile.v4 {
        metadata.push(KeyValue::new(CODES.to_owned(), json(codes)?));
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_key_value_metadata(Some(metadata))
        .build();
    let batch_rows = (BATCH_CELLS / fields.len().max(1)).clamp(16, BATCH_ROWS);
    let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
    thread::scope(|scope| {
        let (batches, arriving) = sync_channel(BATCHES_AHEAD);
        let packing = scope.spawn(move || pack(writer, &arriving));
        let mut file = TableFile { batches, schema, fields, batch_rows, rows: 0, bytes: 0 };
        let filled = fill(&mut file).and_then(|()| file.finish());
        let packed = packing.join().map_err(|_| Refused::Written("its rows could not be packed".to_owned()))?;
        // What keeps the writer from going on is also why no more could be added.
        packed.and(filled)
    })
}

fn json(value: &(impl Serialize + ?Sized)) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|error| Refused::Written(error.to_string()))
}

/// Writes the rows that arrive.
fn pack(mut writer: ArrowWriter<impl Write + Send>, arriving: &Receiver<RecordBatch>) -> Result<(), Refused> {
    for batch in arriving {
        writer.write(&batch)?;
        if writer.memory_size() > GROUP_BYTES {
            writer.flush()?;
        }
    }
    writer.close()?;
    Ok(())
}

/// The table file while rows are added.
pub(crate) struct TableFile {
    batches: SyncSender<RecordBatch>,
    schema: SchemaRef,
    fields: Vec<Field>,
    batch_rows: usize,
    rows: usize,
    bytes: usize,
}

impl TableFile {
    /// Adds a row.
    pub(crate) fn push(&mut self, record: &Record<'_>) -> Result<(), Refused> {
        for (at, field) in self.fields.iter_mut().enumerate() {
            let cell = record.cells.get(at).map_or("", |cell| cell.as_ref());
            self.bytes += cell.len();
            field.push(cell)?;
        }
        self.rows += 1;
        if self.rows >= self.batch_rows || self.bytes >= BATCH_BYTES {
            self.hand_over()?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), Refused> {
        let mut arrays: Vec<ArrayRef> = self.fields.iter_mut().map(Field::take).collect();
        arrays.extend(self.fields.iter_mut().filter_map(Field::take_beside));
        let batch = RecordBatch::try_new(self.schema.clone(), arrays)?;
        (self.rows, self.bytes) = (0, 0);
        self.batches.send(batch).map_err(|_| Refused::Written("nobody takes its rows".to_owned()))
    }

    fn finish(mut self) -> Result<(), Refused> {
        if self.rows > 0 { self.hand_over() } else { Ok(()) }
    }
}
