//! Subscriptions of the public to publications.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// `subscriber` is a hash of the address, by which the subscriptions of one subscriber are found; it ends with the address.
const UP: &[&str] = &[
    "CREATE TABLE subscriptions (
        id TEXT PRIMARY KEY,
        subscriber TEXT,
        target_kind TEXT NOT NULL,
        target_id TEXT NOT NULL,
        channel TEXT NOT NULL,
        address TEXT NOT NULL,
        language TEXT NOT NULL,
        state TEXT NOT NULL,
        token_hash TEXT,
        secret TEXT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT,
        confirmed_at BIGINT,
        ended_at BIGINT
    )",
    "CREATE UNIQUE INDEX subscriptions_by_token ON subscriptions (token_hash)",
    "CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber, id)",
    "CREATE INDEX subscriptions_by_target ON subscriptions (state, target_kind, target_id, subscriber)",
];

const DOWN: &[&str] = &["DROP TABLE subscriptions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
