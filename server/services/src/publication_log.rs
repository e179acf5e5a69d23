//! The public log of publications: what became public when, and the proof that nothing of it was changed since.
//!
//! Everybody reads the same, whoever asks. The records are made in the transaction that publishes.

pub use persistence::publication_log::LogFilter;

use domain::event::Verdict;
use domain::page::{Page, Paging};
use domain::publication_log::{LogPage, LogQuery, Publication};
use persistence::publication_log;

use crate::{Result, Services};

/// A page of the log, newest first.
pub async fn list(services: &Services, filter: &LogFilter, paging: Paging) -> Result<Page<Publication>> {
    Ok(publication_log::list(services.db.pool(), filter, paging).await?)
}

/// The same for the public page.
pub async fn page(services: &Services, query: LogQuery) -> Result<LogPage> {
    let filter = LogFilter { dataset: query.dataset, release: query.release, ..LogFilter::default() };
    let paging = Paging { limit: query.limit.min(domain::page::MAX_LIMIT), offset: query.offset };
    let found = list(services, &filter, paging).await?;
    Ok(LogPage { items: found.items, total_count: found.total_count })
}

/// Checks the whole log; the verdict names the first record that does not hold.
pub async fn verify(services: &Services) -> Result<Verdict> {
    Ok(publication_log::verify(services.db.pool()).await?)
}
