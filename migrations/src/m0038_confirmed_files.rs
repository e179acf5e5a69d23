//! What editors say of files: that something odd is meant, and how their bytes are encoded; and the file that a filter is of.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The first table of a filter's version, which it was of before it said so.
macro_rules! first_table {
    ($of:literal) => {
        concat!(
            "UPDATE ",
            $of,
            " SET file_id = (
                SELECT files.id FROM files JOIN versions ON versions.id = files.version_id
                WHERE versions.dataset_id = ",
            $of,
            ".dataset_id AND versions.edition = ",
            $of,
            ".edition AND versions.number = ",
            $of,
            ".number AND files.profile IS NOT NULL AND files.state <> 'withdrawn'
                ORDER BY files.position LIMIT 1
            )"
        )
    };
}

const UP: &[&str] = &[
    "ALTER TABLE files ADD COLUMN to_confirm BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE files ADD COLUMN confirmed TEXT",
    "ALTER TABLE files ADD COLUMN read_as TEXT",
    "ALTER TABLE filters ADD COLUMN file_id TEXT",
    "ALTER TABLE filters ADD COLUMN filename TEXT",
    "ALTER TABLE filter_outputs ADD COLUMN file_id TEXT",
    "ALTER TABLE filter_outputs ADD COLUMN filename TEXT",
    first_table!("filters"),
    first_table!("filter_outputs"),
    "UPDATE filter_outputs SET file_id = (SELECT file_id FROM output_jobs WHERE output_id = filter_outputs.id)
        WHERE id IN (SELECT output_id FROM output_jobs)",
    "UPDATE filters SET filename = (SELECT files.filename FROM files WHERE files.id = filters.file_id)",
    "UPDATE filter_outputs SET filename = (SELECT files.filename FROM files WHERE files.id = filter_outputs.file_id)",
];

const DOWN: &[&str] = &[
    "ALTER TABLE filter_outputs DROP COLUMN filename",
    "ALTER TABLE filter_outputs DROP COLUMN file_id",
    "ALTER TABLE filters DROP COLUMN filename",
    "ALTER TABLE filters DROP COLUMN file_id",
    "ALTER TABLE files DROP COLUMN read_as",
    "ALTER TABLE files DROP COLUMN confirmed",
    "ALTER TABLE files DROP COLUMN to_confirm",
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
