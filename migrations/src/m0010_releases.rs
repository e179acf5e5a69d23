//! The release calendar.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// `earliest` and `latest` are the bounds of the date: alike where it is exact, a month apart, or null where it is not known.
const UP: &[&str] = &[
    "CREATE TABLE releases (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        title_cy TEXT,
        summary TEXT NOT NULL,
        summary_cy TEXT,
        department TEXT REFERENCES departments (id),
        state TEXT NOT NULL,
        earliest BIGINT,
        latest BIGINT,
        bundle_id TEXT UNIQUE REFERENCES bundles (id) ON DELETE SET NULL,
        changes TEXT NOT NULL,
        announced_at BIGINT,
        published_at BIGINT,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        last_edited_by TEXT NOT NULL,
        last_modified BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE INDEX releases_by_state ON releases (state, earliest)",
    "CREATE INDEX releases_by_date ON releases (earliest)",
];

const DOWN: &[&str] = &["DROP TABLE releases"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
