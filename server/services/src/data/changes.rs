//! What changed between the tables of two versions.

use std::sync::Arc;

use domain::changes::Changes;
use domain::page::Paging;
use domain::refusal::Refusal;
use persistence::files::StoredFile;

use super::files::name_of_table;
use super::rows::refused;
use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services, audit};

/// Two tables by their names, and which page of the revised cells.
pub(super) type ComparedKey = (String, String, u32, u32);

/// What a version's table has that another's has not, by the keys of the rows; a page of the cells that were revised.
///
/// The tables are those of the file's name in both versions or, where none is named, the first of the earlier one and the one that
/// follows it.
///
/// # Errors
/// `NotFound` where one of the versions is hidden or has no such table, `Blocked` where its first table was recalled.
pub async fn changes(
    services: &Services,
    ctx: &Ctx,
    (from, to): (&VersionKey, &VersionKey),
    file: Option<&str>,
    paging: Paging,
) -> Result<Changes> {
    let before = super::find(services, ctx, from, file).await?;
    let after = super::find(services, ctx, to, Some(&before.file.filename)).await;
    let after = match after {
        // The table may have been renamed.
        Err(ServiceError::Refused(Refusal::NotFound)) if file.is_none() => super::find(services, ctx, to, None).await?,
        other => other?,
    };
    for looked_at in [&before, &after] {
        audit::preview_of_file(services, ctx, looked_at).await?;
    }
    Ok(Arc::unwrap_or_clone(compared(services, (&before, &after), paging).await?))
}

/// The same of two tables that were found for the caller; the bytes of files never change, so it is remembered.
pub(super) async fn compared(
    services: &Services,
    (before, after): (&StoredFile, &StoredFile),
    paging: Paging,
) -> Result<Arc<Changes>> {
    let key: ComparedKey = (name_of_table(before), name_of_table(after), paging.limit, paging.offset);
    let compare = async {
        let (before, after) = (super::open(services, before).await?, super::open(services, after).await?);
        let (most, skipped) = (paging.limit as usize, paging.offset as usize);
        let compared = services.tables.in_turn(move || tables::compare(&before, &after, most, skipped)).await?;
        Ok::<_, ServiceError>(Arc::new(compared.map_err(refused)?))
    };
    let found = services.tables.compared.try_get_with(key, compare).await;
    found.map_err(|error| Arc::try_unwrap(error).unwrap_or_else(|error| ServiceError::Internal(error.to_string())))
}

/// About how much memory what is remembered of two tables takes, in bytes.
pub(super) fn weight(changes: &Changes) -> u32 {
    let cells = changes.revised.len() + changes.largest.len();
    let rows = changes.rows_added.first.len() + changes.rows_removed.first.len();
    let columns = changes.columns_added.len() + changes.columns_removed.len();
    u32::try_from(1024 + (cells + rows + columns) * 512).unwrap_or(u32::MAX)
}
