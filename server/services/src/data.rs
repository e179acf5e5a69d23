//! The figures themselves: any part of the table of a version that the caller may see.

mod changes;
mod explore;
mod files;
mod options;
mod rows;
mod side_by_side;

use std::sync::Arc;

use domain::file::File;
use domain::refusal::{FieldProblem, Refusal};
use domain::selection::Selection;
use domain::version::Version;
use persistence::files::StoredFile;
pub use tables::{About, MAX_SHEET_ROWS, Table};

pub use changes::changes;
pub use explore::explore;
pub(crate) use explore::explored;
pub use files::{TableFiles, open};
pub(crate) use files::{build, discard};
pub use options::options;
pub(crate) use rows::stream_counted;
pub use rows::{Part, page, stream};
pub use side_by_side::{compare_page, dataset_page};
pub(crate) use side_by_side::{compared_with, with_changes};

use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services};

/// The table of a version that the caller may see: its first file that is one, or the one of this name.
///
/// # Errors
/// `NotFound` where the version is hidden from the caller or has no such table.
pub async fn find(services: &Services, ctx: &Ctx, key: &VersionKey, filename: Option<&str>) -> Result<StoredFile> {
    let version = versions::find(services, ctx, key).await?;
    find_in(services, &version, filename).await
}

/// The same of a version that was found for the caller.
///
/// # Errors
/// `NotFound` where it has no such table.
pub async fn find_in(services: &Services, version: &Version, filename: Option<&str>) -> Result<StoredFile> {
    let stored = persistence::files::list_of_version(services.db.pool(), version).await?;
    let mut tables = stored.into_iter().filter(|stored| stored.file.profile.is_some());
    let found = match filename {
        Some(wanted) => tables.find(|stored| stored.file.filename == wanted),
        None => tables.next(),
    };
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// How many rows a selection has.
///
/// # Errors
/// Where the table cannot be read.
pub async fn count(services: &Services, table: &Arc<Table>, selection: &Selection) -> Result<u64> {
    let (table, selection) = (Arc::clone(table), selection.clone());
    services.tables.in_turn(move || table.count(&selection)).await?.map_err(rows::refused)
}

/// What of a selection the table does not have, everything at once.
///
/// # Errors
/// Where the table cannot be read.
pub async fn check(services: &Services, stored: &StoredFile, selection: &Selection) -> Result<Vec<FieldProblem>> {
    let table = open(services, stored).await?;
    problems(services, &table, selection).await
}

/// The same of a table that is open.
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
