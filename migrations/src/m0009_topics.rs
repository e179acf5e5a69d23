//! Topics that can be edited: their revision, where old addresses lead, and the topics of drafts.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Topics of drafts are read out of the JSON text as every program before this step wrote it: `topics`, then `licence`.
const UP: &[&str] = &[
    "ALTER TABLE topics ADD COLUMN revision BIGINT NOT NULL DEFAULT 1",
    "CREATE INDEX topics_by_parent ON topics (parent_id)",
    "CREATE TABLE topic_redirects (
        id TEXT PRIMARY KEY,
        topic_id TEXT NOT NULL REFERENCES topics (id) ON DELETE CASCADE
    )",
    "CREATE INDEX topic_redirects_by_topic ON topic_redirects (topic_id)",
    "CREATE TABLE draft_topics (
        dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
        topic_id TEXT NOT NULL,
        PRIMARY KEY (dataset_id, topic_id)
    )",
    "CREATE INDEX draft_topics_by_topic ON draft_topics (topic_id)",
    "INSERT INTO draft_topics (dataset_id, topic_id)
        SELECT datasets.id, topics.id FROM datasets CROSS JOIN topics
        WHERE datasets.draft LIKE '%\"topics\":[%\"' || topics.id || '\"%],\"licence\":%'",
];

const DOWN: &[&str] = &[
    "DROP TABLE draft_topics",
    "DROP TABLE topic_redirects",
    "DROP INDEX topics_by_parent",
    "ALTER TABLE topics DROP COLUMN revision",
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
