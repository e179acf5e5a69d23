//! The figures themselves: any part of the table of a version that the caller may see.

mod changes;
mod chosen;
mod compared;
mod earlier;
mod explore;
mod files;
mod options;
mod rows;
mod side_by_side;
mod stop;

use std::sync::Arc;

use domain::file::{File, FileState};
use domain::filter::FilteredFile;
use domain::refusal::{FieldProblem, Refusal};
use domain::selection::{Misfit, Selection};
use domain::version::Version;
use domain::views::VersionPage;
use persistence::files::StoredFile;
pub use tables::{About, MAX_SHEET_ROWS, Sought, Table, WRITTEN_LAYOUT};

pub use changes::{all_changes, changes};
pub use compared::{Ended, compare_due, sweep_compared};
pub(crate) use compared::{compare_ahead, forget as forget_compared};
pub(crate) use explore::explored;
pub use explore::{explore, explore_embedded};
pub use files::{TableFiles, open};
pub(crate) use files::{build, discard, discard_new, on_disk, table_key};
pub(crate) use options::all_options;
pub use options::{Offered, options};
pub(crate) use rows::stream_counted;
pub use rows::{PageBytes, Part, must_be_made_at_once, page, stream};
pub use side_by_side::{compare_page, compare_part, dataset_page};
pub(crate) use side_by_side::{compared_with, with_changes};

use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services};

/// The table of a version that the caller may see: its first file that is one, or the one of this name.
///
/// # Errors
/// `NotFound` where the version is hidden from the caller or has no such table, `Blocked` where its first table was recalled and no
/// other is named, as another must not take its place in silence.
pub async fn find(services: &Services, ctx: &Ctx, key: &VersionKey, filename: Option<&str>) -> Result<StoredFile> {
    let version = versions::find(services, ctx, key).await?;
    find_in(services, &version, filename).await
}

/// The same of a version that was found for the caller.
///
/// # Errors
/// `NotFound` where it has no such table, `Blocked` where its first table was recalled and no other is named.
pub async fn find_in(services: &Services, version: &Version, filename: Option<&str>) -> Result<StoredFile> {
    let stored = persistence::files::list_with_withdrawn(services.db.pool(), version).await?;
    let mut tables = stored.into_iter().filter(|stored| stored.file.profile.is_some());
    let Some(wanted) = filename else {
        let first = tables.next().ok_or(Refusal::NotFound)?;
        return if is_given(&first) { Ok(first) } else { Err(first_recalled(tables).into()) };
    };
    let found = tables.find(|stored| is_given(stored) && stored.file.filename == wanted);
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The table of a version that the caller may see which something was selected of, and no other.
///
/// # Errors
/// `NotFound` where the version is hidden from the caller, `Blocked` where the table is given out no longer.
pub async fn find_file(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    file: Option<&FilteredFile>,
) -> Result<StoredFile> {
    let version = versions::find(services, ctx, key).await?;
    let stored = persistence::files::list_of_version(services.db.pool(), &version).await?;
    let is_it = |stored: &StoredFile| file.is_some_and(|file| file.id == stored.file.id);
    let found = stored.into_iter().find(|stored| stored.file.profile.is_some() && is_given(stored) && is_it(stored));
    let gone = || {
        let message = "The table is no longer given out: it was recalled or replaced. Make a filter of another table.";
        Refusal::blocked("table_gone", message)
    };
    Ok(found.ok_or_else(gone)?)
}

/// Whether the version that comes after the one of a page has a table that can be explored; no where none comes after it.
pub(crate) async fn newest_has_table(services: &Services, page: &VersionPage) -> Result<bool> {
    let Some(newest) = page.versions.first().filter(|_| !page.is_latest) else { return Ok(false) };
    let stored = persistence::files::list_of_version(services.db.pool(), newest).await?;
    Ok(stored.iter().any(|stored| stored.file.profile.is_some() && is_given(stored)))
}

/// Whether anybody is given a file: what was recalled, or found to be no sound table, nobody is.
fn is_given(stored: &StoredFile) -> bool {
    !matches!(stored.file.state, FileState::Withdrawn | FileState::Failed)
}

/// The refusal of a version's first table that was recalled; without other tables there is simply none.
fn first_recalled(others: impl Iterator<Item = StoredFile>) -> Refusal {
    let names: Vec<String> = others.filter(is_given).map(|stored| stored.file.filename).collect();
    if names.is_empty() {
        return Refusal::NotFound;
    }
    let message = format!(
        "The first table of this version was recalled, and no other takes its place. Name one with `file`: {}.",
        names.join(", ")
    );
    Refusal::blocked("table_recalled", message)
}

/// How many rows a selection has.
///
/// # Errors
/// Where the table cannot be read.
pub async fn count(services: &Services, table: &Arc<Table>, selection: &Selection) -> Result<u64> {
    let (table, selection) = (Arc::clone(table), selection.clone());
    services.tables.in_turn(move || table.count(&selection)).await?.map_err(rows::refused)
}

/// What of a selection the table does not have, everything at once, and where the selection says it.
///
/// # Errors
/// Where the table cannot be read.
pub async fn check(services: &Services, stored: &StoredFile, selection: &Selection) -> Result<Vec<Misfit>> {
    let table = open(services, stored).await?;
    if *selection == Selection::default() {
        return Ok(Vec::new());
    }
    let selection = selection.clone();
    services.tables.in_turn(move || table.misfits(&selection)).await?.map_err(rows::refused)
}

/// The same of a table that is open, as an address is told it.
///
/// # Errors
/// Where the table cannot be read.
pub async fn problems(services: &Services, table: &Arc<Table>, selection: &Selection) -> Result<Vec<FieldProblem>> {
    if *selection == Selection::default() {
        return Ok(Vec::new());
    }
    let (table, selection) = (Arc::clone(table), selection.clone());
    services.tables.in_turn(move || table.check(&selection)).await?.map_err(rows::refused)
}

/// What a workbook of a selection says of itself; `site` is the public address of this site.
#[must_use]
pub fn about(site: &str, file: &File, selection: &Selection) -> About {
    let site = site.trim_end_matches('/');
    About {
        title: file.title.clone(),
        source: format!("{site}/catalogue/{}/editions/{}/versions/{}", file.dataset_id, file.edition, file.version),
        query: selection.to_query(),
        notes: vec![format!("Made from {} (SHA-256 {}).", file.filename, file.sha256)],
    }
}
