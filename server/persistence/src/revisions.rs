//! The catalogue's revision: one number that goes up with every publication, and what changed at each.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::count;
use crate::entities::{catalogue, change};
use crate::error::{PersistenceError, Result};

/// Rows written at once.
const BATCH: usize = 500;

/// Raises the revision and notes the datasets that changed with it.
///
/// The row stays locked until the transaction ends, so revisions become visible in their order and no reader can skip one.
pub async fn raise(db: &impl ConnectionTrait, datasets: &[String]) -> Result<u64> {
    catalogue::Entity::update_many()
        .col_expr(catalogue::Column::Revision, Expr::col(catalogue::Column::Revision).add(1))
        .filter(catalogue::Column::Id.eq(1))
        .exec(db)
        .await?;
    let revision = current(db).await?;
    let mut sorted: Vec<&String> = datasets.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let number = i64::try_from(revision).unwrap_or(i64::MAX);
    for some in sorted.chunks(BATCH) {
        let rows = some.iter().map(|id| change::Model { revision: number, dataset_id: (*id).clone() });
        change::Entity::insert_many(rows.map(IntoActiveModel::into_active_model)).exec_without_returning(db).await?;
    }
    Ok(revision)
}

/// The present revision.
pub async fn current(db: &impl ConnectionTrait) -> Result<u64> {
    let row = catalogue::Entity::find_by_id(1).one(db).await?;
    let row = row.ok_or_else(|| PersistenceError::Inconsistent("no catalogue revision".to_owned()))?;
    count(row.revision)
}

/// The datasets that changed after a revision, and the revision up to which that is told.
pub async fn changed_since(db: &impl ConnectionTrait, revision: u64) -> Result<(u64, Vec<String>)> {
    let upto = current(db).await?;
    let rows = change::Entity::find()
        .filter(change::Column::Revision.gt(i64::try_from(revision).unwrap_or(i64::MAX)))
        .filter(change::Column::Revision.lte(i64::try_from(upto).unwrap_or(i64::MAX)))
        .order_by_asc(change::Column::Revision)
        .all(db)
        .await?;
    let mut datasets: Vec<String> = rows.into_iter().map(|row| row.dataset_id).collect();
    datasets.sort_unstable();
    datasets.dedup();
    Ok((upto, datasets))
}
