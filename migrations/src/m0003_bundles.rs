//! Bundles and what they hold.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE bundles (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        submitted TEXT,
        approval TEXT,
        publication_date BIGINT,
        channels TEXT NOT NULL,
        started_at BIGINT,
        published_at BIGINT,
        failure TEXT,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        last_edited_by TEXT NOT NULL,
        last_modified BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        lease_node TEXT,
        lease_expires_at BIGINT,
        revision BIGINT NOT NULL
    )",
    "CREATE UNIQUE INDEX bundles_open_title ON bundles (title) WHERE state <> 'published'",
    "CREATE INDEX bundles_due ON bundles (state, publication_date)",
    "CREATE TABLE bundle_teams (
        bundle_id TEXT NOT NULL REFERENCES bundles (id) ON DELETE CASCADE,
        team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
        PRIMARY KEY (bundle_id, team_id)
    )",
    "CREATE TABLE bundle_contents (
        id TEXT PRIMARY KEY,
        bundle_id TEXT NOT NULL REFERENCES bundles (id) ON DELETE CASCADE,
        version_id TEXT NOT NULL UNIQUE REFERENCES versions (id),
        position BIGINT NOT NULL,
        validated_revision BIGINT NOT NULL,
        last_validated BIGINT NOT NULL
    )",
    "CREATE INDEX bundle_contents_by_bundle ON bundle_contents (bundle_id, position)",
];

const DOWN: &[&str] = &["DROP TABLE bundle_contents", "DROP TABLE bundle_teams", "DROP TABLE bundles"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
