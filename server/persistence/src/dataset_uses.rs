//! How often the data of a dataset was taken on a day, and nothing of who took it.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{count, micros, whole};
use crate::entities::dataset_use::{Column, Entity, Model};
use crate::error::Result;

/// So many datasets are added to by one statement.
const BATCH: usize = 500;

/// Adds to what was taken on the day that begins at `day`, each dataset once; what several nodes add adds up. Give the datasets in
/// one order, so that none waits for another in a circle.
pub async fn add(db: &impl ConnectionTrait, day: DateTime<Utc>, uses: &[(String, u64)]) -> Result<()> {
    let added = Expr::col((Alias::new("excluded"), Column::Times));
    let known = OnConflict::columns([Column::DatasetId, Column::Day])
        .value(Column::Times, Expr::col((Entity, Column::Times)).add(added))
        .to_owned();
    for some in uses.chunks(BATCH) {
        let rows = some.iter().map(|(dataset_id, times)| {
            Model { dataset_id: dataset_id.clone(), day: micros(day), times: whole(*times) }.into_active_model()
        });
        Entity::insert_many(rows).on_conflict(known.clone()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The datasets that carry one of these topics in public whose data was taken most often on the days of `days`, the most first; not
/// those of which it was taken fewer than `least` times.
pub async fn most_with_topics(
    db: &impl ConnectionTrait,
    topics: &[String],
    days: Range<DateTime<Utc>>,
    (least, limit): (i64, u64),
) -> Result<Vec<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::DatasetId)
        .filter(Column::Day.gte(micros(days.start)))
        .filter(Column::Day.lt(micros(days.end)))
        .filter(Column::DatasetId.in_subquery(crate::dataset_topics::public_with(topics)))
        .group_by(Column::DatasetId)
        .having(sum().gte(least))
        .order_by_desc(sum())
        .order_by_asc(Column::DatasetId)
        .limit(limit);
    Ok(query.into_tuple().all(db).await?)
}

/// How often the data of a dataset was taken on the days of `days`.
pub async fn total(db: &impl ConnectionTrait, dataset_id: &str, days: Range<DateTime<Utc>>) -> Result<u64> {
    let times: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Times)
        .filter(Column::DatasetId.eq(dataset_id))
        .filter(Column::Day.gte(micros(days.start)))
        .filter(Column::Day.lt(micros(days.end)))
        .into_tuple()
        .all(db)
        .await?;
    times.into_iter().try_fold(0_u64, |sum, times| Ok(sum.saturating_add(count(times)?)))
}

/// Forgets what was taken before `then`.
pub async fn forget(db: &impl ConnectionTrait, then: DateTime<Utc>) -> Result<()> {
    Entity::delete_many().filter(Column::Day.lt(micros(then))).exec(db).await?;
    Ok(())
}

fn sum() -> Expr {
    Expr::cust("CAST(SUM(times) AS BIGINT)")
}
