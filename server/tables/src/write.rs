//! Gives out the rows of a selection in each format, piece by piece.

mod cell;
mod csv;
mod json;
mod parquet;
mod short;
mod xlsx;

pub use xlsx::{About, MAX_SHEET_ROWS};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::selection::{DataFormat, Selection};

use crate::query::{Position, RowBatch, Rows};
use crate::table::{Table, TableError};

/// Another one wherever the same selection is written otherwise than before, so that nobody is told that what they have still holds.
pub const WRITTEN_LAYOUT: &str = "3";
/// Bytes after which a piece is handed on.
const PIECE: usize = 128 * 1024;
/// About how many bytes are written before that is looked at again, and the first rows, which show how long they are.
const AT_ONCE: usize = 4 << 20;
const FIRST_ROWS: usize = 256;

/// Which rows of a selection are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// Where the page before ended.
    pub start: Option<Position>,
    /// Rows to skip.
    pub offset: u64,
    /// The most rows; none means all.
    pub limit: Option<u64>,
}

/// The pieces of a file, made as they are asked for.
pub type Chunks = Box<dyn Iterator<Item = Result<Vec<u8>, TableError>> + Send>;

/// Whether nobody waits for a file any longer; asked again and again while it is made.
pub type IsStopped<'w> = &'w (dyn Fn() -> bool + Sync);

/// Turns batches of rows into bytes of one format.
trait Encoder: Send {
    /// What stands before the rows.
    fn begin(&mut self, into: &mut Vec<u8>) -> Result<(), TableError>;
    /// Some rows.
    fn rows(&mut self, batch: &RowBatch, into: &mut Vec<u8>) -> Result<(), TableError>;
    /// What stands after the rows; `next` is where the next page begins.
    fn end(&mut self, next: Option<Position>, into: &mut Vec<u8>) -> Result<(), TableError>;
}

/// Writes the rows of a selection in a format.
///
/// `about` goes into workbooks alone. The work is done as the pieces are asked for, on the thread that asks.
///
/// # Errors
/// The table cannot be read, or the format does not hold so many rows.
pub fn write(
    table: &Table,
    selection: &Selection,
    page: Page,
    format: DataFormat,
    about: &About,
) -> Result<Chunks, TableError> {
    write_counted(table, selection, page, format, about, (Arc::default(), &|| false))
}

/// The same, and adds the rows to `written` as they are given out; those of a workbook are not counted. A workbook, of which nothing can
/// be given out before its last row, is made no further once it is `stopped`.
///
/// # Errors
/// As `write`, and `Stopped`.
pub fn write_counted(
    table: &Table,
    selection: &Selection,
    page: Page,
    format: DataFormat,
    about: &About,
    (written, stopped): (Arc<AtomicU64>, IsStopped<'_>),
) -> Result<Chunks, TableError> {
    let shown = table.shown(selection);
    let encoder: Box<dyn Encoder> = match format {
        DataFormat::Json => Box::new(json::Json::new(table, shown, Some(table.count(selection)?))),
        DataFormat::Ndjson => Box::new(json::Json::new(table, shown, None)),
        DataFormat::Csv => Box::new(csv::Csv::new(table, shown)),
        DataFormat::Parquet => Box::new(parquet::Parquet::new(table, shown)?),
        DataFormat::Xlsx => return xlsx::write(table, selection, page, about, stopped),
    };
    let mut wanted = page;
    // One row more tells whether there is a next page.
    wanted.limit = page.limit.map(|limit| limit.saturating_add(u64::from(format == DataFormat::Json)));
    let rows = table.rows_of(selection, page.start, page.offset, wanted.limit)?;
    Ok(Box::new(Pieces {
        rows: Some(rows),
        rest: None,
        at_once: FIRST_ROWS,
        encoder,
        left: page.limit,
        last: None,
        begun: false,
        written,
        size: PIECE / 4,
    }))
}

/// A page as one text, for callers that want it whole.
///
/// # Errors
/// As `write`.
pub fn write_page(table: &Table, selection: &Selection, page: Page) -> Result<Vec<u8>, TableError> {
    let mut whole = Vec::new();
    for piece in write(table, selection, page, DataFormat::Json, &About::default())? {
        let piece = piece?;
        if whole.is_empty() { whole = piece } else { whole.extend_from_slice(&piece) }
    }
    Ok(whole)
}

struct Pieces {
    rows: Option<Rows>,
    /// What of a batch is not written yet.
    rest: Option<RowBatch>,
    /// How many rows are written at once.
    at_once: usize,
    encoder: Box<dyn Encoder>,
    left: Option<u64>,
    /// The row that was written last.
    last: Option<u64>,
    begun: bool,
    written: Arc<AtomicU64>,
    /// Bytes of the last piece, for which room is made at once.
    size: usize,
}

impl Pieces {
    fn piece(&mut self) -> Result<Option<Vec<u8>>, TableError> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        let mut piece = Vec::with_capacity(self.size + self.size / 16);
        if !self.begun {
            self.encoder.begin(&mut piece)?;
            self.begun = true;
        }
        while piece.len() < PIECE {
            let Some(batch) = self.rest.take().map(Ok).or_else(|| rows.next()) else {
                self.encoder.end(None, &mut piece)?;
                self.rows = None;
                break;
            };
            let (batch, rest) = batch?.parted(self.at_once);
            self.rest = rest;
            let room = self.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
            let over = batch.rows() > room;
            let batch = if over { batch.cut(room) } else { batch };
            if batch.rows() > 0 {
                let before = piece.len();
                self.encoder.rows(&batch, &mut piece)?;
                self.at_once = at_once(batch.rows(), piece.len() - before);
                self.last = batch.last();
                self.written.fetch_add(batch.rows() as u64, Ordering::Relaxed);
                self.left = self.left.map(|left| left - batch.rows() as u64);
            }
            if over {
                self.encoder.end(self.last.map(|row| rows.place_after(row)), &mut piece)?;
                self.rows = None;
                break;
            }
        }
        self.size = piece.len();
        Ok(Some(piece))
    }
}

/// How many rows are written at once, where so many took so many bytes.
fn at_once(rows: usize, bytes: usize) -> usize {
    (AT_ONCE / bytes.div_ceil(rows.max(1)).max(1)).max(1)
}

impl Iterator for Pieces {
    type Item = Result<Vec<u8>, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.piece();
        if piece.is_err() {
            self.rows = None;
        }
        piece.transpose()
    }
}
