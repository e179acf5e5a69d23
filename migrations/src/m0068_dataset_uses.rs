//! How often the data of each public dataset was taken on a day.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// A number for a dataset and a day, and nothing of who took it.
const UP: &[&str] = &[
    "CREATE TABLE dataset_uses (
        dataset_id TEXT NOT NULL,
        day BIGINT NOT NULL,
        times BIGINT NOT NULL,
        PRIMARY KEY (dataset_id, day)
    )",
    "CREATE INDEX dataset_uses_by_day ON dataset_uses (day)",
];

const DOWN: &[&str] = &["DROP TABLE dataset_uses"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
