//! Rows of `files`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub version_id: String,
    pub position: i64,
    pub filename: String,
    pub title: String,
    pub media_type: String,
    pub format: String,
    pub size: i64,
    pub sha256: String,
    pub state: String,
    pub object_key: String,
    pub licence: Option<String>,
    pub licence_url: Option<String>,
    pub profile: Option<String>,
    pub to_confirm: bool,
    pub confirmed: Option<String>,
    pub read_as: Option<String>,
    pub public_key: Option<String>,
    pub uploaded_by: Option<String>,
    pub created_at: i64,
}

/// What is read together with a file.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::file_sight::Entity")]
    Sight,
    #[sea_orm(belongs_to = "super::version::Entity", from = "Column::VersionId", to = "super::version::Column::Id")]
    Version,
}

impl Related<super::file_sight::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Sight.def()
    }
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
