//! Rows of `events`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    pub sequence: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub event_type: String,
    pub resource_type: String,
    pub resource_id: String,
    pub bundle_id: Option<String>,
    pub actor: String,
    pub actor_id: String,
    pub via: Option<String>,
    pub client: Option<String>,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub reason: Option<String>,
    pub at: i64,
    pub request_id: String,
    pub details: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub previous_hash: String,
    pub hash: String,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
