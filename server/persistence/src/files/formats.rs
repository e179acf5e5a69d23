//! What versions come as.

use std::collections::HashMap;

use domain::catalogue::FormatSize;
use domain::file::FileState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::count;
use crate::entities::file;
use crate::error::Result;

/// The formats of versions that were found for the caller, by the version's row id, each with how much that is; in the order of
/// their files, in one statement.
pub async fn formats_of_versions(
    db: &impl ConnectionTrait,
    version_ids: &[&str],
) -> Result<HashMap<String, Vec<FormatSize>>> {
    if version_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String, i64)> = file::Entity::find()
        .select_only()
        .column(file::Column::VersionId)
        .column(file::Column::Format)
        .column_as(Expr::cust("CAST(SUM(size) AS BIGINT)"), "bytes")
        .filter(file::Column::VersionId.is_in(version_ids.iter().copied()))
        .filter(file::Column::State.ne(FileState::Withdrawn.as_str()))
        .group_by(file::Column::VersionId)
        .group_by(file::Column::Format)
        .order_by_asc(file::Column::Position.min())
        .order_by_asc(file::Column::Format)
        .into_tuple()
        .all(db)
        .await?;
    let mut told: HashMap<String, Vec<FormatSize>> = HashMap::with_capacity(version_ids.len());
    for (version_id, format, bytes) in rows {
        told.entry(version_id).or_default().push(FormatSize { format, bytes: count(bytes)? });
    }
    Ok(told)
}
