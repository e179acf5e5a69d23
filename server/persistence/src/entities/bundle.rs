//! Rows of `bundles`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title: String,
    pub description: String,
    pub kind: String,
    pub state: String,
    pub submitted: Option<String>,
    pub approval: Option<String>,
    pub publication_date: Option<i64>,
    pub channels: String,
    pub started_at: Option<i64>,
    pub published_at: Option<i64>,
    pub failure: Option<String>,
    pub created_by: String,
    pub created_at: i64,
    pub last_edited_by: String,
    pub last_modified: i64,
    pub attempts: i64,
    pub lease_node: Option<String>,
    pub lease_expires_at: Option<i64>,
    pub revision: i64,
    pub release_reason: Option<String>,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
