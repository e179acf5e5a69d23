//! What imports did, thing by thing, so that it can be taken back.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// A row of `import_items` is written in the transaction of what it tells of. `was` is what was said before, where the import said
// something else; the revisions are those that it found and left.
const UP: &[&str] = &[
    "CREATE TABLE imports (
        id TEXT PRIMARY KEY,
        actor TEXT NOT NULL,
        carried_out_at BIGINT NOT NULL,
        undone_by TEXT,
        undone_at BIGINT
    )",
    "CREATE INDEX imports_by_time ON imports (carried_out_at, id)",
    "CREATE TABLE import_items (
        import_id TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
        place BIGINT NOT NULL,
        kind TEXT NOT NULL,
        department TEXT NOT NULL,
        dataset_id TEXT NOT NULL,
        edition TEXT,
        number BIGINT,
        version_id TEXT,
        file_id TEXT,
        filename TEXT,
        was TEXT,
        found_revision BIGINT,
        left_revision BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        taken_back_at BIGINT,
        PRIMARY KEY (import_id, place)
    )",
    "CREATE INDEX import_items_by_dataset ON import_items (dataset_id)",
];

const DOWN: &[&str] = &["DROP TABLE import_items", "DROP TABLE imports"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
