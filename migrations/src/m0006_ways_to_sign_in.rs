//! Second factors, links by mail, people of an OpenID provider, and who tries too often.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE second_factors (
        user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        secret TEXT NOT NULL,
        confirmed_at BIGINT,
        last_step BIGINT NOT NULL
    )",
    "CREATE TABLE recovery_codes (
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        code_hash TEXT NOT NULL,
        used_at BIGINT,
        PRIMARY KEY (user_id, code_hash)
    )",
    "CREATE TABLE password_links (
        token_hash TEXT PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX password_links_by_user ON password_links (user_id)",
    "CREATE INDEX password_links_by_expiry ON password_links (expires_at)",
    "CREATE TABLE identities (
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        grants TEXT NOT NULL,
        seen_at BIGINT NOT NULL,
        PRIMARY KEY (issuer, subject)
    )",
    "CREATE INDEX identities_by_user ON identities (user_id)",
    "CREATE TABLE throttles (
        subject TEXT PRIMARY KEY,
        tries BIGINT NOT NULL,
        since BIGINT NOT NULL
    )",
    "CREATE INDEX throttles_by_age ON throttles (since)",
];

const DOWN: &[&str] = &[
    "DROP TABLE throttles",
    "DROP TABLE identities",
    "DROP TABLE password_links",
    "DROP TABLE recovery_codes",
    "DROP TABLE second_factors",
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
