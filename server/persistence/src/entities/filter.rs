//! Rows of `filters`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "filters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub dataset_id: String,
    pub edition: String,
    pub number: i64,
    pub file_id: Option<String>,
    pub filename: Option<String>,
    pub selection: String,
    pub owner: Option<String>,
    pub created_at: i64,
    pub last_updated: i64,
    pub expires_at: i64,
    pub revision: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
