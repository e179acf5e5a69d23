//! People, teams, service tokens and sessions.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE departments (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        title_cy TEXT
    )",
    "CREATE TABLE users (
        id TEXT PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        password_hash TEXT,
        disabled BOOLEAN NOT NULL DEFAULT FALSE,
        grants TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE TABLE teams (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL
    )",
    "CREATE TABLE team_members (
        team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        PRIMARY KEY (team_id, user_id)
    )",
    "CREATE TABLE service_tokens (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        token_hash TEXT NOT NULL UNIQUE,
        grants TEXT NOT NULL,
        approve_own BOOLEAN NOT NULL DEFAULT FALSE,
        created_at BIGINT NOT NULL,
        expires_at BIGINT,
        last_used_at BIGINT,
        revoked_at BIGINT
    )",
    "CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        user_id TEXT,
        data TEXT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
    "CREATE TABLE sign_in_failures (
        email TEXT PRIMARY KEY,
        failures BIGINT NOT NULL,
        blocked_until BIGINT NOT NULL
    )",
];

const DOWN: &[&str] = &[
    "DROP TABLE sign_in_failures",
    "DROP TABLE sessions",
    "DROP TABLE service_tokens",
    "DROP TABLE team_members",
    "DROP TABLE teams",
    "DROP TABLE users",
    "DROP TABLE departments",
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
