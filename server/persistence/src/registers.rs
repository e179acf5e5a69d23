//! The whole catalogue: how many datasets stand under each letter, and all public ones by their ids.

use chrono::{DateTime, Utc};
use domain::policy::Reach;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::instant;
use crate::datasets::{DatasetFilter, matching, visible};
use crate::entities::dataset;
use crate::error::Result;

/// The first letter of the public title, as a capital.
fn initial() -> Expr {
    Expr::cust("UPPER(SUBSTR(LTRIM(title), 1, 1))")
}

/// Whether the public title stands under this letter, or under none.
pub(crate) fn under(letter: char) -> Expr {
    if letter.is_ascii_uppercase() {
        return initial().eq(letter.to_string());
    }
    initial().is_not_in(('A'..='Z').map(|letter| letter.to_string()))
}

/// How many datasets that somebody of this reach sees begin with each letter, in no order.
pub async fn initials_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &DatasetFilter,
) -> Result<Vec<(String, i64)>> {
    let query = dataset::Entity::find()
        .filter(visible(reach))
        .filter(matching(filter, reach))
        .select_only()
        .column_as(initial(), "initial")
        .column_as(dataset::Column::Id.count(), "count")
        .group_by(initial());
    Ok(query.into_tuple().all(db).await?)
}

/// A part of all public datasets by their ids, each with when its public part last changed.
pub async fn public_ids(db: &impl ConnectionTrait, offset: u64, limit: u64) -> Result<Vec<(String, DateTime<Utc>)>> {
    let rows: Vec<(String, Option<i64>, i64)> = dataset::Entity::find()
        .filter(visible(&Reach::PublishedOnly))
        .select_only()
        .columns([dataset::Column::Id, dataset::Column::PublicUpdatedAt, dataset::Column::LastUpdated])
        .order_by_asc(dataset::Column::Id)
        .limit(limit)
        .offset(offset)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter().map(|(id, public, last)| Ok((id, instant(public.unwrap_or(last))?))).collect()
}
