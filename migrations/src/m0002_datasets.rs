//! Topics, datasets, editions, versions and files.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE topics (
        id TEXT PRIMARY KEY,
        parent_id TEXT REFERENCES topics (id),
        title TEXT NOT NULL,
        title_cy TEXT,
        description TEXT NOT NULL,
        description_cy TEXT,
        position BIGINT NOT NULL
    )",
    "CREATE TABLE datasets (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        department TEXT NOT NULL REFERENCES departments (id),
        title TEXT NOT NULL,
        published TEXT,
        draft TEXT NOT NULL,
        published_at BIGINT,
        public_updated_at BIGINT,
        last_updated BIGINT NOT NULL,
        created_by TEXT NOT NULL,
        last_edited_by TEXT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE INDEX datasets_by_publication ON datasets (published_at)",
    "CREATE TABLE dataset_topics (
        dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
        topic_id TEXT NOT NULL,
        PRIMARY KEY (dataset_id, topic_id)
    )",
    "CREATE INDEX dataset_topics_by_topic ON dataset_topics (topic_id)",
    "CREATE TABLE editions (
        dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        title TEXT NOT NULL,
        title_cy TEXT,
        created_at BIGINT NOT NULL,
        published_at BIGINT,
        revision BIGINT NOT NULL,
        PRIMARY KEY (dataset_id, id)
    )",
    "CREATE TABLE versions (
        id TEXT PRIMARY KEY,
        dataset_id TEXT NOT NULL,
        edition TEXT NOT NULL,
        number BIGINT NOT NULL,
        state TEXT NOT NULL,
        metadata TEXT NOT NULL,
        release_date BIGINT,
        created_by TEXT NOT NULL,
        last_edited_by TEXT NOT NULL,
        approved_by TEXT,
        approved_at BIGINT,
        published_at BIGINT,
        last_updated BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        UNIQUE (dataset_id, edition, number),
        FOREIGN KEY (dataset_id, edition) REFERENCES editions (dataset_id, id) ON DELETE CASCADE
    )",
    "CREATE INDEX versions_by_state ON versions (state)",
    "CREATE TABLE files (
        id TEXT PRIMARY KEY,
        version_id TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
        position BIGINT NOT NULL,
        filename TEXT NOT NULL,
        title TEXT NOT NULL,
        media_type TEXT NOT NULL,
        format TEXT NOT NULL,
        size BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        state TEXT NOT NULL,
        object_key TEXT NOT NULL,
        licence TEXT,
        licence_url TEXT,
        profile TEXT,
        sight TEXT,
        created_at BIGINT NOT NULL,
        UNIQUE (version_id, filename)
    )",
];

const DOWN: &[&str] = &[
    "DROP TABLE files",
    "DROP TABLE versions",
    "DROP TABLE editions",
    "DROP TABLE dataset_topics",
    "DROP TABLE datasets",
    "DROP TABLE topics",
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
