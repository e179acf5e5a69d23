//! What pages show of a file goes into a table of its own: it is large, and most who read about files do not want it. The newest
//! version of an edition is found in an index alone.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE file_sights (
        file_id TEXT NOT NULL PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
        sight TEXT NOT NULL
    )",
    "INSERT INTO file_sights (file_id, sight) SELECT id, sight FROM files WHERE sight IS NOT NULL",
    "ALTER TABLE files DROP COLUMN sight",
    "CREATE INDEX versions_of_editions ON versions (dataset_id, edition, number, state, release_date)",
];

const DOWN: &[&str] = &[
    "DROP INDEX versions_of_editions",
    "ALTER TABLE files ADD COLUMN sight TEXT",
    "UPDATE files SET sight = (SELECT s.sight FROM file_sights s WHERE s.file_id = files.id)",
    "DROP TABLE file_sights",
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
