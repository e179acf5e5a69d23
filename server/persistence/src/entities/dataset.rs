//! Rows of `datasets`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "datasets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub department: String,
    pub title: String,
    pub published: Option<String>,
    pub draft: String,
    pub published_at: Option<i64>,
    pub public_updated_at: Option<i64>,
    pub last_updated: i64,
    pub created_by: String,
    pub last_edited_by: String,
    pub revision: i64,
    pub draft_revision: i64,
    pub sort_en: String,
    pub sort_cy: String,
    pub sorted_revision: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
