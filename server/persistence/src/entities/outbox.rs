//! Rows of `outbox`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub bundle_id: Option<String>,
    pub kind: String,
    pub subject: String,
    pub payload: String,
    pub blocking: bool,
    pub available_at: i64,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub name: String,
    pub lane: Option<String>,
    pub given_up_at: Option<i64>,
    pub forgiven: i64,
    pub skip_reason: Option<String>,
    pub held_by: Option<String>,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
