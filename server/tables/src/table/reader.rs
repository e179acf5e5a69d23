//! Reads row groups of a table file, from many threads at once.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};
use parquet::column::page::{Page, PageReader};
use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use super::{Chunk, Table, TableError};

/// A file read at places, so that its readers do not move one another.
#[derive(Clone)]
pub(super) struct SharedFile {
    file: Arc<File>,
    length: u64,
}

impl SharedFile {
    pub(super) fn new(file: File) -> Result<Self, TableError> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), length })
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

/// A part of a file from a place on.
pub(super) struct From {
    file: Arc<File>,
    place: u64,
}

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(into, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

impl ChunkReader for SharedFile {
    type T = std::io::BufReader<From>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(std::io::BufReader::new(From { file: Arc::clone(&self.file), place: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<bytes::Bytes> {
        if start.saturating_add(length as u64) > self.length {
            return Err(parquet::errors::ParquetError::EOF("the file ends too early".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

impl Table {
    /// The decoded table, if it is kept in memory.
    pub(crate) fn in_memory(&self, group: usize) -> Option<Arc<Chunk>> {
        self.inner.loaded.get().and_then(|chunks| chunks.get(group)).map(Arc::clone)
    }

    /// Reads fields of a row group, all rows or some, in chunks of at most `size` rows.
    pub(crate) fn read(
        &self,
        group: usize,
        leaves: &[usize],
        rows: Option<RowSelection>,
        size: usize,
    ) -> Result<impl Iterator<Item = Result<Chunk, TableError>> + Send + use<>, TableError> {
        let inner = &self.inner;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(inner.file.clone(), inner.meta.clone());
        let mask = ProjectionMask::leaves(inner.meta.parquet_schema(), leaves.iter().copied());
        let mut builder = builder.with_row_groups(vec![group]).with_projection(mask).with_batch_size(size);
        if let Some(rows) = rows {
            builder = builder.with_row_selection(rows);
        }
        let total = inner.meta.schema().fields().len();
        let leaves = leaves.to_vec();
        Ok(builder.build()?.map(move |batch| Chunk::new(&batch?, &leaves, total)))
    }

    /// Whether some distinct value of a text field in a row group fits; `true` where that is not known.
    pub(crate) fn any_value(&self, group: usize, leaf: usize, fits: impl Fn(&str) -> bool) -> Result<bool, TableError> {
        let chunk = self.inner.meta.metadata().row_group(group).column(leaf);
        if !matches!(self.inner.meta.schema().field(leaf).data_type(), arrow::datatypes::DataType::Dictionary(..)) {
            return Ok(true);
        }
        let rows = self.group_rows(group);
        let mut pages = SerializedPageReader::new(Arc::new(self.inner.file.clone()), chunk, rows, None)?;
        let Some(Page::DictionaryPage { buf, num_values, .. }) = pages.get_next_page()? else {
            return Ok(true);
        };
        let mut rest: &[u8] = &buf;
        for _ in 0..num_values {
            let Some((length, after)) = rest.split_first_chunk::<4>() else { return Ok(true) };
            let Some((value, after)) = after.split_at_checked(u32::from_le_bytes(*length) as usize) else {
                return Ok(true);
            };
            if std::str::from_utf8(value).map_or(true, &fits) {
                return Ok(true);
            }
            rest = after;
        }
        Ok(false)
    }

    /// The least and the greatest number of a field in a row group, where the file says so.
    pub(crate) fn bounds(&self, group: usize, leaf: usize) -> Option<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "bounds that are rounded are widened by the caller")]
        match self.inner.meta.metadata().row_group(group).column(leaf).statistics()? {
            Statistics::Int64(stats) => Some((*stats.min_opt()? as f64, *stats.max_opt()? as f64)),
            Statistics::Double(stats) => Some((*stats.min_opt()?, *stats.max_opt()?)),
            _ => None,
        }
    }
}
