//! Rows of `incidents`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incidents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title: String,
    pub description: String,
    pub severity: String,
    pub state: String,
    pub alert_condition: Option<String>,
    pub subject: String,
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub cause: Option<String>,
    pub opened_by: String,
    pub opened_at: i64,
    pub began_at: i64,
    pub acknowledged_by: Option<String>,
    pub acknowledged_at: Option<i64>,
    pub mitigated_at: Option<i64>,
    pub resolved_at: Option<i64>,
    pub updated_at: i64,
    pub last_seen_at: Option<i64>,
    pub recovered_at: Option<i64>,
    pub last_modified: i64,
    pub public_updates: Option<String>,
    pub revision: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
