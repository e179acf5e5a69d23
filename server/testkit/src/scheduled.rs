//! Many bundles that are due at one instant: one scheduled bundle with one new dataset, copied by the database itself.

use chrono::{DateTime, Utc};
use persistence::Database;
use sea_orm::{ConnectionTrait, DbErr};

use crate::large::columns_of;

/// What is copied, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// The dataset to copy: never published, with one approved version in a scheduled bundle of its own.
    pub template: &'a str,
    /// How many copies of it to make.
    pub datasets: u32,
    /// How many of them one bundle holds.
    pub per_bundle: u32,
    /// The instant at which all bundles are due, the template's too.
    pub at: DateTime<Utc>,
}

/// Makes datasets `template-1` to `template-N`, their bundles, and moves all to the instant; their files share the template's bytes.
pub async fn schedule_copies(database: &Database, due: Due<'_>) -> Result<(), DbErr> {
    let Due { template, datasets, per_bundle, .. } = due;
    let bundle = format!(
        "(SELECT c.bundle_id FROM bundle_contents c JOIN versions v ON v.id = c.version_id WHERE v.dataset_id = '{template}')"
    );
    let micros = due.at.timestamp_micros();
    let move_all = format!("UPDATE bundles SET publication_date = {micros} WHERE id IN {bundle}");
    database.pool().execute_unprepared(&move_all).await?;
    let of_versions = format!("t.version_id IN (SELECT id FROM versions WHERE dataset_id = '{template}')");
    let tables = [
        ("datasets", format!("t.id = '{template}'")),
        ("draft_topics", format!("t.dataset_id = '{template}'")),
        ("editions", format!("t.dataset_id = '{template}'")),
        ("versions", format!("t.dataset_id = '{template}'")),
        ("files", of_versions.clone()),
        ("bundles", format!("t.id IN {bundle}")),
        ("bundle_contents", of_versions),
    ];
    for (table, chosen) in tables {
        let columns = columns_of(database, table).await?;
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<String> = columns.iter().map(|(name, is_text)| value(table, name, *is_text, due)).collect();
        let copies = if table == "bundles" { datasets.div_ceil(per_bundle) } else { datasets };
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
             INSERT INTO {table} ({}) SELECT {} FROM {table} t CROSS JOIN n WHERE {chosen}",
            names.join(", "),
            values.join(", "),
        );
        database.pool().execute_unprepared(&sql).await?;
    }
    database.pool().execute_unprepared("ANALYZE").await?;
    Ok(())
}

/// What a copy holds in a column.
fn value(table: &str, name: &str, is_text: bool, due: Due<'_>) -> String {
    let Due { template, per_bundle, .. } = due;
    match (table, name) {
        ("bundles", "id" | "title") | (_, "id") if !matches!(table, "datasets" | "editions") => {
            format!("t.{name} || '-' || n.i")
        }
        ("files" | "bundle_contents", "version_id") => format!("t.{name} || '-' || n.i"),
        ("bundle_contents", "bundle_id") => format!("t.bundle_id || '-' || ((n.i - 1) / {per_bundle} + 1)"),
        ("bundle_contents", "position") => "n.i".to_owned(),
        ("datasets", "title") => "t.title || ' ' || n.i".to_owned(),
        (_, "object_key") => format!("t.{name}"),
        _ if is_text => format!("replace(t.{name}, '{template}', '{template}-' || n.i)"),
        _ => format!("t.{name}"),
    }
}
