//! Saved filters: selections that are kept under an address, by anybody, and what is made of them.
//!
//! Whoever knows the id of a filter reads it, as long as they may see its version; it is changed by the account that made it, or
//! with the secret that was answered when it was made. What an account does with one is in the audit trail; what is done without an
//! account is not, as it would name nobody. Whatever tells something out of a table that is not public yet is recorded as a look at it.

mod change;
mod create;
mod outputs;
mod page;
mod prepare;
mod room;

pub use change::{delete, edit};
pub use create::{NewFilter, create, file_named};
pub use outputs::{
    bytes_of, find_output, is_csv_plain, key_of_output, looked_at, made_file, output_depths, retry_output, submit,
};
pub use page::{keep, output_page};
pub use prepare::{Prepared, formats_of, prepare_due, take_up_outputs};
pub(crate) use room::recall;
pub use room::{sweep, tidy};

use domain::filter::SavedFilter;
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::selection::{DimensionFilter, Place, Selection};
use persistence::{Tx, filters};
use serde_json::{Value, json};

use crate::ctx::fingerprint;
use crate::records::{About, Entry};
use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services, audit, data};

/// What the secret of a filter is signed for.
const PURPOSE: &str = "change a filter";
/// The longest selection that a record holds as it is, in bytes; of a longer one it holds the fingerprint.
const RECORDED: usize = 1000;

/// How whoever says something of a filter calls a place in the selection that becomes of it.
pub type Naming<'n> = &'n (dyn Fn(&Place, &Selection) -> String + Sync);

/// The filter with this id, if the caller may see its version.
///
/// # Errors
/// `NotFound` for one that does not exist, is over, or speaks of a version that is hidden from the caller.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<SavedFilter> {
    let saved = filters::find(services.db.pool(), id, ctx.now).await?.ok_or(Refusal::NotFound)?;
    versions::find(services, ctx, &key_of(&saved)).await?;
    Ok(saved)
}

/// The filter with this id for its owner, who wants to name a dimension of its table, and perhaps an option in it.
///
/// # Errors
/// As `find`, and `NotFound` where the table has no such dimension or option; what `must_be_owner` refuses; where the table cannot be read.
pub async fn find_with(
    services: &Services,
    ctx: &Ctx,
    (id, secret): (&str, Option<&str>),
    name: &str,
    option: Option<&str>,
) -> Result<SavedFilter> {
    let saved = find(services, ctx, id).await?;
    let table = data::find_file(services, ctx, &key_of(&saved), saved.file.as_ref()).await?;
    let options = option.map(str::to_owned).into_iter().collect();
    let dimensions = vec![DimensionFilter { name: name.to_owned(), options }];
    let selection = Selection { dimensions, ..Selection::default() };
    let has = data::check(services, &table, &selection).await?.is_empty();
    let owns = must_be_owner(services, ctx, &saved, secret);
    if has && owns.is_ok() {
        return Ok(saved);
    }
    // Either refusal tells whether the table has it.
    audit::preview_of_file(services, ctx, &table).await?;
    if !has {
        return Err(Refusal::NotFound.into());
    }
    owns?;
    Ok(saved)
}

/// The version that a filter speaks of.
#[must_use]
pub fn key_of(saved: &SavedFilter) -> VersionKey {
    VersionKey { dataset_id: saved.dataset_id.clone(), edition: saved.edition.clone(), version: saved.version }
}

/// Whether a filter speaks of a version that everybody sees.
pub async fn is_of_public(services: &Services, saved: &SavedFilter) -> Result<bool> {
    let (dataset_id, edition) = (saved.dataset_id.as_str(), saved.edition.as_str());
    let everybody = Reach::PublishedOnly;
    let found =
        persistence::versions::find_visible_to(services.db.pool(), &everybody, dataset_id, edition, saved.version);
    Ok(found.await?.is_some())
}

/// The secret with which a filter is changed; it follows from its id, so that nothing is kept that could be stolen.
fn secret_of(services: &Services, id: &str) -> String {
    services.accounts.vault.sign(PURPOSE, id)
}

/// Refuses whoever is neither the owner nor has the secret.
///
/// # Errors
/// `Unauthenticated` for nobody in particular, `Forbidden` for anybody else.
pub fn must_be_owner(services: &Services, ctx: &Ctx, saved: &SavedFilter, secret: Option<&str>) -> Result<(), Refusal> {
    let by = ctx.caller.as_ref().map(|caller| caller.actor.id.as_str());
    let owns = by.is_some() && by == saved.owner.as_deref();
    let knows = secret.is_some_and(|secret| services.accounts.vault.is_signed(PURPOSE, &saved.id, secret));
    match (owns || knows, by) {
        (true, _) => Ok(()),
        (false, None) => Err(Refusal::Unauthenticated),
        (false, Some(_)) => Err(Refusal::Forbidden { permission: "filters:own".to_owned() }),
    }
}

/// What records keep of a filter.
fn as_recorded(saved: &SavedFilter) -> Value {
    let selection = saved.selection.to_query();
    let selection = if selection.len() <= RECORDED { selection } else { fingerprint(&selection) };
    json!({
        "version": format!("{}/{}/{}", saved.dataset_id, saved.edition, saved.version),
        "filename": saved.file.as_ref().map(|file| &file.filename),
        "selection": selection,
    })
}

/// Records what an account did with a filter, and what it was and became.
fn note_change(tx: &Tx, ctx: &Ctx, id: &str, event_type: &str, (before, after): (&Value, &Value)) -> Result<()> {
    if let Some(by) = &ctx.caller {
        Entry::new(ctx, &by.actor, about(id), event_type).change(before, after)?.write(tx);
    }
    Ok(())
}

/// Records what an account had made of a filter.
fn note_output(tx: &Tx, ctx: &Ctx, (filter_id, output_id): (&str, &str), event_type: &str) {
    if let Some(by) = &ctx.caller {
        Entry::new(ctx, &by.actor, about(filter_id), event_type).details(json!({"output": output_id})).write(tx);
    }
}

const fn about(id: &str) -> About<'_> {
    About { resource_type: "filter", resource_id: id }
}
