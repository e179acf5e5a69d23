//! What changes whenever the operations desk has something new to show.

use domain::operations::desk_mark as named;
use persistence::{incidents, outbox, silences};

use super::watcher;
use crate::{Ctx, Result, Services, bundles, files};

/// What names how everything stands to the caller; `node` is what names how the node that answers finds its components and conditions.
/// Whoever does not run the program follows no more than what they see of the bundles.
///
/// # Errors
/// Where the database does not answer; pages refuse whoever may not see them by themselves.
pub async fn desk_mark(services: &Services, ctx: &Ctx, node: &str) -> Result<String> {
    let queue = if bundles::reader(ctx).is_ok() { bundles::queue_mark(services, ctx).await? } else { String::new() };
    if watcher(ctx).is_err() {
        return Ok(queue);
    }
    let db = services.db.pool();
    let (live, silenced) = (incidents::live(db).await?, silences::list(db, ctx.now).await?);
    let mut owed: Vec<(String, bool, u64)> =
        outbox::backlog(db).await?.into_iter().map(|line| (line.kind, line.open > 0, line.given_up)).collect();
    owed.sort();
    let depths: Vec<_> = files::depths(services).await?.into_iter().map(|(state, number, _)| (state, number)).collect();
    Ok(named(node, &queue, (live.as_slice(), silenced.as_slice()), &owed, &depths))
}
