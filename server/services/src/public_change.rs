//! Changes of what is public, apart from publications of bundles.

use persistence::{Tx, revisions};

use crate::{Result, Services};

/// Raises the catalogue's revision for a dataset whose public part changes in this transaction.
pub(crate) async fn raise(tx: &Tx, dataset_id: &str) -> Result<()> {
    revisions::raise(tx, &[dataset_id.to_owned()]).await?;
    Ok(())
}

/// Lets the search index and everything else that follows know at once; call after the commit.
pub(crate) fn tell(services: &Services) {
    services.nudges.follow_up.notify_waiters();
    services.nudges.follow_up.notify_one();
}
