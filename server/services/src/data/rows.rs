//! Rows of a table, as bytes of a format.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use domain::refusal::{FieldProblem, Refusal};
use domain::selection::{DataFormat, Selection};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use tables::{About, Chunks, IsStopped, MAX_SHEET_ROWS, Page, Position, Table, TableError, write, write_counted};
use tokio::sync::mpsc;

use crate::{Result, ServiceError, Services};

/// Pieces that wait for a slow reader.
const WAITING: usize = 2;
/// The most pieces that are made before others have their turn.
const IN_ONE_TURN: usize = 8;
/// Bytes up to which a page is given whole.
const WHOLE: usize = 512 << 10;

/// Which rows are wanted.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Rows, columns and order.
    pub selection: Selection,
    /// Where the page before ended, as it said.
    pub cursor: Option<String>,
    /// Rows to skip.
    pub offset: u64,
    /// The most rows; none means all.
    pub limit: Option<u64>,
}

impl Part {
    fn page(&self, table: &Table) -> std::result::Result<Page, TableError> {
        let start = self.cursor.as_deref().map(|text| Position::parse(table, &self.selection, text)).transpose()?;
        Ok(Page { start, offset: self.offset, limit: self.limit })
    }
}

/// A page of rows as it is given out.
pub enum PageBytes {
    /// All of it.
    Whole(Vec<u8>),
    /// Piece by piece, made while they are read: its columns are many or its cells long.
    Pieces(BoxStream<'static, io::Result<Bytes>>),
}

/// A page of rows as JSON.
///
/// # Errors
/// `Invalid` for a cursor of another query; where the table cannot be read. What fails later ends the pieces with an error.
pub async fn page(services: &Services, table: &Arc<Table>, part: Part) -> Result<PageBytes> {
    let table = Arc::clone(table);
    let begun = services.tables.in_turn(move || {
        let (page, about) = (part.page(&table)?, About::default());
        let mut chunks = write(&table, &part.selection, page, DataFormat::Json, &about)?;
        let (bytes, is_whole) = gathered(&mut chunks)?;
        Ok((bytes, (!is_whole).then_some(chunks)))
    });
    let (bytes, rest) = begun.await?.map_err(refused)?;
    Ok(match rest {
        None => PageBytes::Whole(bytes),
        Some(chunks) => PageBytes::Pieces(pieces(services, Some(bytes), chunks).boxed()),
    })
}

/// The first pieces together, and whether those are all, looked at only up to what is given whole.
fn gathered(chunks: &mut Chunks) -> std::result::Result<(Vec<u8>, bool), TableError> {
    let mut bytes = Vec::new();
    for piece in chunks {
        let piece = piece?;
        if bytes.is_empty() {
            bytes = piece;
        } else {
            bytes.extend_from_slice(&piece);
        }
        if bytes.len() > WHOLE {
            return Ok((bytes, false));
        }
    }
    Ok((bytes, true))
}

/// Refuses a workbook that is too large to be made while it is waited for, since none of it can be given out before the last row.
///
/// # Errors
/// `Invalid` with what is made instead; where the table cannot be read.
pub async fn must_be_made_at_once(services: &Services, table: &Arc<Table>, part: &Part) -> Result<()> {
    let found = super::count(services, table, &part.selection).await?.saturating_sub(part.offset);
    let rows = part.limit.map_or(found, |limit| limit.min(found));
    let columns = match part.selection.columns.len() {
        0 => table.columns().len(),
        chosen => chosen,
    };
    let most = services.settings.output_at_once_cells;
    let cells = rows.saturating_mul(u64::try_from(columns).unwrap_or(u64::MAX));
    if cells <= most {
        return Ok(());
    }
    if rows > MAX_SHEET_ROWS && part.cursor.is_none() {
        return Err(refused(TableError::TooManyRows { rows, most: MAX_SHEET_ROWS }));
    }
    let message = format!(
        "A workbook of {cells} cells is not made while it is waited for; at most {most} are. Select less, take CSV, or keep the \
         selection with POST /v1/filters and submit it, so that its files are prepared."
    );
    Err(Refusal::field("format", "too_large", message).into())
}

/// The rows in a format, made while they are read: no more is made ahead than a few pieces.
///
/// # Errors
/// `Invalid` where a workbook does not hold so many rows; what `page` refuses. What fails later ends the stream with an error.
pub async fn stream(
    services: &Services,
    table: &Arc<Table>,
    part: Part,
    format: DataFormat,
    about: About,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
    stream_counted(services, table, part, format, about, Arc::default()).await
}

/// The same, and adds the rows to `written` as they are made.
///
/// # Errors
/// As `stream`.
pub(crate) async fn stream_counted(
    services: &Services,
    table: &Arc<Table>,
    part: Part,
    format: DataFormat,
    about: About,
    written: Arc<AtomicU64>,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
    let table = Arc::clone(table);
    let begin = move |stopped: IsStopped<'_>| {
        let page = part.page(&table)?;
        let mut chunks = write_counted(&table, &part.selection, page, format, &about, (written, stopped))?;
        // The first piece shows whether the rows can be given out at all.
        let first = chunks.next().transpose()?;
        Ok((first, chunks))
    };
    // Of a workbook the first piece is there once all of it is.
    let begun = match format {
        DataFormat::Xlsx => services.tables.in_turn_of_workbooks(begin).await?,
        _ => services.tables.in_turn(move || begin(&|| false)).await?,
    };
    let (first, chunks) = begun.map_err(refused)?;
    Ok(pieces(services, first, chunks))
}

/// The first piece and those that are made while it is read.
fn pieces(
    services: &Services,
    first: Option<Vec<u8>>,
    chunks: Chunks,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(make(services.clone(), first, chunks, sender));
    let pieces =
        futures::stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|piece| (piece, receiver)));
    // Whoever packs it asks once more than there is.
    pieces.fuse()
}

/// Makes one piece after another for as long as somebody takes them.
async fn make(services: Services, first: Option<Vec<u8>>, mut chunks: Chunks, sender: mpsc::Sender<io::Result<Bytes>>) {
    let mut piece = first;
    while let Some(bytes) = piece {
        if sender.send(Ok(Bytes::from(bytes))).await.is_err() {
            return;
        }
        let taken = sender.clone();
        let made = services.tables.in_turn(move || (while_taken(&mut chunks, &taken), chunks)).await;
        let failed = match made {
            Ok((Some(Ok(bytes)), rest)) => {
                (piece, chunks) = (Some(bytes), rest);
                continue;
            }
            Ok((None, _)) => return,
            Ok((Some(Err(error)), _)) => io::Error::other(error),
            Err(error) => io::Error::other(error),
        };
        tracing::warn!(error = %failed, "rows could not be given out to the end");
        let _ = sender.send(Err(failed)).await;
        return;
    }
}

/// Makes pieces in one turn while there is room for them, but not for too long; gives the first that has to wait.
fn while_taken(
    chunks: &mut Chunks,
    sender: &mpsc::Sender<io::Result<Bytes>>,
) -> Option<std::result::Result<Vec<u8>, TableError>> {
    for _ in 1..IN_ONE_TURN {
        let piece = match chunks.next()? {
            Ok(piece) => piece,
            Err(error) => return Some(Err(error)),
        };
        let Ok(room) = sender.try_reserve() else { return Some(Ok(piece)) };
        room.send(Ok(Bytes::from(piece)));
    }
    chunks.next()
}

/// What of an error is the caller's to mend.
pub(super) fn refused(error: TableError) -> ServiceError {
    let problem = |field: &str| FieldProblem::new(field, error.code(), error.to_string());
    match &error {
        TableError::BadCursor => Refusal::Invalid { problems: vec![problem("cursor")] }.into(),
        TableError::TooManyRows { .. } => Refusal::Invalid { problems: vec![problem("format")] }.into(),
        TableError::Io(_) | TableError::Damaged(_) | TableError::Stopped => ServiceError::Internal(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces of so many bytes; any beyond `most` must not be asked for.
    fn chunks(size: usize, count: usize, most: usize) -> Chunks {
        Box::new((0..count).map(move |at| {
            assert!(at < most, "{at} is made already");
            Ok::<_, TableError>(vec![b'a'; size])
        }))
    }

    #[test]
    fn a_page_is_gathered_only_as_far_as_it_is_given_whole() {
        assert_eq!(gathered(&mut chunks(1_000, 3, 3)).unwrap(), (vec![b'a'; 3_000], true));
        assert_eq!(gathered(&mut chunks(1_000, 0, 0)).unwrap(), (Vec::new(), true));
        let mut long = chunks(WHOLE / 2, 1_000_000, 3);
        let (bytes, is_whole) = gathered(&mut long).unwrap();
        assert_eq!((bytes.len(), is_whole), (WHOLE / 2 * 3, false));
    }
}
