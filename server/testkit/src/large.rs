//! A catalogue as large as an office's: one published dataset copied many times over by the database itself.
//!
//! Columns are read from the schema, so that a new one is copied without a change here.

use persistence::Database;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TransactionTrait};

/// How large, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Size<'a> {
    /// The dataset to copy: published, with at least one edition, version and file.
    pub template: &'a str,
    /// How many copies to make.
    pub datasets: u32,
    /// How many versions each copy has, all published.
    pub versions: u32,
}

/// Copies the template, `template-1` to `template-N`; the search index and the storage do not follow.
pub async fn multiply(database: &Database, size: Size<'_>) -> Result<(), DbErr> {
    let tables = ["datasets", "dataset_topics", "editions", "versions", "files", "file_sights", "file_dimensions"];
    for table in tables {
        let columns = columns_of(database, table).await?;
        database.pool().execute_unprepared(&copying(table, &columns, size)).await?;
    }
    database.pool().execute_unprepared("ANALYZE").await?;
    Ok(())
}

/// Copies the one person, team, service token and release whose name, or id, begins like a template, so many times each.
///
/// Their names and ids are numbered; their grants keep the ids of the template's.
pub async fn multiply_people(database: &Database, copies: u32) -> Result<(), DbErr> {
    for (table, template) in [
        ("users", "t.email LIKE 'template%'"),
        ("teams", "t.name LIKE 'Template%'"),
        ("service_tokens", "t.name LIKE 'template%'"),
        ("releases", "t.id LIKE 'template%'"),
    ] {
        let columns = columns_of(database, table).await?;
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<String> = names
            .iter()
            .map(|name| match *name {
                "id" | "email" | "name" | "token_hash" => format!("t.{name} || '-' || n.i"),
                name => format!("t.{name}"),
            })
            .collect();
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
             INSERT INTO {table} ({}) SELECT {} FROM {table} t CROSS JOIN n WHERE {template}",
            names.join(", "),
            values.join(", "),
        );
        database.pool().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// How the database goes about a statement, one line a step.
pub async fn plan_of(database: &Database, statement: &str) -> Result<Vec<String>, DbErr> {
    let backend = database.pool().get_database_backend();
    let tx = database.pool().begin().await?;
    let (prefix, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => {
            // In a small table reading all is cheapest; with this it is done only where no index would do.
            tx.execute_unprepared("SET LOCAL enable_seqscan = off").await?;
            ("EXPLAIN", "QUERY PLAN")
        }
    };
    let rows = tx.query_all_raw(Statement::from_string(backend, format!("{prefix} {statement}"))).await?;
    let steps = rows.iter().map(|row| row.try_get("", column)).collect();
    tx.rollback().await?;
    steps
}

/// Name of each column, and whether it holds text.
pub(crate) async fn columns_of(database: &Database, table: &str) -> Result<Vec<(String, bool)>, DbErr> {
    let backend = database.pool().get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => format!("SELECT name, lower(type) AS kind FROM pragma_table_info('{table}')"),
        _ => format!(
            "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    let rows = database.pool().query_all_raw(Statement::from_string(backend, sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get::<String>("", "kind")? == "text"))).collect()
}

fn copying(table: &str, columns: &[(String, bool)], size: Size<'_>) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<String> =
        columns.iter().map(|(name, is_text)| value(table, name, *is_text, size.template)).collect();
    let of_template = match table {
        "datasets" => format!("t.id = '{}'", size.template),
        "versions" => format!("t.dataset_id = '{}' AND t.number = 1", size.template),
        "files" => {
            format!("t.version_id IN (SELECT id FROM versions WHERE dataset_id = '{}' AND number = 1)", size.template)
        }
        "file_sights" | "file_dimensions" => format!(
            "t.file_id IN (SELECT f.id FROM files f JOIN versions v ON v.id = f.version_id WHERE v.dataset_id = '{}' AND v.number = 1)",
            size.template
        ),
        _ => format!("t.dataset_id = '{}'", size.template),
    };
    let by_version = matches!(table, "versions" | "files" | "file_sights" | "file_dimensions");
    let also = if by_version { " CROSS JOIN k" } else { "" };
    format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}), \
         k(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM k WHERE v < {}) \
         INSERT INTO {table} ({}) SELECT {} FROM {table} t CROSS JOIN n{also} WHERE {of_template}",
        size.datasets,
        size.versions,
        names.join(", "),
        values.join(", "),
    )
}

/// What a copy holds in a column: ids and titles of its own, and times that differ.
fn value(table: &str, name: &str, is_text: bool, template: &str) -> String {
    let numbered = |column: &str| format!("replace(t.{column}, '{template}', '{template}-' || n.i)");
    match (table, name) {
        ("datasets", "title") => "t.title || ' ' || n.i".to_owned(),
        ("versions", "id") | ("files", "version_id") => format!("t.{name} || '-' || n.i || '-' || k.v"),
        ("files", "id") | ("file_sights" | "file_dimensions", "file_id") => {
            format!("t.{name} || '-' || n.i || '-' || k.v")
        }
        // A topic is carried by some, not by all.
        ("dataset_topics", "topic_id") => {
            "CASE WHEN n.i % 20 = 0 THEN t.topic_id ELSE t.topic_id || '-' || (n.i % 20) END".to_owned()
        }
        ("versions", "number") => "k.v".to_owned(),
        ("datasets", "last_updated" | "public_updated_at") => format!("t.{name} - n.i"),
        (_, "object_key") => format!("t.{name}"),
        _ if is_text => numbered(name),
        _ => format!("t.{name}"),
    }
}
