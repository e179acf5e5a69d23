//! Changing and forgetting what was kept.

use domain::filter::{KEPT, SavedFilter};
use domain::refusal::Refusal;
use persistence::filters;
use serde_json::Value;

use super::create::must_fit;
use super::room::must_have_quota;
use super::{Naming, as_recorded, note_change};
use crate::{Ctx, Result, Services, audit};

/// Saves what a filter has become; it is kept for as long again from now on. What the table does not have is told by the names of
/// `naming`.
///
/// # Errors
/// `Stale` where somebody else changed it, and what `create` refuses.
pub async fn edit(services: &Services, ctx: &Ctx, changed: SavedFilter, naming: Naming<'_>) -> Result<SavedFilter> {
    let changed = SavedFilter { last_updated: ctx.now, expires_at: ctx.now + KEPT, ..changed };
    let table = must_fit(services, ctx, &changed, naming).await?;
    must_have_quota(services, ctx, &changed.selection).await?;
    let tx = services.db.begin().await?;
    let before = filters::find(&tx, &changed.id, ctx.now).await?;
    let is_saved = filters::save(&tx, &changed).await?;
    // Also where it is refused as stale: by then it is told that it would fit.
    audit::note_preview_of_file(&tx, ctx, &table).await?;
    if is_saved {
        let before = before.as_ref().map_or(Value::Null, as_recorded);
        note_change(&tx, ctx, &changed.id, "edited", (&before, &as_recorded(&changed)))?;
    }
    persistence::db::commit(tx).await?;
    if !is_saved {
        return Err(Refusal::Stale.into());
    }
    Ok(SavedFilter { revision: changed.revision + 1, ..changed })
}

/// Forgets a filter; what was made of it stays until its time is over.
///
/// # Errors
/// `Stale` where it is not of the revision any more.
pub async fn delete(services: &Services, ctx: &Ctx, saved: &SavedFilter, revision: i64) -> Result<()> {
    let tx = services.db.begin().await?;
    if !filters::delete(&tx, &saved.id, revision).await? {
        return Err(Refusal::Stale.into());
    }
    note_change(&tx, ctx, &saved.id, "deleted", (&as_recorded(saved), &Value::Null))?;
    Ok(persistence::db::commit(tx).await?)
}
