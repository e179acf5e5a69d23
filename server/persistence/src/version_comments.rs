//! Comments on versions, for whoever reads the dataset.

use domain::page::{Page, Paging};
use domain::version::VersionComment;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::version_comment::{Column, Entity, Model};
use crate::error::Result;

/// Adds a comment.
pub async fn insert(db: &impl ConnectionTrait, version_id: &str, comment: &VersionComment) -> Result<()> {
    let row = Model {
        id: comment.id.clone(),
        version_id: version_id.to_owned(),
        author: json(&comment.author)?,
        comment: comment.text.clone(),
        created_at: micros(comment.created_at),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// A page of the comments on a version, the oldest first.
pub async fn page_of(db: &impl ConnectionTrait, version_id: &str, paging: Paging) -> Result<Page<VersionComment>> {
    let total = of(version_id).count(db).await?;
    let in_order = of(version_id).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    let rows = in_order.limit(u64::from(paging.limit)).offset(u64::from(paging.offset)).all(db).await?;
    Ok(Page::new(rows.into_iter().map(to_comment).collect::<Result<_>>()?, total, paging))
}

/// The newest comments on a version, so many at most and of these the oldest first.
pub async fn newest_of(db: &impl ConnectionTrait, version_id: &str, most: u32) -> Result<Vec<VersionComment>> {
    let newest = of(version_id).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = newest.limit(u64::from(most)).all(db).await?;
    rows.into_iter().rev().map(to_comment).collect()
}

fn of(version_id: &str) -> Select<Entity> {
    Entity::find().filter(Column::VersionId.eq(version_id))
}

fn to_comment(row: Model) -> Result<VersionComment> {
    Ok(VersionComment {
        id: row.id,
        author: from_json(&row.author)?,
        text: row.comment,
        created_at: instant(row.created_at)?,
    })
}
