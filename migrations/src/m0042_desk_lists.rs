//! What the portal's list of datasets is narrowed and sorted by, told from the drafts, and who has taken what waits for review.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// What drafts lack, and until when their next release is expected, is read by the program's own rules when it starts,
// and again where a program of before has changed a draft since
// (`persistence::dataset_outlooks::fill`): no SQL of both databases reads such words as "16 December 2026".
const UP: &[&str] = &[
    "CREATE TABLE dataset_outlooks (
        dataset_id TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
        next_release TEXT,
        draft_revision BIGINT NOT NULL
    )",
    "CREATE INDEX dataset_outlooks_by_next_release ON dataset_outlooks (next_release, dataset_id)",
    "CREATE TABLE dataset_issues (
        dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
        issue TEXT NOT NULL,
        PRIMARY KEY (dataset_id, issue)
    )",
    "CREATE INDEX dataset_issues_by_issue ON dataset_issues (issue, dataset_id)",
    "CREATE INDEX versions_newest ON versions (dataset_id, id, state)",
    "CREATE TABLE review_claims (
        object TEXT PRIMARY KEY,
        actor_id TEXT NOT NULL,
        actor TEXT NOT NULL,
        since BIGINT NOT NULL
    )",
];

const DOWN: &[&str] = &[
    "DROP TABLE review_claims",
    "DROP INDEX versions_newest",
    "DROP TABLE dataset_issues",
    "DROP TABLE dataset_outlooks",
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
