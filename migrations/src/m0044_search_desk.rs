//! What people add to the search, and how often something was asked for.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Rules of synonyms that come with the program have a row only where somebody changed them. Of queries there are normalised
/// words alone, and nothing of who asked.
const UP: &[&str] = &[
    "CREATE TABLE search_synonyms (
        id TEXT PRIMARY KEY,
        asked TEXT NOT NULL,
        words TEXT NOT NULL,
        is_on BOOLEAN NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE TABLE search_pins (
        id TEXT PRIMARY KEY,
        query TEXT NOT NULL UNIQUE,
        datasets TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at BIGINT NOT NULL
    )",
    "CREATE TABLE search_queries (
        day BIGINT NOT NULL,
        query TEXT NOT NULL,
        asked BIGINT NOT NULL,
        unanswered BIGINT NOT NULL,
        PRIMARY KEY (day, query)
    )",
];

const DOWN: &[&str] = &["DROP TABLE search_queries", "DROP TABLE search_pins", "DROP TABLE search_synonyms"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
