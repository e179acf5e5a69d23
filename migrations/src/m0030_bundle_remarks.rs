//! Comments on bundles, and the items that somebody has signed off.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE bundle_comments (
        id TEXT PRIMARY KEY,
        bundle_id TEXT NOT NULL REFERENCES bundles (id) ON DELETE CASCADE,
        about TEXT,
        author TEXT NOT NULL,
        comment TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )",
    "CREATE INDEX bundle_comments_by_bundle ON bundle_comments (bundle_id, created_at)",
    "CREATE TABLE bundle_sign_offs (
        item_id TEXT NOT NULL REFERENCES bundle_contents (id) ON DELETE CASCADE,
        actor_id TEXT NOT NULL,
        signed_by TEXT NOT NULL,
        signed_at BIGINT NOT NULL,
        version_revision BIGINT NOT NULL,
        PRIMARY KEY (item_id, actor_id)
    )",
];

const DOWN: &[&str] = &["DROP TABLE bundle_sign_offs", "DROP TABLE bundle_comments"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
