//! Keeping a selection.

use domain::filter::{FilteredFile, KEPT, SavedFilter};
use domain::refusal::all_valid;
use domain::selection::{Misfit, Selection};
use persistence::files::StoredFile;
use persistence::filters;
use serde_json::Value;

use super::Naming;
use super::room::{must_have_few, must_have_quota, owner};
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, audit, data, ids};

/// A filter as it is asked for.
#[derive(Clone, Debug)]
pub struct NewFilter {
    /// The version.
    pub version: VersionKey,
    /// The file, where it is not the version's first table.
    pub filename: Option<String>,
    /// What is selected of its table.
    pub selection: Selection,
}

/// Keeps a selection of a version that the caller may see; answers it with the secret that changes it. What the table does not have
/// is told by the names of `naming`.
///
/// # Errors
/// `NotFound` where the version is hidden or has no table, `Invalid` with what the table does not have, `TooMany` for whoever has had
/// enough kept for a day, `Blocked` for whoever has as many filters as are kept for one.
pub async fn create(
    services: &Services,
    ctx: &Ctx,
    new: NewFilter,
    naming: Naming<'_>,
) -> Result<(SavedFilter, String)> {
    let NewFilter { version, filename, selection } = new;
    let file = file_named(services, ctx, &version, filename.as_deref()).await?;
    let owner = owner(services, ctx);
    let saved = SavedFilter {
        id: ids::unguessable(),
        dataset_id: version.dataset_id,
        edition: version.edition,
        version: version.version,
        file: Some(file),
        selection,
        owner: Some(owner.clone()),
        created_at: ctx.now,
        last_updated: ctx.now,
        expires_at: ctx.now + KEPT,
        revision: 1,
    };
    let table = must_fit(services, ctx, &saved, naming).await?;
    // Within the quota, so that nobody has them counted again and again.
    let room = match must_have_quota(services, ctx, &saved.selection).await {
        Ok(()) => must_have_few(services, ctx, &owner).await,
        refused => refused,
    };
    if room.is_err() {
        // By then it is told that it would fit.
        audit::preview_of_file(services, ctx, &table).await?;
    }
    room?;
    let tx = services.db.begin().await?;
    filters::insert(&tx, &saved).await?;
    audit::note_preview_of_file(&tx, ctx, &table).await?;
    super::note_change(&tx, ctx, &saved.id, "created", (&Value::Null, &super::as_recorded(&saved)))?;
    persistence::db::commit(tx).await?;
    let secret = super::secret_of(services, &saved.id);
    Ok((saved, secret))
}

/// The first table of a version or the one of this name, for a filter to be of.
///
/// # Errors
/// As `data::find`.
pub async fn file_named(
    services: &Services,
    ctx: &Ctx,
    version: &VersionKey,
    filename: Option<&str>,
) -> Result<FilteredFile> {
    let file = data::find(services, ctx, version, filename).await?.file;
    Ok(FilteredFile { id: file.id, filename: file.filename })
}

/// The table of the version, unless it does not have what is selected or more is selected than a filter may say. That tells what it has, so it is recorded as a look at one that is
/// not public yet; where it fits, its caller does so with what comes of it.
pub(super) async fn must_fit(
    services: &Services,
    ctx: &Ctx,
    saved: &SavedFilter,
    naming: Naming<'_>,
) -> Result<StoredFile> {
    let table = data::find_file(services, ctx, &super::key_of(saved), saved.file.as_ref()).await?;
    all_valid(saved.problems())?;
    let misfits = data::check(services, &table, &saved.selection).await?;
    if !misfits.is_empty() {
        audit::preview_of_file(services, ctx, &table).await?;
    }
    let told = |misfit: Misfit| {
        let field = naming(&misfit.place, &saved.selection);
        misfit.told(&field)
    };
    all_valid(misfits.into_iter().map(told).collect())?;
    Ok(table)
}
