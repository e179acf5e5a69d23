//! The dimensions of a version's table, and what they hold.

use domain::file::File;
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::table::{Column, ColumnRole, DimensionOptions, DimensionSize};
use domain::version::Version;
use domain::views::VersionPage;
use persistence::dimensions::Beginning;
use persistence::files::StoredFile;
use persistence::{PersistenceError, dimensions, files, revisions};

use super::VersionKey;
use crate::{Ctx, Result, ServiceError, Services};

/// Tables whose options are found again in one round.
const AT_ONCE: u64 = 5;

/// Options that are told of a dimension where it is only begun.
const FIRST: usize = 5;

/// A dimension of a table, with its size where that is known.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// The column.
    pub column: Column,
    /// How many options it has.
    pub size: Option<DimensionSize>,
}

/// The dimensions of the first table of a version that was found for the caller, or of the one of this name.
pub async fn list_dimensions(services: &Services, version: &Version, file: Option<&str>) -> Result<Vec<Dimension>> {
    let table = match crate::data::find_in(services, version, file).await {
        // A version without tables has no dimensions.
        Err(ServiceError::Refused(Refusal::NotFound)) if file.is_none() => return Ok(Vec::new()),
        found => found?,
    };
    let sizes = dimensions::sizes(services.db.pool(), &table.file.id).await?;
    let size_of = |column: &Column| sizes.iter().find(|size| size.name == column.name).cloned();
    Ok(columns(&table.file).map(|column| Dimension { size: size_of(column), column: column.clone() }).collect())
}

/// How the dimensions of all tables of a version begin that was found for the caller.
///
/// A look at the options of what is not public yet is recorded as one at its table, so whoever asks for the version alone is told
/// their number.
pub async fn begin_dimensions(services: &Services, page: &VersionPage) -> Result<Vec<Beginning>> {
    let files: Vec<&str> = page.files.iter().map(|(file, _)| file.id.as_str()).collect();
    let most = if page.version.is_public() { FIRST } else { 0 };
    Ok(dimensions::beginnings_of_files(services.db.pool(), &files, most).await?)
}

/// What one dimension holds, with the table it is of; a table that was taken in before options were kept as they are now is asked again.
///
/// Whoever gives this out records it as a preview of the table.
pub async fn list_options(
    services: &Services,
    ctx: &Ctx,
    (key, file): (&VersionKey, Option<&str>),
    name: &str,
) -> Result<(StoredFile, DimensionOptions)> {
    let table = crate::data::find(services, ctx, key, file).await?;
    if !columns(&table.file).any(|column| column.name == name) {
        return Err(Refusal::NotFound.into());
    }
    if let Some(kept) = dimensions::options(services.db.pool(), &table.file.id, name).await? {
        return Ok((table, kept));
    }
    let found = crate::data::all_options(services, &table, vec![name.to_owned()]).await?.pop();
    Ok((table, found.ok_or(Refusal::NotFound)?))
}

/// Has some tables asked again of which a program of before kept the options otherwise, by the ids of their files from beyond `after` on;
/// whether there may be more. Where there are none, the next call begins anew, as a node of the program of before may have added some.
/// What fails is passed over until then, and its options are read whenever somebody asks.
///
/// # Errors
/// Where the database fails.
pub async fn renew_dimensions(services: &Services, after: &mut String) -> Result<bool> {
    let outdated = dimensions::outdated(services.db.pool(), after, AT_ONCE).await?;
    for id in &outdated {
        match renew(services, id).await {
            // Another node was faster and found the same.
            Ok(()) | Err(ServiceError::Persistence(PersistenceError::Duplicate(_))) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(file.id = %id, error, "the options of a table cannot be found again");
            }
        }
        after.clone_from(id);
    }
    if outdated.is_empty() {
        after.clear();
    }
    Ok(!outdated.is_empty())
}

async fn renew(services: &Services, file_id: &str) -> Result<()> {
    let Some(stored) = files::find_visible_to(services.db.pool(), &Reach::All, file_id).await? else { return Ok(()) };
    let names = columns(&stored.file).map(|column| column.name.clone()).collect();
    let found = crate::data::all_options(services, &stored, names).await?;
    let tx = services.db.begin().await?;
    let now = files::find_visible_to(&tx, &Reach::All, file_id).await?;
    // Somebody may have had it read in another encoding meanwhile, which found them anew.
    if now.is_some_and(|now| now.read_as == stored.read_as) {
        dimensions::insert(&tx, file_id, &found).await?;
        // They are among what can be searched for.
        revisions::raise(&tx, std::slice::from_ref(&stored.file.dataset_id)).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}

fn columns(file: &File) -> impl Iterator<Item = &Column> {
    let columns = file.profile.as_ref().map(|profile| profile.columns.as_slice()).unwrap_or_default();
    columns.iter().filter(|column| column.role == ColumnRole::Dimension)
}
