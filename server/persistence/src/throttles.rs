//! How often something was tried within a window of time.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{CaseStatement, Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryTrait};

use crate::convert::{instant, micros};
use crate::entities::throttle;
use crate::error::Result;

/// How long tries are kept after their window began.
pub const KEPT: TimeDelta = TimeDelta::days(1);
/// So many windows are begun by one statement.
const BATCH: usize = 500;

/// Counts one more try in one statement, so that tries side by side are all counted; a window that began before
/// `begin` is begun anew. The tries so far and when their window began.
pub async fn count(
    db: &impl ConnectionTrait,
    subject: &str,
    now: DateTime<Utc>,
    begin: DateTime<Utc>,
) -> Result<(i64, DateTime<Utc>)> {
    count_many(db, subject, 1, now, begin).await
}

/// The same for what counts as several tries at once.
pub async fn count_many(
    db: &impl ConnectionTrait,
    subject: &str,
    many: i64,
    now: DateTime<Utc>,
    begin: DateTime<Utc>,
) -> Result<(i64, DateTime<Utc>)> {
    let of = |column| Expr::col((throttle::Entity, column));
    let over = || of(throttle::Column::Since).lte(micros(begin));
    let tries = CaseStatement::new().case(over(), many).finally(of(throttle::Column::Tries).add(many));
    let since = CaseStatement::new().case(over(), micros(now)).finally(of(throttle::Column::Since));
    let row = throttle::Model { subject: subject.to_owned(), tries: many, since: micros(now) };
    let row = throttle::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(throttle::Column::Subject)
                .value(throttle::Column::Tries, tries)
                .value(throttle::Column::Since, since)
                .to_owned(),
        )
        .exec_with_returning(db)
        .await?;
    Ok((row.tries, instant(row.since)?))
}

/// Begins a window for each of these subjects, unless somebody has begun it before; those for which it was begun now. They are
/// forgotten once `until` is over.
///
/// Where another transaction begins one of them it is waited for; all do so in one order, so that none waits in a circle.
pub async fn begin_once(
    db: &impl ConnectionTrait,
    mut subjects: Vec<String>,
    until: DateTime<Utc>,
) -> Result<Vec<String>> {
    subjects.sort_unstable();
    let since = micros(until - KEPT);
    let window = |subject: &String| throttle::Model { subject: subject.clone(), tries: 1, since }.into_active_model();
    let mut begun = Vec::with_capacity(subjects.len());
    for some in subjects.chunks(BATCH) {
        let known = OnConflict::column(throttle::Column::Subject).do_nothing().to_owned();
        let mut insert = throttle::Entity::insert_many(some.iter().map(window)).on_conflict(known).into_query();
        insert.returning_col(throttle::Column::Subject);
        for row in db.query_all(&insert).await? {
            begun.push(row.try_get::<String>("", "subject")?);
        }
    }
    Ok(begun)
}

/// Has a window begin at `now` that somebody holds; the tries so far, or nothing where it is forgotten.
pub async fn prolong(db: &impl ConnectionTrait, subject: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    throttle::Entity::update_many()
        .col_expr(throttle::Column::Since, Expr::value(micros(now)))
        .filter(throttle::Column::Subject.eq(subject))
        .exec(db)
        .await?;
    Ok(throttle::Entity::find_by_id(subject).one(db).await?.map(|row| row.tries))
}

/// Takes one try back.
pub async fn give_back(db: &impl ConnectionTrait, subject: &str) -> Result<()> {
    throttle::Entity::update_many()
        .col_expr(throttle::Column::Tries, Expr::col(throttle::Column::Tries).sub(1))
        .filter(throttle::Column::Subject.eq(subject))
        .filter(throttle::Column::Tries.gt(0))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets the tries.
pub async fn clear(db: &impl ConnectionTrait, subject: &str) -> Result<()> {
    throttle::Entity::delete_by_id(subject).exec(db).await?;
    Ok(())
}

/// Forgets what was tried before `then`.
pub async fn delete_before(db: &impl ConnectionTrait, then: DateTime<Utc>) -> Result<u64> {
    let old = throttle::Column::Since.lt(micros(then));
    Ok(throttle::Entity::delete_many().filter(old).exec(db).await?.rows_affected)
}
