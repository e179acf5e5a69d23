//! Rows of `import_items`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    pub kind: String,
    pub department: String,
    pub dataset_id: String,
    pub edition: Option<String>,
    pub number: Option<i64>,
    pub version_id: Option<String>,
    pub file_id: Option<String>,
    pub filename: Option<String>,
    /// What was said before, as JSON.
    pub was: Option<String>,
    pub found_revision: Option<i64>,
    pub left_revision: i64,
    pub changed_at: i64,
    pub taken_back_at: Option<i64>,
}

/// Relations are spelled out in queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
