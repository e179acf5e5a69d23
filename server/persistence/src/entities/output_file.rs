//! Rows of `output_files`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "output_files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub output_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub format: String,
    pub object_key: String,
    pub size: i64,
    pub sha256: String,
    pub made_at: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
