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

/// A column of a copy that nothing else may share.
const NUMBERED: &str = "t.id || '-' || n.i";

/// Copies the one person, team, service token and release whose name, or id, begins like a template, so many times each.
///
/// Their names and ids are numbered; their grants keep the ids of the template's.
pub async fn multiply_people(database: &Database, copies: u32) -> Result<(), DbErr> {
    let numbered = [
        ("id", NUMBERED),
        ("email", "t.email || '-' || n.i"),
        ("name", "t.name || '-' || n.i"),
        ("token_hash", "t.token_hash || '-' || n.i"),
    ];
    for (table, template) in [
        ("users", "t.email LIKE 'template%'"),
        ("teams", "t.name LIKE 'Template%'"),
        ("service_tokens", "t.name LIKE 'template%'"),
        ("releases", "t.id LIKE 'template%'"),
    ] {
        copy_rows(database, (table, template), copies, &numbered).await?;
    }
    Ok(())
}

/// Copies what happened and is to come: this bundle with what was said and recorded of it, everything else that is called a template,
/// and the one publication, whose bundle gets copies of the dataset `multiply` has made so many of.
///
/// Take away what guards the trail and the log before; what is recorded afterwards does not follow any more.
pub async fn multiply_history(database: &Database, bundle: &str) -> Result<(), DbErr> {
    let (many, some) = (2000, 60);
    let sequence = ("sequence", "t.sequence * 100000 + n.i");
    let of_bundle = format!("t.bundle_id = '{bundle}'");
    let about_bundle = format!("t.resource_type = 'bundle' AND t.resource_id = '{bundle}'");
    let version = ("version_id", "t.version_id || '-' || n.i || '-1'");
    copy_rows(database, ("events", &about_bundle), many, &[("id", NUMBERED), sequence, ("at", "t.at + n.i")]).await?;
    let public = "t.resource_type = 'bundle' AND t.event_type = 'published'";
    copy_rows(database, ("events", public), many, &[("id", NUMBERED), sequence, ("at", "t.at + n.i")]).await?;
    copy_rows(database, ("publication_log", "1 = 1"), many, &[sequence]).await?;
    copy_rows(database, ("bundle_contents", "1 = 1"), some, &[("id", NUMBERED), version, ("position", "n.i")]).await?;
    for (table, template, copies, at) in [
        ("bundle_comments", of_bundle.as_str(), some, ("created_at", "t.created_at + n.i")),
        ("releases", "t.id = 'template'", many, ("created_at", "t.created_at - n.i")),
        ("incidents", "t.title = 'Template'", many, ("opened_at", "t.opened_at - n.i")),
        ("feedback", "t.message = 'A template.'", many, ("created_at", "t.created_at - n.i")),
        ("webhook_calls", "t.id = 'template'", many, ("called_at", "t.called_at + n.i")),
        ("webhooks", "t.url LIKE '%/template'", some, ("created_at", "t.created_at - n.i")),
    ] {
        copy_rows(database, (table, template), copies, &[("id", NUMBERED), at]).await?;
    }
    // Last, so that what belongs to the template is not taken for what belongs to a copy.
    let named = [("id", NUMBERED), ("title", "t.title || '-' || n.i"), ("last_modified", "t.last_modified - n.i")];
    copy_rows(database, ("bundles", &format!("t.id = '{bundle}'")), many, &named).await?;
    database.pool().execute_unprepared("ANALYZE").await?;
    Ok(())
}

/// Copies the rows `t` of a table that fit, so many times each; `instead` says what stands in some columns of the copy `n.i`.
async fn copy_rows(
    database: &Database,
    (table, template): (&str, &str),
    copies: u32,
    instead: &[(&str, &str)],
) -> Result<(), DbErr> {
    let columns = columns_of(database, table).await?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let value = |name: &&str| match instead.iter().find(|(column, _)| column == name) {
        Some((_, value)) => (*value).to_owned(),
        None => format!("t.{name}"),
    };
    let values: Vec<String> = names.iter().map(value).collect();
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
         INSERT INTO {table} ({}) SELECT {} FROM {table} t CROSS JOIN n WHERE {template}",
        names.join(", "),
        values.join(", "),
    );
    database.pool().execute_unprepared(&sql).await?;
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
