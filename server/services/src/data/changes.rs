//! What changed between the tables of two versions.

use domain::changes::Changes;
use domain::page::Paging;

use super::rows::{refused, stopped};
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, audit};

/// What a version's table has that another's has not, by the keys of the rows; a page of the cells that were revised.
///
/// # Errors
/// `NotFound` where one of the versions is hidden or has no table.
pub async fn changes(
    services: &Services,
    ctx: &Ctx,
    (from, to): (&VersionKey, &VersionKey),
    paging: Paging,
) -> Result<Changes> {
    let before = super::find(services, ctx, from, None).await?;
    let after = super::find(services, ctx, to, Some(&before.file.filename)).await;
    let after = match after {
        Ok(same) => same,
        // The table may have been renamed.
        Err(_) => super::find(services, ctx, to, None).await?,
    };
    for looked_at in [&before, &after] {
        audit::preview_of_file(services, ctx, looked_at).await?;
    }
    let (before, after) = (super::open(services, &before).await?, super::open(services, &after).await?);
    let _turn = services.tables.turn().await?;
    let compared = tokio::task::spawn_blocking(move || {
        tables::compare(&before, &after, paging.limit as usize, paging.offset as usize)
    });
    compared.await.map_err(stopped)?.map_err(refused)
}
