//! Who held which rights when, for the list of those who could see a bundle before its release.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// What was before this step is not known: an account that is disabled counts as having been open until its last edit, and
// teams, their members and what is shared and held now as having been so from the beginning. What had ended before is missing.
const UP: &[&str] = &[
    "CREATE TABLE access_history (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        object TEXT NOT NULL,
        number BIGINT NOT NULL,
        at BIGINT NOT NULL,
        holds BOOLEAN NOT NULL,
        name TEXT NOT NULL,
        email TEXT,
        grants TEXT NOT NULL,
        ends_at BIGINT,
        department TEXT,
        PRIMARY KEY (kind, subject, object, number)
    )",
    "INSERT INTO access_history SELECT 'user', id, '', 1, created_at, TRUE, name, email, grants, NULL, NULL FROM users",
    "INSERT INTO access_history
        SELECT 'user', id, '', 2, last_edited, FALSE, name, email, grants, NULL, NULL FROM users WHERE disabled",
    "INSERT INTO access_history
        SELECT 'identity', user_id, issuer || ' ' || subject, 1, 0, TRUE, '', NULL, grants, NULL, NULL FROM identities",
    "INSERT INTO access_history SELECT 'team', id, '', 1, 0, TRUE, name, NULL, grants, NULL, NULL FROM teams",
    "INSERT INTO access_history
        SELECT 'team_member', team_id, user_id, 1, 0, TRUE, '', NULL, '[]', NULL, NULL FROM team_members",
    "INSERT INTO access_history
        SELECT 'service_token', id, '', 1, created_at, TRUE, name, NULL, grants, expires_at, NULL FROM service_tokens",
    "INSERT INTO access_history
        SELECT 'service_token', id, '', 2, revoked_at, FALSE, name, NULL, grants, expires_at, NULL
        FROM service_tokens WHERE revoked_at IS NOT NULL",
    "INSERT INTO access_history
        SELECT 'bundle_team', bundle_id, team_id, 1, 0, TRUE, '', NULL, '[]', NULL, NULL FROM bundle_teams",
    "INSERT INTO access_history
        SELECT 'bundle_item', c.bundle_id, c.version_id, 1, 0, TRUE, d.id, NULL, '[]', NULL, d.department
        FROM bundle_contents c JOIN versions v ON v.id = c.version_id JOIN datasets d ON d.id = v.dataset_id",
];

const CLOSED_ON_SQLITE: &[&str] = &[
    "CREATE TRIGGER access_history_never_changes BEFORE UPDATE ON access_history BEGIN
        SELECT RAISE(ABORT, 'the history of access is append only'); END",
    "CREATE TRIGGER access_history_never_goes BEFORE DELETE ON access_history BEGIN
        SELECT RAISE(ABORT, 'the history of access is append only'); END",
];

const CLOSED_ON_POSTGRES: &[&str] = &[
    "CREATE FUNCTION access_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'the history of access is append only';
    END $$",
    "CREATE TRIGGER access_history_never_changes BEFORE UPDATE ON access_history
        FOR EACH ROW EXECUTE FUNCTION access_history_stays()",
    "CREATE TRIGGER access_history_never_goes BEFORE DELETE ON access_history
        FOR EACH ROW EXECUTE FUNCTION access_history_stays()",
    "CREATE TRIGGER access_history_never_empty BEFORE TRUNCATE ON access_history
        FOR EACH STATEMENT EXECUTE FUNCTION access_history_stays()",
];

const DOWN: &[&str] = &["DROP TABLE access_history"];

const DOWN_ON_POSTGRES: &[&str] = &["DROP FUNCTION access_history_stays()"];

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await?;
        crate::run(manager, if is_sqlite(manager) { CLOSED_ON_SQLITE } else { CLOSED_ON_POSTGRES }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await?;
        crate::run(manager, if is_sqlite(manager) { &[] } else { DOWN_ON_POSTGRES }).await
    }
}
