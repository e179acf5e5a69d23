//! What titles are sorted by, of datasets that were written before it was kept.

use persistence::{revisions, title_order};

use crate::{Result, Services};

/// Makes what titles are sorted by for every dataset that lacks it, as after an upgrade, and where a node of the program before it
/// has changed one since; what every node remembers of lists is read anew afterwards.
///
/// # Errors
/// Where the database fails.
pub async fn sort_titles(services: &Services) -> Result<()> {
    while title_order::is_missing(services.db.pool()).await? {
        let tx = services.db.begin().await?;
        let sorted = title_order::fill(&tx).await?;
        if sorted > 0 {
            revisions::raise(&tx, &[]).await?;
        }
        persistence::db::commit(tx).await?;
        if sorted == 0 {
            // Somebody is changing those that are left; the next look finds what they leave.
            return Ok(());
        }
        tracing::info!(datasets = sorted, "titles were folded, so that lists are sorted by them");
    }
    Ok(())
}
