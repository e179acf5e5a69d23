//! Rows of `bundle_reminders`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_reminders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bundle_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub instant: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub hours_ahead: i64,
    pub sent_at: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
