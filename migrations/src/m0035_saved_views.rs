//! Views of the portal's lists under names.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE saved_views (
        id TEXT PRIMARY KEY,
        list TEXT NOT NULL,
        name TEXT NOT NULL,
        query TEXT NOT NULL,
        owner_id TEXT NOT NULL,
        owner_name TEXT NOT NULL,
        team_id TEXT REFERENCES teams (id) ON DELETE SET NULL,
        created_at BIGINT NOT NULL
    )",
    "CREATE UNIQUE INDEX saved_views_by_owner ON saved_views (owner_id, list, name)",
    "CREATE INDEX saved_views_by_team ON saved_views (team_id, list)",
];

const DOWN: &[&str] = &["DROP TABLE saved_views"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
