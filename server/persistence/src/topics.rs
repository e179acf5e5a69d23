//! The taxonomy and the departments.

use domain::topic::{Department, Topic};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::entities::{dataset, dataset_topic, department, topic};
use crate::error::Result;

/// Adds or replaces a topic at a position among its siblings.
pub async fn save(db: &impl ConnectionTrait, topic: &Topic, position: i64) -> Result<()> {
    let row = topic::Model {
        id: topic.id.clone(),
        parent_id: topic.parent_id.clone(),
        title: topic.title.clone(),
        title_cy: topic.title_cy.clone(),
        description: topic.description.clone(),
        description_cy: topic.description_cy.clone(),
        position,
    };
    topic::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(topic::Column::Id)
                .update_columns([
                    topic::Column::ParentId,
                    topic::Column::Title,
                    topic::Column::TitleCy,
                    topic::Column::Description,
                    topic::Column::DescriptionCy,
                    topic::Column::Position,
                ])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// All topics in their order.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Topic>> {
    let rows =
        topic::Entity::find().order_by_asc(topic::Column::Position).order_by_asc(topic::Column::Id).all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| Topic {
            id: row.id,
            title: row.title,
            title_cy: row.title_cy,
            description: row.description,
            description_cy: row.description_cy,
            parent_id: row.parent_id,
        })
        .collect())
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
