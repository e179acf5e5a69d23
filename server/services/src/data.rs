//! The figures themselves: any part of the table of a version that the caller may see.

use domain::refusal::{FieldProblem, Refusal};
use domain::selection::Selection;
use persistence::files::{self, StoredFile};

use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services};

/// The table of a version: its first file that is one, or the one of this name.
///
/// # Errors
/// `NotFound` where the version is hidden from the caller or has no such table.
pub async fn find(services: &Services, ctx: &Ctx, key: &VersionKey, filename: Option<&str>) -> Result<StoredFile> {
    let version = versions::find(services, ctx, key).await?;
    let stored = files::list_of_version(services.db.pool(), &version).await?;
    let mut tables = stored.into_iter().filter(|stored| stored.file.profile.is_some());
    let found = match filename {
        Some(wanted) => tables.find(|stored| stored.file.filename == wanted),
        None => tables.next(),
    };
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// What of a selection the table does not have, everything at once.
///
/// # Errors
/// Where the table cannot be read.
pub async fn check(_services: &Services, stored: &StoredFile, selection: &Selection) -> Result<Vec<FieldProblem>> {
    let columns = stored.file.profile.as_ref().map(|profile| profile.columns.as_slice()).unwrap_or_default();
    Ok(selection.problems(columns))
}
