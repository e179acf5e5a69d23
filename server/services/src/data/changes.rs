//! What changed between two versions.

use std::sync::Arc;

use domain::changes::{Changes, Reworded};
use domain::page::Paging;
use domain::refusal::Refusal;

use super::compared::compared;
use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, ServiceError, Services, audit};

/// What changed from one version to another, in their tables and in what is said of them; nothing while large tables are still being
/// compared.
///
/// # Errors
/// As `changes`.
pub async fn all_changes(
    services: &Services,
    ctx: &Ctx,
    (from, to): (&VersionKey, &VersionKey),
    file: Option<&str>,
    paging: Paging,
) -> Result<Option<Changes>> {
    let (before, dataset) = versions::find_with_dataset(services, ctx, from).await?;
    let after = versions::find(services, ctx, to).await?;
    let Some(changes) = changes(services, ctx, (from, to), file, paging).await? else { return Ok(None) };
    for looked_at in [&before, &after] {
        audit::preview_of_details(services, ctx, looked_at, &dataset).await?;
    }
    Ok(Some(Changes { metadata: Reworded::between(&before.metadata, &after.metadata), ..changes }))
}

/// What a version's table has that another's has not, by the keys of the rows, with a page of the cells that were revised; nothing while
/// large tables are still being compared.
///
/// The tables are those of the file's name in both versions or, where none is named, the first of the earlier one and the one that
/// follows it.
///
/// # Errors
/// `NotFound` where one of the versions is hidden or has no such table, `Blocked` where its first table was recalled, `TooMany` where
/// many comparisons wait.
pub async fn changes(
    services: &Services,
    ctx: &Ctx,
    (from, to): (&VersionKey, &VersionKey),
    file: Option<&str>,
    paging: Paging,
) -> Result<Option<Changes>> {
    let before = super::find(services, ctx, from, file).await?;
    let after = super::find(services, ctx, to, Some(&before.file.filename)).await;
    let after = match after {
        // The table may have been renamed.
        Err(ServiceError::Refused(Refusal::NotFound)) if file.is_none() => super::find(services, ctx, to, None).await?,
        other => other?,
    };
    // On the heap, as what waits for one comparison with all others nests deep.
    let compared = Box::pin(compared(services, (&before, &after), paging)).await?;
    // While they are still being compared nothing of them is shown.
    let Some(found) = compared else { return Ok(None) };
    for looked_at in [&before, &after] {
        audit::preview_of_file(services, ctx, looked_at).await?;
    }
    Ok(Some(Arc::unwrap_or_clone(found)))
}

/// About how much memory what is remembered of two tables takes, in bytes.
pub(super) fn weight(changes: &Changes) -> u32 {
    let cells = changes.revised.len() + changes.largest.len();
    let rows = changes.rows_added.first.len() + changes.rows_removed.first.len();
    let columns = changes.columns_added.len() + changes.columns_removed.len() + changes.columns_renamed.len();
    u32::try_from(1024 + (cells + rows + columns) * 512).unwrap_or(u32::MAX)
}
