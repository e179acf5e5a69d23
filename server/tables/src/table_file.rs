//! Writes the table file: Parquet, a field for each column and, where figures are written unusually, their text.

mod field;

use std::io::Write;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use domain::table::Profile;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

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
/// The version of the layout, kept in the file.
pub const TABLE_LAYOUT: &str = "1";

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

/// The table file while its rows are written.
pub(crate) struct TableFile<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    fields: Vec<Field>,
    batch_rows: usize,
    rows: usize,
    bytes: usize,
}

impl<W: Write + Send> TableFile<W> {
    /// Begins the file of a table; `beside` says which columns need their text beside their numbers.
    pub(crate) fn create(out: W, profile: &Profile, beside: &[bool]) -> Result<Self, Refused> {
        let columns = &profile.columns;
        let fields: Vec<Field> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                Field::new(column.kind, beside.get(at).copied().unwrap_or_default(), profile.decimal_comma)
            })
            .collect();
        let own = columns.iter().zip(&fields).map(|(column, field)| field.own(&column.name));
        let texts = columns.iter().zip(&fields).filter_map(|(column, field)| field.beside(&column.name));
        let schema = Arc::new(Schema::new(own.chain(texts).collect::<Vec<_>>()));
        let described = serde_json::to_string(columns).map_err(|error| Refused::Written(error.to_string()))?;
        let metadata = vec![
            KeyValue::new("catalogue.columns".to_owned(), described),
            KeyValue::new("catalogue.layout".to_owned(), TABLE_LAYOUT.to_owned()),
        ];
        let properties = WriterProperties::builder()
            .set_compression(Compression::LZ4_RAW)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_key_value_metadata(Some(metadata))
            .build();
        let batch_rows = (BATCH_CELLS / fields.len().max(1)).clamp(16, BATCH_ROWS);
        Ok(Self {
            writer: ArrowWriter::try_new(out, schema.clone(), Some(properties))?,
            schema,
            fields,
            batch_rows,
            rows: 0,
            bytes: 0,
        })
    }

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
        self.writer.write(&RecordBatch::try_new(self.schema.clone(), arrays)?)?;
        (self.rows, self.bytes) = (0, 0);
        if self.writer.memory_size() > GROUP_BYTES {
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<(), Refused> {
        if self.rows > 0 {
            self.hand_over()?;
        }
        self.writer.close()?;
        Ok(())
    }
}
