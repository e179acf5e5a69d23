//! Saved filters: selections that are kept under an address, by anybody, and what is made of them.
//!
//! Whoever knows the id of a filter reads it, as long as they may see its version; it is changed by the account that made it, or
//! with the secret that was answered when it was made.

mod change;
mod create;
mod outputs;
mod page;
mod prepare;
mod room;

pub use change::{delete, edit};
pub use create::{NewFilter, create, file_named};
pub use outputs::{bytes_of, find_output, key_of_output, made_file, output_depths, retry_output, submit};
pub use page::{keep, output_page};
pub use prepare::{Prepared, formats_of, prepare_due, take_up_outputs};
pub(crate) use room::recall;
pub use room::{sweep, tidy};

use domain::filter::SavedFilter;
use domain::refusal::Refusal;
use domain::selection::{DimensionFilter, Selection};
use persistence::filters;

use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services, data};

/// What the secret of a filter is signed for.
const PURPOSE: &str = "change a filter";

/// The filter with this id, if the caller may see its version.
///
/// # Errors
/// `NotFound` for one that does not exist, is over, or speaks of a version that is hidden from the caller.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<SavedFilter> {
    let saved = filters::find(services.db.pool(), id, ctx.now).await?.ok_or(Refusal::NotFound)?;
    versions::find(services, ctx, &key_of(&saved)).await?;
    Ok(saved)
}

/// Whether the table of a filter has a dimension, and an option in it.
///
/// # Errors
/// Where the table cannot be read.
pub async fn has(
    services: &Services,
    ctx: &Ctx,
    saved: &SavedFilter,
    name: &str,
    option: Option<&str>,
) -> Result<bool> {
    let table = data::find_file(services, ctx, &key_of(saved), saved.file.as_ref()).await?;
    let options = option.map(str::to_owned).into_iter().collect();
    let dimensions = vec![DimensionFilter { name: name.to_owned(), options }];
    let selection = Selection { dimensions, ..Selection::default() };
    Ok(data::check(services, &table, &selection).await?.is_empty())
}

/// The version that a filter speaks of.
#[must_use]
pub fn key_of(saved: &SavedFilter) -> VersionKey {
    VersionKey { dataset_id: saved.dataset_id.clone(), edition: saved.edition.clone(), version: saved.version }
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
