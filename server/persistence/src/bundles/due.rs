//! The bundles that are due, or will be soon.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleStage};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::rows::many;
use crate::convert::micros;
use crate::entities::bundle;
use crate::error::Result;

/// The bundles to publish at `now`: due ones, and those whose node let its lease run out; earliest first.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<String>> {
    // Asked for apart, so that each reads no more of its index than it tells, however many are due.
    let asked = [
        (BundleStage::Scheduled, bundle::Column::PublicationDate),
        (BundleStage::Publishing, bundle::Column::LeaseExpiresAt),
    ];
    let mut due: Vec<(Option<i64>, String)> = Vec::new();
    for (stage, column) in asked {
        let query = bundle::Entity::find()
            .select_only()
            .column(bundle::Column::PublicationDate)
            .column(bundle::Column::Id)
            .filter(bundle::Column::State.eq(stage.as_str()))
            .filter(column.lte(micros(now)))
            .order_by_asc(bundle::Column::PublicationDate)
            .order_by_asc(bundle::Column::Id)
            .limit(limit);
        due.extend(query.into_tuple::<(Option<i64>, String)>().all(db).await?);
    }
    due.sort();
    due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(due.into_iter().map(|(_, id)| id).collect())
}

/// The bundles that are scheduled until an instant, earliest first, whoever asks.
pub async fn scheduled_until(db: &impl ConnectionTrait, until: DateTime<Utc>) -> Result<Vec<Bundle>> {
    let rows = due_until(until).all(db).await?;
    many(db, rows).await
}

/// The same for those that are due after an instant only, however many are overdue.
pub async fn scheduled_between(
    db: &impl ConnectionTrait,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Bundle>> {
    let rows = due_until(until).filter(bundle::Column::PublicationDate.gt(micros(after))).all(db).await?;
    many(db, rows).await
}

/// The ids alone of the bundles that are scheduled until an instant, earliest first.
pub async fn ids_scheduled_until(db: &impl ConnectionTrait, until: DateTime<Utc>) -> Result<Vec<String>> {
    Ok(due_until(until).select_only().column(bundle::Column::Id).into_tuple().all(db).await?)
}

fn due_until(until: DateTime<Utc>) -> Select<bundle::Entity> {
    bundle::Entity::find()
        .filter(bundle::Column::State.eq(BundleStage::Scheduled.as_str()))
        .filter(bundle::Column::PublicationDate.lte(micros(until)))
        .order_by_asc(bundle::Column::PublicationDate)
        .order_by_asc(bundle::Column::Id)
}

/// Locks the rows of those of these bundles that nobody else has locked, until the transaction ends, and waits for none; which these are.
pub async fn lock_free(db: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<String>> {
    let query = bundle::Entity::find()
        .select_only()
        .column(bundle::Column::Id)
        .filter(bundle::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(bundle::Column::Id);
    Ok(query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).into_tuple().all(db).await?)
}
