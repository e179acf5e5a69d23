//! Parquet with typed columns, as any reader of it understands; a cell with nothing in it is null, as in JSON.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use domain::table::ColumnKind;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::Encoder;
use crate::query::{Position, RowBatch};
use crate::table::{Number, Table, TableError};

/// Bytes of encoded rows after which a row group ends, and the memory that many columns may take beside them.
const GROUP_BYTES: usize = 32 << 20;
const GROUP_MEMORY: usize = 96 << 20;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn drain(&self, into: &mut Vec<u8>) {
        into.append(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) struct Parquet {
    table: Table,
    shown: Vec<usize>,
    schema: SchemaRef,
    sink: Sink,
    writer: Option<ArrowWriter<Sink>>,
}

impl Parquet {
    pub(super) fn new(table: &Table, shown: Vec<usize>) -> Result<Self, TableError> {
        let field = |at: &usize| {
            let column = &table.columns()[*at];
            let kind = match column.kind {
                ColumnKind::Integer => DataType::Int64,
                ColumnKind::Number => DataType::Float64,
                ColumnKind::Text | ColumnKind::Time => DataType::Utf8,
            };
            Field::new(&column.name, kind, true)
        };
        let schema: SchemaRef = Arc::new(Schema::new(shown.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(262_144))
            .build();
        let sink = Sink::default();
        let writer = ArrowWriter::try_new(sink.clone(), Arc::clone(&schema), Some(properties))?;
        Ok(Self { table: table.clone(), shown, schema, sink, writer: Some(writer) })
    }

    fn array(&self, at: usize, batch: &RowBatch) -> ArrayRef {
        let rows = batch.picks.iter().map(|(chunk, row)| (&batch.chunks[*chunk as usize], *row as usize));
        match self.table.columns()[at].kind {
            ColumnKind::Integer => {
                let mut built = Int64Builder::with_capacity(batch.rows());
                rows.for_each(|(chunk, row)| match chunk.number(at, row) {
                    Some(Number::Integer(number)) => built.append_value(number),
                    _ => built.append_null(),
                });
                Arc::new(built.finish())
            }
            ColumnKind::Number => {
                let mut built = Float64Builder::with_capacity(batch.rows());
                rows.for_each(|(chunk, row)| built.append_option(chunk.number(at, row).map(Number::value)));
                Arc::new(built.finish())
            }
            ColumnKind::Text | ColumnKind::Time => {
                let mut built = StringBuilder::new();
                rows.for_each(|(chunk, row)| {
                    built.append_option(chunk.text(&self.table, at, row).filter(|text| !text.is_empty()));
                });
                Arc::new(built.finish())
            }
        }
    }
}

impl Encoder for Parquet {
    fn begin(&mut self, _into: &mut Vec<u8>) -> Result<(), TableError> {
        Ok(())
    }

    fn rows(&mut self, batch: &RowBatch, into: &mut Vec<u8>) -> Result<(), TableError> {
        let arrays = self.shown.iter().map(|at| self.array(*at, batch)).collect();
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?;
        if let Some(writer) = &mut self.writer {
            writer.write(&batch)?;
            if writer.in_progress_size() > GROUP_BYTES || writer.memory_size() > GROUP_MEMORY {
                writer.flush()?;
            }
        }
        self.sink.drain(into);
        Ok(())
    }

    fn end(&mut self, _next: Option<Position>, into: &mut Vec<u8>) -> Result<(), TableError> {
        if let Some(writer) = self.writer.take() {
            writer.close()?;
        }
        self.sink.drain(into);
        Ok(())
    }
}
