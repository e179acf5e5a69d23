//! Rows of `bundle_teams`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_teams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bundle_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: String,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
