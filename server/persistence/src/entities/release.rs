//! Rows of `releases`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "releases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title: String,
    pub title_cy: Option<String>,
    pub summary: String,
    pub summary_cy: Option<String>,
    pub department: Option<String>,
    pub pre_release_access: String,
    pub state: String,
    pub earliest: Option<i64>,
    pub latest: Option<i64>,
    pub bundle_id: Option<String>,
    pub changes: String,
    pub announced_at: Option<i64>,
    pub published_at: Option<i64>,
    pub created_by: String,
    pub created_at: i64,
    pub last_edited_by: String,
    pub last_modified: i64,
    pub revision: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
