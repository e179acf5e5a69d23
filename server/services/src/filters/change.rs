//! Changing and forgetting what was kept.

use domain::filter::{KEPT, SavedFilter};
use domain::refusal::Refusal;
use persistence::filters;

use super::create::must_fit;
use super::room::must_have_quota;
use crate::{Ctx, Result, Services};

/// Saves what a filter has become; it is kept for as long again from now on.
///
/// # Errors
/// `Stale` where somebody else changed it, and what `create` refuses.
pub async fn edit(services: &Services, ctx: &Ctx, changed: SavedFilter) -> Result<SavedFilter> {
    let changed = SavedFilter { last_updated: ctx.now, expires_at: ctx.now + KEPT, ..changed };
    must_fit(services, ctx, &changed).await?;
    must_have_quota(services, ctx, &changed.selection).await?;
    if !filters::save(services.db.pool(), &changed).await? {
        return Err(Refusal::Stale.into());
    }
    Ok(SavedFilter { revision: changed.revision + 1, ..changed })
}

/// Forgets a filter; what was made of it stays until its time is over.
///
/// # Errors
/// `Stale` where it is not of the revision any more.
pub async fn delete(services: &Services, id: &str, revision: i64) -> Result<()> {
    if filters::delete(services.db.pool(), id, revision).await? { Ok(()) } else { Err(Refusal::Stale.into()) }
}
