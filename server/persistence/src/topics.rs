//! The taxonomy and the departments.

use std::collections::HashMap;

use domain::topic::{Department, Topic};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::entities::{dataset, dataset_topic, department, topic};
use crate::error::Result;

/// Adds a topic; its id must be new.
pub async fn insert(db: &impl ConnectionTrait, topic: &Topic) -> Result<()> {
    topic::Entity::insert(to_row(topic).into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces a topic if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn update(db: &impl ConnectionTrait, topic: &Topic) -> Result<bool> {
    let row = topic::Model { revision: topic.revision + 1, ..to_row(topic) };
    let done = topic::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(topic::Column::Id.eq(&topic.id))
        .filter(topic::Column::Revision.eq(topic.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Deletes a topic that nothing refers to; false where somebody was faster.
pub async fn delete(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let done = topic::Entity::delete_many()
        .filter(topic::Column::Id.eq(id))
        .filter(topic::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Puts the topics below one under another.
pub async fn move_children(db: &impl ConnectionTrait, from: &str, to: &str) -> Result<()> {
    topic::Entity::update_many()
        .col_expr(topic::Column::ParentId, Expr::value(to))
        .col_expr(topic::Column::Revision, Expr::col(topic::Column::Revision).add(1))
        .filter(topic::Column::ParentId.eq(from))
        .exec(db)
        .await?;
    Ok(())
}

/// Puts topics that stand side by side in this order.
pub async fn arrange(db: &impl ConnectionTrait, ids: &[String]) -> Result<()> {
    for (position, id) in (0_i64..).zip(ids) {
        topic::Entity::update_many()
            .col_expr(topic::Column::Position, Expr::value(position))
            .filter(topic::Column::Id.eq(id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// All topics in their order; side by side they are numbered from nought.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Topic>> {
    Ok(numbered(ordered().all(db).await?))
}

/// The same for somebody who changes the taxonomy: it stays as it is until the transaction ends.
pub async fn list_to_change(db: &impl ConnectionTrait) -> Result<Vec<Topic>> {
    Ok(numbered(ordered().lock_exclusive().all(db).await?))
}

/// Which of these ids are topics; they stay so until the transaction ends.
pub async fn known(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<String>> {
    let query = topic::Entity::find().select_only().column(topic::Column::Id).filter(topic::Column::Id.is_in(ids));
    Ok(query.order_by_asc(topic::Column::Id).lock_shared().into_tuple().all(db).await?)
}

fn ordered() -> Select<topic::Entity> {
    topic::Entity::find().order_by_asc(topic::Column::Position).order_by_asc(topic::Column::Id)
}

fn numbered(rows: Vec<topic::Model>) -> Vec<Topic> {
    let mut beside: HashMap<Option<String>, u32> = HashMap::new();
    let topics = rows.into_iter().map(|row| {
        let next = beside.entry(row.parent_id.clone()).or_default();
        let position = *next;
        *next += 1;
        Topic {
            id: row.id,
            title: row.title,
            title_cy: row.title_cy,
            description: row.description,
            description_cy: row.description_cy,
            parent_id: row.parent_id,
            position,
            revision: row.revision,
        }
    });
    topics.collect()
}

fn to_row(topic: &Topic) -> topic::Model {
    topic::Model {
        id: topic.id.clone(),
        parent_id: topic.parent_id.clone(),
        title: topic.title.clone(),
        title_cy: topic.title_cy.clone(),
        description: topic.description.clone(),
        description_cy: topic.description_cy.clone(),
        position: i64::from(topic.position),
        revision: topic.revision,
    }
}

/// How many public datasets carry each topic.
pub async fn public_topics(db: &impl ConnectionTrait) -> Result<Vec<(String, String)>> {
    let rows = dataset_topic::Entity::find()
        .filter(
            dataset_topic::Column::DatasetId.in_subquery(
                sea_orm::sea_query::Query::select()
                    .column(dataset::Column::Id)
                    .from(dataset::Entity)
                    .and_where(dataset::Column::PublishedAt.is_not_null())
                    .to_owned(),
            ),
        )
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.dataset_id, row.topic_id)).collect())
}

/// Adds or replaces a department.
pub async fn save_department(db: &impl ConnectionTrait, department: &Department) -> Result<()> {
    let row = department::Model {
        id: department.id.clone(),
        title: department.title.clone(),
        title_cy: department.title_cy.clone(),
        revision: 1,
    };
    department::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(department::Column::Id)
                .update_columns([department::Column::Title, department::Column::TitleCy])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// All departments by title.
pub async fn departments(db: &impl ConnectionTrait) -> Result<Vec<Department>> {
    let rows = department::Entity::find().order_by_asc(department::Column::Title).all(db).await?;
    Ok(rows.into_iter().map(|row| Department { id: row.id, title: row.title, title_cy: row.title_cy }).collect())
}

/// Whether the department is known.
pub async fn department_exists(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(department::Entity::find_by_id(id).count(db).await? > 0)
}
