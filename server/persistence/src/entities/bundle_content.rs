//! Rows of `bundle_contents`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_contents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub bundle_id: String,
    pub version_id: String,
    pub position: i64,
    pub validated_revision: i64,
    pub last_validated: i64,
    pub approved_draft: Option<i64>,
}

/// What is read together with an item.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::version::Entity", from = "Column::VersionId", to = "super::version::Column::Id")]
    Version,
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
