//! How many filters somebody keeps, and how publications ended, are found without reading what is others'.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// A publication writes a record for each of its versions, of the same kind as its own: those of bundles are in an index of their own,
// which no other record has to be written to. SQLite uses it where a question says the same as its condition, word for word (`ENDS`
// in `persistence::events`), and prefers it to that of all kinds for its second column; PostgreSQL takes that one as given.
const UP: &[&str] = &[
    "CREATE INDEX filters_by_owner ON filters (owner, expires_at)",
    "CREATE INDEX events_of_runs ON events (event_type, resource_type, sequence)
        WHERE resource_type = 'bundle' AND event_type IN ('failed', 'published')",
];

const DOWN: &[&str] = &["DROP INDEX events_of_runs", "DROP INDEX filters_by_owner"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
