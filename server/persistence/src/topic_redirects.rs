//! Where the addresses of merged and renamed topics lead.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::entities::topic_redirect::{Column, Entity, Model};
use crate::error::Result;

/// The topic to which an old id leads.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<String>> {
    Ok(Entity::find_by_id(id).one(db).await?.map(|row| row.topic_id))
}

/// These ids, old ones replaced by those to which they lead.
pub async fn follow(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    let now =
        |id: &String| rows.iter().find(|row| row.id == *id).map_or_else(|| id.clone(), |row| row.topic_id.clone());
    Ok(ids.iter().map(now).collect())
}

/// Every old id with the topic to which it leads.
pub async fn list(db: &impl ConnectionTrait) -> Result<HashMap<String, String>> {
    Ok(Entity::find().all(db).await?.into_iter().map(|row| (row.id, row.topic_id)).collect())
}

/// The old ids that lead to a topic.
pub async fn leading_to(db: &impl ConnectionTrait, topic_id: &str) -> Result<Vec<String>> {
    let rows = Entity::find().filter(Column::TopicId.eq(topic_id)).order_by_asc(Column::Id).all(db).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Lets an old id, and every id that led to it, lead to a topic.
pub async fn lead(db: &impl ConnectionTrait, old: &str, topic_id: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::TopicId, Expr::value(topic_id))
        .filter(Column::TopicId.eq(old))
        .exec(db)
        .await?;
    let row = Model { id: old.to_owned(), topic_id: topic_id.to_owned() };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Forgets an old id, which is one of a topic again.
pub async fn forget(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}
