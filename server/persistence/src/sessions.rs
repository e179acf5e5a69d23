//! Sessions, as opaque documents with an end.

use chrono::{DateTime, TimeDelta, Utc};
use domain::office::SessionLimits;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{instant, maybe_instant, micros};
use crate::entities::session;
use crate::error::Result;

/// A stored session.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// An unguessable id.
    pub id: String,
    /// Whose it is, once signed in.
    pub user_id: Option<String>,
    /// Its contents as JSON.
    pub data: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// What its owner is shown of it.
    pub details: SessionDetails,
}

/// What tells the sessions of one person apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionDetails {
    /// When somebody signed in.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The browser and system, such as `Firefox on Linux`.
    pub browser: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

/// Adds a session; a known id is an error.
pub async fn insert(db: &impl ConnectionTrait, session: &StoredSession) -> Result<()> {
    session::Entity::insert(to_row(session).into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces a session; one that has been ended meanwhile stays ended.
pub async fn save(db: &impl ConnectionTrait, session: &StoredSession) -> Result<()> {
    let row = to_row(session);
    session::Entity::update_many()
        .col_expr(session::Column::UserId, Expr::value(row.user_id))
        .col_expr(session::Column::Data, Expr::value(row.data))
        .col_expr(session::Column::ExpiresAt, Expr::value(row.expires_at))
        .col_expr(session::Column::CreatedAt, Expr::value(row.created_at))
        .col_expr(session::Column::LastSeenAt, Expr::value(row.last_seen_at))
        .col_expr(session::Column::Browser, Expr::value(row.browser))
        .col_expr(session::Column::Address, Expr::value(row.address))
        .filter(session::Column::Id.eq(row.id))
        .exec(db)
        .await?;
    Ok(())
}

/// The session, if it has not ended.
pub async fn load(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<Option<StoredSession>> {
    let row = session::Entity::find_by_id(id).filter(session::Column::ExpiresAt.gt(micros(now))).one(db).await?;
    row.map(to_session).transpose()
}

/// The live sessions of somebody, last seen first.
pub async fn of_user(db: &impl ConnectionTrait, user_id: &str, now: DateTime<Utc>) -> Result<Vec<StoredSession>> {
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::ExpiresAt.gt(micros(now)))
        .order_by_desc(session::Column::LastSeenAt)
        .order_by_asc(session::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_session).collect()
}

/// Ends a session.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    session::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Ends all sessions of somebody.
pub async fn delete_of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<u64> {
    let done = session::Entity::delete_many().filter(session::Column::UserId.eq(user_id)).exec(db).await?;
    Ok(done.rows_affected)
}

/// Ends the sessions of everybody but this person; how many. Theirs are for whoever knows which of them is to stay.
pub async fn delete_of_all_but(db: &impl ConnectionTrait, user_id: &str) -> Result<u64> {
    let of_others = session::Entity::delete_many()
        .filter(session::Column::UserId.is_not_null())
        .filter(session::Column::UserId.ne(user_id));
    Ok(of_others.exec(db).await?.rows_affected)
}

/// Removes the sessions that have ended.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let done = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(micros(now))).exec(db).await?;
    Ok(done.rows_affected)
}

/// Ends the sessions of people that are over by these lengths, though their rows would last longer; how many.
pub async fn delete_over(db: &impl ConnectionTrait, lengths: SessionLimits, now: DateTime<Utc>) -> Result<u64> {
    let before = |seconds: u64| {
        let span = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
        span.and_then(|span| now.checked_sub_signed(span)).map_or(i64::MIN, micros)
    };
    let (began, used) = (before(lengths.longest), before(lengths.idle));
    let never_used =
        Condition::all().add(session::Column::LastSeenAt.is_null()).add(session::Column::CreatedAt.lt(used));
    let over = Condition::any()
        .add(session::Column::CreatedAt.lt(began))
        .add(session::Column::LastSeenAt.lt(used))
        .add(never_used);
    let of_people = session::Entity::delete_many().filter(session::Column::UserId.is_not_null());
    Ok(of_people.filter(over).exec(db).await?.rows_affected)
}

fn to_session(row: session::Model) -> Result<StoredSession> {
    Ok(StoredSession {
        expires_at: instant(row.expires_at)?,
        details: SessionDetails {
            created_at: maybe_instant(row.created_at)?,
            last_seen_at: maybe_instant(row.last_seen_at)?,
            browser: row.browser,
            address: row.address,
        },
        id: row.id,
        user_id: row.user_id,
        data: row.data,
    })
}

fn to_row(session: &StoredSession) -> session::Model {
    session::Model {
        id: session.id.clone(),
        user_id: session.user_id.clone(),
        data: session.data.clone(),
        expires_at: micros(session.expires_at),
        created_at: session.details.created_at.map(micros),
        last_seen_at: session.details.last_seen_at.map(micros),
        browser: session.details.browser.clone(),
        address: session.details.address.clone(),
    }
}
