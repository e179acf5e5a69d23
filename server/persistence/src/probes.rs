//! What health checks and gauges ask of the database.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use crate::convert::{instant, micros};
use crate::db::Database;
use crate::entities::{health_probe, outbox, session};
use crate::error::{PersistenceError, Result};

/// How busy the connections are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolFigures {
    /// Connections that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// The most there may be.
    pub most: u32,
}

impl Database {
    /// How busy the connections are.
    #[must_use]
    pub fn pool_figures(&self) -> PoolFigures {
        // The pool's count may be below nothing for a moment, which it tells as a very large number.
        let idle = |open: u32, n: usize| u32::try_from(n).map_or(open, |n| n.min(open));
        if self.pool().get_database_backend() == DbBackend::Sqlite {
            let pool = self.pool().get_sqlite_connection_pool();
            let (open, most) = (pool.size(), pool.options().get_max_connections());
            PoolFigures { open, idle: idle(open, pool.num_idle()), most }
        } else {
            let pool = self.pool().get_postgres_connection_pool();
            let (open, most) = (pool.size(), pool.options().get_max_connections());
            PoolFigures { open, idle: idle(open, pool.num_idle()), most }
        }
    }

    /// Writes a row of this node's own and reads it back.
    pub async fn probe(&self, node: &str, now: DateTime<Utc>) -> Result<()> {
        let row = health_probe::Model { node: node.to_owned(), written_at: micros(now) };
        health_probe::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(health_probe::Column::Node)
                    .update_column(health_probe::Column::WrittenAt)
                    .to_owned(),
            )
            .exec_without_returning(self.pool())
            .await?;
        let read = health_probe::Entity::find_by_id(node).one(self.pool()).await?;
        if read.is_some_and(|row| row.written_at == micros(now)) {
            return Ok(());
        }
        Err(PersistenceError::Inconsistent("a row that was written a moment ago reads otherwise".to_owned()))
    }

    /// What the database takes for the time.
    pub async fn time(&self) -> Result<DateTime<Utc>> {
        let backend = self.pool().get_database_backend();
        let question = match backend {
            DbBackend::Sqlite => "SELECT CAST((julianday('now') - 2440587.5) * 86400000000.0 AS BIGINT) AS at",
            _ => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS at",
        };
        let row = self.pool().query_one_raw(Statement::from_string(backend, question)).await?;
        let row = row.ok_or_else(|| PersistenceError::Inconsistent("no time".to_owned()))?;
        instant(row.try_get("", "at")?)
    }
}

/// The nodes that wrote their rows since an instant, besides this one, and when; the last seen first.
pub async fn nodes_since(
    db: &impl ConnectionTrait,
    besides: &str,
    since: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>)>> {
    const MOST: u64 = 50;
    let rows = health_probe::Entity::find()
        .filter(health_probe::Column::Node.ne(besides))
        .filter(health_probe::Column::WrittenAt.gte(micros(since)))
        .order_by_desc(health_probe::Column::WrittenAt)
        .order_by_asc(health_probe::Column::Node)
        .limit(MOST)
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((row.node, instant(row.written_at)?))).collect()
}

/// Sessions of somebody signed in that have not ended.
pub async fn open_sessions(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let open = session::Entity::find()
        .filter(session::Column::UserId.is_not_null())
        .filter(session::Column::ExpiresAt.gt(micros(now)));
    Ok(open.count(db).await?)
}

/// When the oldest follow-up work that is neither done nor given up was queued.
pub async fn oldest_open_work(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>> {
    let oldest = outbox::Entity::find()
        .filter(outbox::Column::FinishedAt.is_null())
        .filter(outbox::Column::GivenUpAt.is_null())
        .order_by_asc(outbox::Column::Id)
        .one(db)
        .await?;
    oldest.map(|row| queued_at(&row.id).map_or_else(|| instant(row.available_at), Ok)).transpose()
}

/// The time inside a UUIDv7.
pub(crate) fn queued_at(id: &str) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = uuid::Uuid::parse_str(id).ok()?.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}
