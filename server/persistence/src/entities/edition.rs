//! Rows of `editions`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "editions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dataset_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title: String,
    pub title_cy: Option<String>,
    pub created_at: i64,
    pub published_at: Option<i64>,
    pub revision: i64,
    /// The place that editors gave it among those of its dataset.
    pub position: Option<i64>,
    /// Who gave it its titles last; nobody where a program of before wrote them.
    pub last_edited_by: Option<String>,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
