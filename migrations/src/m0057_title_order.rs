//! What datasets are sorted by when they are listed by title, for the readers of each language.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// By their bytes in both databases alike: PostgreSQL would sort by the rules of whatever language it was set up in.
const COLUMNS_ON_SQLITE: &[&str] = &[
    "ALTER TABLE datasets ADD COLUMN sort_en TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE datasets ADD COLUMN sort_cy TEXT NOT NULL DEFAULT ''",
];
const COLUMNS_ON_POSTGRES: &[&str] = &[
    "ALTER TABLE datasets ADD COLUMN sort_en TEXT COLLATE \"C\" NOT NULL DEFAULT ''",
    "ALTER TABLE datasets ADD COLUMN sort_cy TEXT COLLATE \"C\" NOT NULL DEFAULT ''",
];

// What titles are folded to is worked out by the program's own rules when it starts, for every dataset whose keys are not those
// of its present revision, and again where a program of before has changed one since (`persistence::title_order::fill`): no SQL of
// both databases takes accents off.
const UP: &[&str] = &[
    "ALTER TABLE datasets ADD COLUMN sorted_revision BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX datasets_public_sort_en ON datasets (sort_en, id) WHERE published_at IS NOT NULL",
    "CREATE INDEX datasets_public_sort_cy ON datasets (sort_cy, id) WHERE published_at IS NOT NULL",
    "CREATE INDEX datasets_by_sort_en ON datasets (sort_en, id)",
    "CREATE INDEX datasets_unsorted ON datasets (id) WHERE sorted_revision <> revision",
    "DROP INDEX datasets_public_title",
    "DROP INDEX datasets_by_title",
];

const DOWN: &[&str] = &[
    "CREATE INDEX datasets_by_title ON datasets (title, id)",
    "CREATE INDEX datasets_public_title ON datasets (title, id) WHERE published_at IS NOT NULL",
    "DROP INDEX datasets_unsorted",
    "DROP INDEX datasets_by_sort_en",
    "DROP INDEX datasets_public_sort_cy",
    "DROP INDEX datasets_public_sort_en",
    "ALTER TABLE datasets DROP COLUMN sorted_revision",
    "ALTER TABLE datasets DROP COLUMN sort_cy",
    "ALTER TABLE datasets DROP COLUMN sort_en",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        crate::run(manager, if is_sqlite { COLUMNS_ON_SQLITE } else { COLUMNS_ON_POSTGRES }).await?;
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
