//! Rows of `archive_policies`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "archive_policies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub department: String,
    pub enabled: bool,
    pub keep_versions: Option<i64>,
    pub keep_months: Option<i64>,
    pub revision: i64,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
