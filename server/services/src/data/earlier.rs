//! What the version before said at the points that are drawn of a version's table.

use domain::explore::ExploreQuery;
use domain::table::{Chart, ChartKind, Ghost, earlier_values};
use domain::views::VersionPage;
use persistence::files::{self, StoredFile};
use tables::{Table, TableError};

use super::changes::compared;
use super::explore::drawing;
use super::rows::refused;
use super::side_by_side::{AT_ONCE, FIRST, rows_of};
use crate::{Result, Services};

/// The earlier values, where they were others; nothing where that cannot be said, since the page is worth more than they are.
pub(super) async fn of_chart(
    services: &Services,
    page: &VersionPage,
    stored: &StoredFile,
    drawn: (&ExploreQuery, &Chart, String),
) -> Option<Ghost> {
    let reference = page.version.reference();
    before(services, page, stored, drawn).await.unwrap_or_else(|error| {
        tracing::warn!(version = %reference, %error, "what is drawn cannot be compared with the version before");
        None
    })
}

async fn before(
    services: &Services,
    page: &VersionPage,
    stored: &StoredFile,
    (query, chart, said): (&ExploreQuery, &Chart, String),
) -> Result<Option<Ghost>> {
    if chart.kind != ChartKind::Line {
        return Ok(None);
    }
    // Newest first: the next one in the list is the one before.
    let earlier = page.versions.iter().find(|other| other.version < page.version.version && other.is_public());
    let Some(earlier) = earlier else { return Ok(None) };
    let tables = files::list_of_version(services.db.pool(), earlier).await?;
    let Some(old) = of_same_name(tables, stored, query.file.is_none()) else { return Ok(None) };
    // Both are compared once and remembered, so that only what was revised is drawn a second time.
    let is_small = rows_of(&old.file) + rows_of(&stored.file) <= AT_ONCE;
    if !is_small || compared(services, (&old, stored), FIRST).await?.cells_revised == 0 {
        return Ok(None);
    }
    let table = super::files::open(services, &old).await?;
    let asked = query.clone();
    let before = services.tables.in_turn(move || draw(&table, &asked, &said)).await?.map_err(refused)?;
    let values = before.and_then(|before| earlier_values(chart, &before));
    let released = earlier.metadata.release_date;
    Ok(values.map(|values| Ghost { version: earlier.version, released, values }))
}

/// The table of an earlier version that belongs to one of a later: of the same name or, for the first, the first.
fn of_same_name(tables: Vec<StoredFile>, of: &StoredFile, is_first: bool) -> Option<StoredFile> {
    let mut tables: Vec<StoredFile> =
        tables.into_iter().filter(|stored| stored.file.profile.is_some() && super::is_given(stored)).collect();
    let same = tables.iter().position(|stored| stored.file.filename == of.file.filename);
    let at = same.or_else(|| (is_first && !tables.is_empty()).then_some(0))?;
    Some(tables.swap_remove(at))
}

/// The same part of an earlier table, drawn the same way; nothing where it does not have that part.
fn draw(table: &Table, query: &ExploreQuery, said: &str) -> std::result::Result<Option<Chart>, TableError> {
    if !table.check(&query.selection)?.is_empty() {
        return Ok(None);
    }
    let rows = table.count(&query.selection)?;
    Ok(drawing(table, query, rows, said)?.0)
}
