//! Rows of `uploads`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub owner: String,
    pub state: String,
    pub length: i64,
    pub received: i64,
    pub meant: String,
    pub object_key: String,
    pub multipart_id: Option<String>,
    pub parts: String,
    pub tail_key: Option<String>,
    pub hash: String,
    pub problem: Option<String>,
    pub held_by: Option<String>,
    pub held_until: Option<i64>,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
