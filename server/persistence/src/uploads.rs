//! Uploads that come in several requests: what has arrived, where it is, and who is writing just now.
//!
//! Whoever writes holds the upload until an instant, under a name of its own; what a slow writer says after somebody else
//! has taken it changes nothing.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::refusal::Refusal;
use domain::upload::{Meant, UploadState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, from_json, instant, json, maybe_json, micros, whole, word};
use crate::entities::upload::{Column, Entity, Model};
use crate::error::Result;

/// An upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// An opaque id, which the file gets too.
    pub id: String,
    /// The id of the actor who began it.
    pub owner: String,
    /// Where it stands.
    pub state: UploadState,
    /// How many bytes it will have.
    pub length: u64,
    /// How many bytes are kept.
    pub received: u64,
    /// What they are meant to be.
    pub meant: Meant,
    /// The key of the whole.
    pub object_key: String,
    /// Under which id the storage takes its parts, once there is one.
    pub multipart_id: Option<String>,
    /// The tags of the parts that are stored.
    pub parts: Vec<String>,
    /// Where the bytes behind the last part are.
    pub tail_key: Option<String>,
    /// The state of a SHA-256 over the parts.
    pub hash: String,
    /// Why it became no file.
    pub problem: Option<Refusal>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it is given up unless more arrives.
    pub expires_at: DateTime<Utc>,
}

/// Adds an upload that nobody writes yet.
pub async fn insert(db: &impl ConnectionTrait, upload: &Upload) -> Result<()> {
    let row = Model {
        id: upload.id.clone(),
        owner: upload.owner.clone(),
        state: upload.state.as_str().to_owned(),
        length: whole(upload.length),
        received: whole(upload.received),
        meant: json(&upload.meant)?,
        object_key: upload.object_key.clone(),
        multipart_id: upload.multipart_id.clone(),
        parts: json(&upload.parts)?,
        tail_key: upload.tail_key.clone(),
        hash: upload.hash.clone(),
        problem: upload.problem.as_ref().map(json).transpose()?,
        held_by: None,
        held_until: None,
        created_at: micros(upload.created_at),
        expires_at: micros(upload.expires_at),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The upload of this id, if this actor began it.
pub async fn find_of(db: &impl ConnectionTrait, owner: &str, id: &str) -> Result<Option<Upload>> {
    let row = Entity::find_by_id(id).filter(Column::Owner.eq(owner)).one(db).await?;
    row.map(to_upload).transpose()
}

/// Takes an open upload for a writer unless another has it; false where one has.
pub async fn take(
    db: &impl ConnectionTrait,
    id: &str,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::HeldBy, Expr::value(holder))
        .col_expr(Column::HeldUntil, Expr::value(micros(until)))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(UploadState::Open.as_str()))
        .filter(free(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn free(now: DateTime<Utc>) -> Condition {
    Condition::any().add(Column::HeldBy.is_null()).add(Column::HeldUntil.lt(micros(now)))
}

/// Holds it longer; false where it is no longer held.
pub async fn renew(db: &impl ConnectionTrait, id: &str, holder: &str, until: DateTime<Utc>) -> Result<bool> {
    let done = held(id, holder).col_expr(Column::HeldUntil, Expr::value(micros(until))).exec(db).await?;
    Ok(done.rows_affected == 1)
}

/// Lets go of it.
pub async fn release(db: &impl ConnectionTrait, id: &str, holder: &str) -> Result<()> {
    held(id, holder).col_expr(Column::HeldBy, Expr::value(None::<String>)).exec(db).await?;
    Ok(())
}

/// Lets go of everything that a node held when it stopped; how much that was.
pub async fn release_held(db: &impl ConnectionTrait, node: &str) -> Result<u64> {
    let done = Entity::update_many()
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .filter(Column::HeldBy.starts_with(format!("{node}/")))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

fn held(id: &str, holder: &str) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id)).filter(Column::HeldBy.eq(holder))
}

/// Keeps how far it has come; false where it is no longer held.
pub async fn save(db: &impl ConnectionTrait, upload: &Upload, holder: &str) -> Result<bool> {
    let done = held(&upload.id, holder)
        .col_expr(Column::Received, Expr::value(whole(upload.received)))
        .col_expr(Column::MultipartId, Expr::value(upload.multipart_id.clone()))
        .col_expr(Column::Parts, Expr::value(json(&upload.parts)?))
        .col_expr(Column::TailKey, Expr::value(upload.tail_key.clone()))
        .col_expr(Column::Hash, Expr::value(upload.hash.clone()))
        .col_expr(Column::ExpiresAt, Expr::value(micros(upload.expires_at)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Ends it, with what its bytes were if they are nobody's; false where it is no longer held.
pub async fn end(
    db: &impl ConnectionTrait,
    id: &str,
    holder: &str,
    state: UploadState,
    problem: Option<&Refusal>,
) -> Result<bool> {
    let done = held(id, holder)
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Problem, Expr::value(problem.map(json).transpose()?))
        .col_expr(Column::HeldBy, Expr::value(None::<String>))
        .col_expr(Column::Parts, Expr::value("[]"))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Open uploads whose time is over and which nobody writes.
pub async fn list_over(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<Upload>> {
    let rows = Entity::find()
        .filter(Column::State.eq(UploadState::Open.as_str()))
        .filter(Column::ExpiresAt.lte(micros(now)))
        .filter(free(now))
        .order_by_asc(Column::ExpiresAt)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(to_upload).collect()
}

/// Removes what ended before an instant; how much that was.
pub async fn forget(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let done = Entity::delete_many()
        .filter(Column::State.ne(UploadState::Open.as_str()))
        .filter(Column::ExpiresAt.lt(micros(before)))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// How many are open.
pub async fn open_count(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().filter(Column::State.eq(UploadState::Open.as_str())).count(db).await?)
}

/// Under which ids the storage takes the parts of open uploads.
pub async fn open_multipart_ids(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::MultipartId)
        .filter(Column::State.eq(UploadState::Open.as_str()))
        .filter(Column::MultipartId.is_not_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// Those of these keys under which the bytes of open uploads come together.
pub async fn open_keys(db: &impl ConnectionTrait, keys: &[String]) -> Result<Vec<String>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::ObjectKey)
        .filter(Column::State.eq(UploadState::Open.as_str()))
        .filter(Column::ObjectKey.is_in(keys.iter().map(String::as_str)))
        .into_tuple()
        .all(db)
        .await?)
}

/// Those of these ids that are an open upload's.
pub async fn open_among(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashSet<String>> {
    let rows: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(UploadState::Open.as_str()))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

fn to_upload(row: Model) -> Result<Upload> {
    Ok(Upload {
        state: word(UploadState::parse(&row.state), &row.state)?,
        length: count(row.length)?,
        received: count(row.received)?,
        meant: from_json(&row.meant)?,
        parts: from_json(&row.parts)?,
        problem: maybe_json(row.problem.as_ref())?,
        created_at: instant(row.created_at)?,
        expires_at: instant(row.expires_at)?,
        id: row.id,
        owner: row.owner,
        object_key: row.object_key,
        multipart_id: row.multipart_id,
        tail_key: row.tail_key,
        hash: row.hash,
    })
}
