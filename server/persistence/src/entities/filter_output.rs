//! Rows of `filter_outputs`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "filter_outputs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub filter_id: String,
    pub dataset_id: String,
    pub edition: String,
    pub number: i64,
    pub file_id: Option<String>,
    pub filename: Option<String>,
    pub selection: String,
    pub row_count: i64,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
