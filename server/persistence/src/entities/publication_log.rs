//! Rows of `publication_log`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub release_id: Option<String>,
    pub title: Option<String>,
    pub title_cy: Option<String>,
    pub scheduled_at: Option<i64>,
    pub published_at: i64,
    pub versions: String,
    pub previous_hash: String,
    pub hash: String,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
