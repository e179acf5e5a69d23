//! Indexes for the orders in which lists of bundles are read.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE INDEX bundles_by_change ON bundles (last_modified, id)",
    "CREATE INDEX bundles_by_creation ON bundles (created_at, id)",
    "CREATE INDEX bundles_by_title ON bundles (title, id)",
    "CREATE INDEX bundles_by_publication ON bundles (publication_date, id)",
    "CREATE INDEX bundle_teams_by_team ON bundle_teams (team_id, bundle_id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX bundle_teams_by_team",
    "DROP INDEX bundles_by_publication",
    "DROP INDEX bundles_by_title",
    "DROP INDEX bundles_by_creation",
    "DROP INDEX bundles_by_change",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
