//! A table file that is open for reading: its columns, its row groups, its distinct values.

mod cells;
mod known;
mod reader;
mod search;

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use arrow::datatypes::{DataType, Field, Schema};
use domain::table::{Column, ColumnKind};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::Encoding;
use parquet::file::metadata::ParquetMetaData;
use sha2::{Digest, Sha256};

pub(crate) use cells::{Cells, Chunk, Figures, Number};
pub(crate) use known::{Known, Tally};

use crate::codes::{Pairs, codes_of};
use crate::table_file::CODES;
use reader::SharedFile;

/// The key of the columns in the metadata of a table file.
const COLUMNS: &str = "catalogue.columns";

/// Why a table could not be read or given out.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file could not be read.
    #[error("The table could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file is no table file, or a damaged one.
    #[error("The table file is damaged: {0}")]
    Damaged(String),
    /// The cursor belongs to another query or table, or is none.
    #[error("This cursor belongs to another query. Begin again without it.")]
    BadCursor,
    /// The format does not hold that many rows.
    #[error("The selection has {rows} rows; a sheet holds {most}. Choose fewer, or take CSV.")]
    TooManyRows {
        /// Rows of the selection.
        rows: u64,
        /// The most rows that fit.
        most: u64,
    },
    /// What was asked for is not wanted any longer.
    #[error("Nobody waits for this any longer.")]
    Stopped,
}

impl TableError {
    /// A stable snake_case word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "unreadable",
            Self::Damaged(_) => "damaged",
            Self::BadCursor => "bad_cursor",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::Stopped => "stopped",
        }
    }
}

impl From<parquet::errors::ParquetError> for TableError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<arrow::error::ArrowError> for TableError {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// An open table file; clones share everything and may be used by many threads.
#[derive(Clone)]
pub struct Table {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    file: SharedFile,
    meta: ArrowReaderMetadata,
    columns: Vec<Column>,
    /// Where each column stands, by its name.
    places: HashMap<String, usize>,
    texts: Vec<Option<usize>>,
    /// The column that holds the codes of each; set before anybody is given the table.
    codes: OnceLock<Vec<usize>>,
    /// Whether the file does not say those.
    are_found: bool,
    firsts: Vec<u64>,
    rows: u64,
    digest: [u8; 32],
    loaded: OnceLock<Vec<Arc<Chunk>>>,
    known: Mutex<HashMap<usize, Arc<Known>>>,
    forms: Mutex<HashMap<usize, u16>>,
}

impl Table {
    /// Opens a table file and reads what its footer says.
    ///
    /// # Errors
    /// The file cannot be read or is no table file.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        Self::open_known(path, None)
    }

    /// The same of a file that was open before, with what `found_codes` said of it then, so that its rows are not looked through again.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_known(path: &Path, known: Option<&[usize]>) -> Result<Self, TableError> {
        let file = SharedFile::new(File::open(path)?)?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_skip_arrow_metadata(true))?;
        let meta = Arc::clone(plain.metadata());
        let columns = columns_of(&meta)?;
        let texts = texts_of(&plain, &columns)?;
        let fields: Vec<Field> = plain
            .schema()
            .fields()
            .iter()
            .enumerate()
            .map(|(at, field)| {
                if *field.data_type() == DataType::Utf8 && only_dictionaries(&meta, at) {
                    let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                    field.as_ref().clone().with_data_type(kind)
                } else {
                    field.as_ref().clone()
                }
            })
            .collect();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let mut firsts = Vec::with_capacity(meta.num_row_groups());
        let mut rows = 0;
        for group in meta.row_groups() {
            firsts.push(rows);
            rows += u64::try_from(group.num_rows()).unwrap_or(0);
        }
        let digest = digest_of(&meta);
        let told = codes_in(&meta, columns.len());
        let are_found = told.is_none();
        let codes = told.or_else(|| known.filter(|known| are_places(known, columns.len())).map(<[usize]>::to_vec));
        let inner = Inner {
            file,
            meta: ArrowReaderMetadata::try_new(meta, options)?,
            codes: OnceLock::new(),
            are_found,
            places: columns.iter().map(|column| column.name.clone()).zip(0..).collect(),
            columns,
            texts,
            firsts,
            rows,
            digest,
            loaded: OnceLock::new(),
            known: Mutex::default(),
            forms: Mutex::default(),
        };
        let table = Self { inner: Arc::new(inner) };
        let codes = codes.map_or_else(|| table.find_codes(), Ok)?;
        let _ = table.inner.codes.set(codes);
        Ok(table)
    }

    /// The column that holds the codes of each, as the rows show: for files that do not say it.
    fn find_codes(&self) -> Result<Vec<usize>, TableError> {
        let mut codes = codes_of(self.columns());
        let mut pairs = Pairs::of(self.columns());
        let leaves = self.leaves(pairs.columns());
        if !leaves.is_empty() {
            self.pass(&leaves, |_, chunk| {
                for row in 0..chunk.rows {
                    pairs.see(|(code, label), take| {
                        chunk.with_cell(self, code, row, |code| {
                            chunk.with_cell(self, label, row, |label| take(code, label))
                        });
                    });
                }
                Ok(())
            })?;
        }
        pairs.settle(&mut codes);
        Ok(codes)
    }

    /// The column that holds the codes of each, where that was found in the rows, as the file does not say it.
    #[must_use]
    pub fn found_codes(&self) -> Option<&[usize]> {
        self.inner.codes.get().filter(|_| self.inner.are_found).map(Vec::as_slice)
    }

    /// The columns from left to right.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.inner.columns
    }

    /// Rows of the whole table.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.inner.rows
    }

    /// About how much memory the table takes when it is loaded.
    #[must_use]
    pub fn loaded_size(&self) -> u64 {
        let groups = self.inner.meta.metadata().row_groups();
        let bytes: i64 = groups.iter().map(parquet::file::metadata::RowGroupMetaData::total_byte_size).sum();
        let cells = self.rows() * (self.inner.columns.len() as u64);
        u64::try_from(bytes).unwrap_or(0).max(cells * 6)
    }

    /// Keeps the decoded table in memory, for as long as it or a clone lives; see `loaded_size`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn load(&self) -> Result<(), TableError> {
        if self.inner.loaded.get().is_none() {
            let leaves: Vec<usize> = (0..self.inner.meta.schema().fields().len()).collect();
            let mut chunks = Vec::new();
            for group in 0..self.groups() {
                for chunk in self.read(group, &leaves, None, self.group_rows(group).max(1))? {
                    chunks.push(Arc::new(chunk?));
                }
            }
            let _ = self.inner.loaded.set(chunks);
        }
        Ok(())
    }

    /// The column of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.inner.places.get(name).copied()
    }

    /// The column that holds the codes of a dimension, or the dimension itself.
    pub(crate) fn code_of(&self, at: usize) -> usize {
        self.inner.codes.get().and_then(|codes| codes.get(at)).copied().unwrap_or(at)
    }

    /// The field with the texts of a numeric column, where there is one.
    pub(crate) fn text_of(&self, at: usize) -> Option<usize> {
        self.inner.texts[at]
    }

    /// The fields that hold the cells of these columns, each once.
    pub(crate) fn leaves(&self, columns: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut leaves: Vec<usize> =
            columns.into_iter().flat_map(|at| std::iter::once(at).chain(self.inner.texts[at])).collect();
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }

    /// What tells this table from every other.
    pub(crate) fn digest(&self) -> &[u8; 32] {
        &self.inner.digest
    }

    pub(crate) fn groups(&self) -> usize {
        self.inner.firsts.len()
    }

    /// The number of the first row of a row group.
    pub(crate) fn first_row(&self, group: usize) -> u64 {
        self.inner.firsts[group]
    }

    pub(crate) fn group_rows(&self, group: usize) -> usize {
        usize::try_from(self.inner.meta.metadata().row_group(group).num_rows()).unwrap_or(0)
    }

    /// About how many bytes a row of a group has in these fields, as far as the file tells.
    pub(crate) fn row_bytes(&self, group: usize, leaves: &[usize]) -> usize {
        let fields = self.inner.meta.metadata().row_group(group).columns();
        let bytes: i64 =
            leaves.iter().filter_map(|leaf| fields.get(*leaf)).map(|field| field.uncompressed_size()).sum();
        usize::try_from(bytes).unwrap_or(0) / self.group_rows(group).max(1)
    }

    /// The row group in which a row stands.
    pub(crate) fn group_of(&self, row: u64) -> usize {
        self.inner.firsts.partition_point(|first| *first <= row).saturating_sub(1)
    }
}

/// What stands under a key in the metadata.
fn value_of<'m>(meta: &'m ParquetMetaData, key: &str) -> Option<&'m str> {
    let pairs = meta.file_metadata().key_value_metadata()?;
    pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
}

/// The column that holds the codes of each, where the file says it.
fn codes_in(meta: &ParquetMetaData, columns: usize) -> Option<Vec<usize>> {
    let codes: Vec<usize> = serde_json::from_str(value_of(meta, CODES)?).ok()?;
    are_places(&codes, columns).then_some(codes)
}

/// Whether these are as many places as a table has columns, of columns that it has.
fn are_places(codes: &[usize], columns: usize) -> bool {
    codes.len() == columns && codes.iter().all(|at| *at < columns)
}

fn columns_of(meta: &ParquetMetaData) -> Result<Vec<Column>, TableError> {
    let json = value_of(meta, COLUMNS).ok_or_else(|| TableError::Damaged(format!("{COLUMNS} is missing")))?;
    serde_json::from_str(json).map_err(|error| TableError::Damaged(error.to_string()))
}

fn texts_of(meta: &ArrowReaderMetadata, columns: &[Column]) -> Result<Vec<Option<usize>>, TableError> {
    let fields = meta.schema().fields();
    for (at, column) in columns.iter().enumerate() {
        let wanted = match column.kind {
            ColumnKind::Integer => DataType::Int64,
            ColumnKind::Number => DataType::Float64,
            ColumnKind::Text | ColumnKind::Time => DataType::Utf8,
        };
        if fields.get(at).is_none_or(|field| *field.name() != column.name || *field.data_type() != wanted) {
            return Err(TableError::Damaged(format!("column {} is not as described", column.name)));
        }
    }
    let text = |column: &Column| {
        let name = format!("text:{}", column.name);
        let place = fields.iter().skip(columns.len()).position(|field| *field.name() == name);
        place.map(|at| at + columns.len()).filter(|at| *fields[*at].data_type() == DataType::Utf8)
    };
    Ok(columns.iter().map(|column| if column.kind.is_numeric() { text(column) } else { None }).collect())
}

/// Whether the cells of a field are numbers of distinct values throughout.
fn only_dictionaries(meta: &ParquetMetaData, at: usize) -> bool {
    meta.row_groups().iter().all(|group| {
        group.columns().get(at).is_some_and(|chunk| {
            chunk.dictionary_page_offset().is_some()
                && chunk.page_encoding_stats_mask().is_some_and(|mask| {
                    mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY)
                })
        })
    })
}

fn digest_of(meta: &ParquetMetaData) -> [u8; 32] {
    let mut hash = Sha256::new();
    for pair in meta.file_metadata().key_value_metadata().into_iter().flatten() {
        hash.update(pair.value.as_deref().unwrap_or_default());
    }
    for chunk in meta.row_groups().iter().flat_map(|group| group.columns()) {
        hash.update(chunk.num_values().to_le_bytes());
        hash.update(chunk.data_page_offset().to_le_bytes());
        hash.update(chunk.uncompressed_size().to_le_bytes());
        let stats = chunk.statistics();
        hash.update(stats.and_then(|stats| stats.min_bytes_opt()).unwrap_or_default());
        hash.update(stats.and_then(|stats| stats.max_bytes_opt()).unwrap_or_default());
    }
    hash.finalize().into()
}
