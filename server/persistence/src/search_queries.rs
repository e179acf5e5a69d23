//! How often something was asked for on a day: normalised words, and nothing of who asked.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::search_desk::{AskedQuery, SHOWN_FROM};
use sea_orm::sea_query::{Alias, Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::convert::{count, micros, whole};
use crate::entities::search_query::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

/// So many queries are added by one statement.
const BATCH: usize = 500;

/// Adds to what was asked for on the day that begins at `day`, each query once, of which `most` different ones are kept: the rarest
/// make room, and where that is not enough, those alone are counted that are known.
///
/// What several nodes add at once adds up. Give the queries in one order, so that none waits for another in a circle.
pub async fn add(db: &impl ConnectionTrait, day: DateTime<Utc>, asked: &[AskedQuery], most: u64) -> Result<()> {
    let mut room = room_on(db, day, most).await?;
    for some in asked.chunks(BATCH) {
        let known = known_on(db, day, some).await?;
        let mut rows = Vec::with_capacity(some.len());
        for one in some {
            let is_known = known.contains(&one.query);
            if is_known || room > 0 {
                rows.push(row_of(day, one).into_active_model());
                room -= u64::from(!is_known);
            }
        }
        add_rows(db, rows).await?;
    }
    Ok(())
}

/// For how many more queries a day has room.
async fn room_on(db: &impl ConnectionTrait, day: DateTime<Utc>, most: u64) -> Result<u64> {
    let of_day = Column::Day.eq(micros(day));
    let held = Entity::find().filter(of_day.clone()).count(db).await?;
    if held < most {
        return Ok(most - held);
    }
    Entity::delete_many().filter(of_day.clone()).filter(Column::Asked.lt(SHOWN_FROM)).exec(db).await?;
    Ok(most.saturating_sub(Entity::find().filter(of_day).count(db).await?))
}

/// Which of these queries were asked for on the day already.
async fn known_on(db: &impl ConnectionTrait, day: DateTime<Utc>, asked: &[AskedQuery]) -> Result<HashSet<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Query)
        .filter(Column::Day.eq(micros(day)))
        .filter(Column::Query.is_in(asked.iter().map(|one| one.query.as_str())));
    let known: Vec<String> = query.into_tuple().all(db).await?;
    Ok(known.into_iter().collect())
}

/// Keeps queries for the first time on their day, or adds to what is there, also where another node was faster.
async fn add_rows(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<()> {
    let added = |column: Column| Expr::col((Alias::new("excluded"), column));
    let more = |column: Column| Expr::col((Entity, column)).add(added(column));
    let known = OnConflict::columns([Column::Day, Column::Query])
        .value(Column::Asked, more(Column::Asked))
        .value(Column::Unanswered, more(Column::Unanswered))
        .to_owned();
    Entity::insert_many(rows).on_conflict(known).exec_without_returning(db).await?;
    Ok(())
}

fn row_of(day: DateTime<Utc>, one: &AskedQuery) -> Model {
    Model { day: micros(day), query: one.query.clone(), asked: whole(one.asked), unanswered: whole(one.unanswered) }
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

/// Forgets what was asked for before `then`, and of each day before `today` what was rare or is beyond the `most` that are kept.
pub async fn forget(db: &impl ConnectionTrait, then: DateTime<Utc>, today: DateTime<Utc>, most: u64) -> Result<()> {
    Entity::delete_many().filter(Column::Day.lt(micros(then))).exec(db).await?;
    let is_over = Column::Day.lt(micros(today));
    Entity::delete_many().filter(is_over.clone()).filter(Column::Asked.lt(SHOWN_FROM)).exec(db).await?;
    let days: Vec<i64> = Entity::find()
        .filter(is_over)
        .select_only()
        .column(Column::Day)
        .group_by(Column::Day)
        .order_by_asc(Column::Day)
        .into_tuple()
        .all(db)
        .await?;
    for day in days {
        keep_the_first(db, day, most).await?;
    }
    Ok(())
}

/// Keeps of a day the queries that were asked for most; of those asked for equally often, the first by their words.
async fn keep_the_first(db: &impl ConnectionTrait, day: i64, most: u64) -> Result<()> {
    let first_too_many = Entity::find()
        .filter(Column::Day.eq(day))
        .order_by_desc(Column::Asked)
        .order_by_asc(Column::Query)
        .offset(most)
        .limit(1)
        .one(db)
        .await?;
    let Some(row) = first_too_many else { return Ok(()) };
    let after = Condition::all().add(Column::Asked.eq(row.asked)).add(Column::Query.gte(row.query));
    let beyond = Condition::any().add(Column::Asked.lt(row.asked)).add(after);
    Entity::delete_many().filter(Column::Day.eq(day)).filter(beyond).exec(db).await?;
    Ok(())
}
