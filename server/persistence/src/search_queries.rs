//! How often something was asked for on a day: normalised words, and nothing of who asked.

use chrono::{DateTime, Utc};
use domain::search_desk::{AskedQuery, MOST_OF_A_DAY, SHOWN_FROM};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, micros, whole};
use crate::entities::search_query::{Column, Entity, Model};
use crate::error::Result;

/// The most different queries of the day that goes on; the rarest make room.
const MOST_TODAY: u64 = 10_000;

/// Adds to what was asked for on the day that begins at `day`.
pub async fn add(db: &impl ConnectionTrait, day: DateTime<Utc>, asked: &[AskedQuery]) -> Result<()> {
    let of_day = Column::Day.eq(micros(day));
    if Entity::find().filter(of_day.clone()).count(db).await? >= MOST_TODAY {
        Entity::delete_many().filter(of_day).filter(Column::Asked.lt(SHOWN_FROM)).exec(db).await?;
    }
    for one in asked {
        let (times, unanswered) = (whole(one.asked), whole(one.unanswered));
        let more = |column, number: i64| Expr::col((Entity, column)).add(number);
        let row = Model { day: micros(day), query: one.query.clone(), asked: times, unanswered };
        let known = OnConflict::columns([Column::Day, Column::Query])
            .value(Column::Asked, more(Column::Asked, times))
            .value(Column::Unanswered, more(Column::Unanswered, unanswered))
            .to_owned();
        Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What was asked for most since `since`, or what found nothing most often; rare words are left out.
pub async fn most(
    db: &impl ConnectionTrait,
    since: DateTime<Utc>,
    unanswered: bool,
    limit: u64,
) -> Result<Vec<AskedQuery>> {
    let sum = |column: &str| Expr::cust(format!("CAST(SUM({column}) AS BIGINT)"));
    let by = if unanswered { "unanswered" } else { "asked" };
    let told = if unanswered { Column::Unanswered } else { Column::Asked };
    let rows: Vec<(String, i64, i64)> = Entity::find()
        .filter(Column::Day.gte(micros(since)))
        .filter(told.gte(SHOWN_FROM))
        .select_only()
        .column(Column::Query)
        .column_as(sum("asked"), "times")
        .column_as(sum("unanswered"), "without")
        .group_by(Column::Query)
        .order_by_desc(sum(by))
        .order_by_asc(Column::Query)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(query, times, without)| Ok(AskedQuery { query, asked: count(times)?, unanswered: count(without)? }))
        .collect()
}

/// Forgets what was asked for before `then`, and of the days before `today` what was rare or is more than is kept.
pub async fn forget(
    db: &impl ConnectionTrait,
    then: DateTime<Utc>,
    yesterday: DateTime<Utc>,
    today: DateTime<Utc>,
) -> Result<()> {
    Entity::delete_many().filter(Column::Day.lt(micros(then))).exec(db).await?;
    let is_over = Column::Day.lt(micros(today));
    Entity::delete_many().filter(is_over).filter(Column::Asked.lt(SHOWN_FROM)).exec(db).await?;
    let of_yesterday = Column::Day.eq(micros(yesterday));
    let first_too_many = Entity::find()
        .filter(of_yesterday.clone())
        .order_by_desc(Column::Asked)
        .offset(MOST_OF_A_DAY)
        .limit(1)
        .one(db)
        .await?;
    if let Some(row) = first_too_many {
        Entity::delete_many().filter(of_yesterday).filter(Column::Asked.lte(row.asked)).exec(db).await?;
    }
    Ok(())
}
