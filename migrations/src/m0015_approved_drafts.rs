//! Which draft of each dataset was approved with a bundle, so that nothing else becomes public with it.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// Bundles approved before this step count as approved with the drafts of now: what they were then is not known.
const UP: &[&str] = &[
    "ALTER TABLE datasets ADD COLUMN draft_revision BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE bundle_contents ADD COLUMN approved_draft BIGINT",
    "UPDATE bundle_contents SET approved_draft = 1
     WHERE bundle_id IN (SELECT id FROM bundles WHERE state IN ('approved', 'scheduled', 'publishing', 'failed'))",
];

const DOWN: &[&str] =
    &["ALTER TABLE bundle_contents DROP COLUMN approved_draft", "ALTER TABLE datasets DROP COLUMN draft_revision"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
