//! What is made of a filter: the selection as it was, under an address whose files never change.

use domain::filter::{FilterOutput, KEPT, SavedFilter};
use domain::refusal::Refusal;
use persistence::filters;

use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services, data, ids};

/// Makes an output of a filter as it is now; the filter is kept for as long again.
///
/// # Errors
/// What `create` refuses, and where the table cannot be read.
pub async fn submit(services: &Services, ctx: &Ctx, saved: &SavedFilter) -> Result<FilterOutput> {
    let stored = data::find(services, ctx, &super::key_of(saved), None).await?;
    let table = data::open(services, &stored).await?;
    let output = FilterOutput {
        id: ids::unguessable(),
        filter_id: saved.id.clone(),
        dataset_id: saved.dataset_id.clone(),
        edition: saved.edition.clone(),
        version: saved.version,
        rows: data::count(services, &table, &saved.selection).await?,
        selection: saved.selection.clone(),
        created_at: ctx.now,
        expires_at: ctx.now + KEPT,
    };
    let tx = services.db.begin().await?;
    filters::insert_output(&tx, &output).await?;
    filters::prolong(&tx, &saved.id, ctx.now + KEPT).await?;
    persistence::db::commit(tx).await?;
    Ok(output)
}

/// The output with this id, if the caller may see its version.
///
/// # Errors
/// `NotFound` for one that does not exist, is over, or speaks of a version that is hidden from the caller.
pub async fn find_output(services: &Services, ctx: &Ctx, id: &str) -> Result<FilterOutput> {
    let output = filters::find_output(services.db.pool(), id, ctx.now).await?.ok_or(Refusal::NotFound)?;
    versions::find(services, ctx, &key_of_output(&output)).await?;
    Ok(output)
}

/// The version that an output speaks of.
#[must_use]
pub fn key_of_output(output: &FilterOutput) -> VersionKey {
    VersionKey { dataset_id: output.dataset_id.clone(), edition: output.edition.clone(), version: output.version }
}
