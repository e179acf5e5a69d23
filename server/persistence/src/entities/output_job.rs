//! Rows of `output_jobs`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "output_jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub output_id: String,
    pub file_id: String,
    pub asked_by: String,
    pub state: String,
    pub attempts: i64,
    pub forgiven: i64,
    pub available_at: i64,
    pub held_by: Option<String>,
    pub rows_written: i64,
    pub last_error: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
