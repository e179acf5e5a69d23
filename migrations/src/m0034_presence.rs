//! Who has which thing of the portal open, for a minute after the last sign of them.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE presence (
        object TEXT NOT NULL,
        actor_id TEXT NOT NULL,
        actor TEXT NOT NULL,
        since BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        typed_at BIGINT,
        PRIMARY KEY (object, actor_id)
    )",
    "CREATE INDEX presence_by_last_sign ON presence (seen_at)",
];

const DOWN: &[&str] = &["DROP TABLE presence"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
