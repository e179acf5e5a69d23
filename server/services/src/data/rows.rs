//! Rows of a table, as bytes of a format.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use domain::refusal::{FieldProblem, Refusal};
use domain::selection::{DataFormat, Selection};
use futures::{Stream, StreamExt};
use tables::{About, Chunks, Page, Position, Table, TableError, write_counted, write_page};
use tokio::sync::mpsc;

use crate::{Result, ServiceError, Services};

/// Pieces that wait for a slow reader.
const WAITING: usize = 2;
/// The most pieces that are made before others have their turn.
const IN_ONE_TURN: usize = 8;

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

/// A page of rows as JSON, whole.
///
/// # Errors
/// `Invalid` for a cursor of another query; where the table cannot be read.
pub async fn page(services: &Services, table: &Arc<Table>, part: Part) -> Result<Vec<u8>> {
    let table = Arc::clone(table);
    let made = services.tables.in_turn(move || write_page(&table, &part.selection, part.page(&table)?));
    made.await?.map_err(refused)
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
    let begun = services.tables.in_turn(move || {
        let page = part.page(&table)?;
        let mut chunks = write_counted(&table, &part.selection, page, format, &about, written)?;
        // The first piece shows whether the rows can be given out at all.
        let first = chunks.next().transpose()?;
        Ok((first, chunks))
    });
    let (first, chunks) = begun.await?.map_err(refused)?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(make(services.clone(), first, chunks, sender));
    let pieces =
        futures::stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|piece| (piece, receiver)));
    // Whoever packs it asks once more than there is.
    Ok(pieces.fuse())
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
