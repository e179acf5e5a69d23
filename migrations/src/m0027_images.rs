//! Images of versions and the sizes in which they are offered.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE images (
        id TEXT PRIMARY KEY,
        version_id TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
        position BIGINT NOT NULL,
        alt TEXT NOT NULL,
        caption TEXT,
        title TEXT,
        created_at BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE INDEX images_by_version ON images (version_id, position)",
    "CREATE TABLE image_variants (
        image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        variant TEXT NOT NULL,
        media_type TEXT NOT NULL,
        width BIGINT NOT NULL,
        height BIGINT NOT NULL,
        size BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (image_id, variant)
    )",
];

const DOWN: &[&str] = &["DROP TABLE image_variants", "DROP TABLE images"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
