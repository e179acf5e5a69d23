//! The dimensions of a version's table, and what they hold.

use domain::file::File;
use domain::refusal::Refusal;
use domain::table::{Column, ColumnRole, DimensionOptions, DimensionSize, MAX_KEPT_OPTIONS};
use domain::version::Version;
use persistence::dimensions;
use persistence::files::StoredFile;

use super::VersionKey;
use crate::{Ctx, Result, ServiceError, Services};

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

/// What one dimension holds, with the table it is of; a table that was taken in before options were kept is read again.
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
    let found = read_again(services, &table).await?.into_iter().find(|dimension| dimension.name == name);
    Ok((table, found.ok_or(Refusal::NotFound)?))
}

fn columns(file: &File) -> impl Iterator<Item = &Column> {
    let columns = file.profile.as_ref().map(|profile| profile.columns.as_slice()).unwrap_or_default();
    columns.iter().filter(|column| column.role == ColumnRole::Dimension)
}

async fn read_again(services: &Services, table: &StoredFile) -> Result<Vec<DimensionOptions>> {
    let Some(profile) = table.file.profile.clone() else { return Ok(Vec::new()) };
    let bytes = services.storage.read(&table.object_key).await?;
    let bytes = bytes.ok_or_else(|| ServiceError::Internal("the bytes of a table are missing".to_owned()))?;
    tokio::task::spawn_blocking(move || tables::options(&bytes, &profile, MAX_KEPT_OPTIONS))
        .await
        .map_err(|e| ServiceError::Internal(format!("the table reader stopped: {e}")))
}
