//! What the version before said at the points that are drawn of a version's table.

use domain::explore::{ExplorePage, ExploreQuery};
use domain::selection::Selection;
use domain::table::{Chart, ChartKind, Column, ColumnRole, Ghost, earlier_values};
use domain::version::Version;
use domain::views::VersionPage;
use persistence::files::{self, StoredFile};
use tables::{Table, TableError};

use super::compared::compared;
use super::explore::drawing;
use super::rows::refused;
use super::side_by_side::{FIRST, is_at_once};
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

/// Whether anything of the table was revised since the version before, so that what it said may be asked for.
pub(super) async fn is_offered(services: &Services, page: &ExplorePage, stored: &StoredFile) -> bool {
    if page.chart.as_ref().is_none_or(|chart| chart.kind != ChartKind::Line) {
        return false;
    }
    match revised(services, &page.version, stored, page.query.file.is_none()).await {
        Ok(found) => found.is_some(),
        Err(error) => {
            let reference = page.version.version.reference();
            tracing::warn!(version = %reference, %error, "a table cannot be compared with the version before");
            false
        }
    }
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
    let Some((earlier, old)) = revised(services, page, stored, query.file.is_none()).await? else { return Ok(None) };
    let (now, table) = (super::files::open(services, stored).await?, super::files::open(services, &old).await?);
    let asked = query.clone();
    let before = services.tables.in_turn(move || draw(&now, &table, &asked, &said)).await?.map_err(refused)?;
    let values = before.and_then(|before| earlier_values(chart, &before));
    let released = earlier.metadata.release_date;
    Ok(values.map(|values| Ghost { version: earlier.version, released, values }))
}

/// The version before with its table, where that has figures which are others now; nothing where both are too large to say.
async fn revised<'p>(
    services: &Services,
    page: &'p VersionPage,
    stored: &StoredFile,
    is_first: bool,
) -> Result<Option<(&'p Version, StoredFile)>> {
    // Newest first: the next one in the list is the one before.
    let earlier = page.versions.iter().find(|other| other.version < page.version.version && other.is_public());
    let Some(earlier) = earlier else { return Ok(None) };
    let db = services.db.pool();
    let tables = files::list_with_withdrawn(db, earlier).await?;
    let others = if is_first { files::list_with_withdrawn(db, &page.version).await? } else { Vec::new() };
    let Some(old) = of_same_name(tables, stored, is_first.then_some(others.as_slice())) else { return Ok(None) };
    // Both are compared once and remembered, so that only what was revised is drawn a second time.
    if !is_at_once(services, &old, stored) {
        return Ok(None);
    }
    let changes = compared(services, (&old, stored), FIRST).await?;
    Ok(changes.filter(|changes| changes.figures_revised > 0).map(|_| (earlier, old)))
}

/// The table of an earlier version that belongs to one of a later: of the same name or, for the first, the first, unless that is
/// another of the `others` of the later version. What was recalled, or was put in its place, belongs to none.
fn of_same_name(tables: Vec<StoredFile>, of: &StoredFile, others: Option<&[StoredFile]>) -> Option<StoredFile> {
    let mut tables: Vec<StoredFile> = tables.into_iter().filter(|stored| stored.file.profile.is_some()).collect();
    let same = tables.iter().position(|stored| stored.file.filename == of.file.filename);
    let is_another = |first: &StoredFile| {
        others.is_none_or(|others| others.iter().any(|other| other.file.filename == first.file.filename))
    };
    let at = same.or_else(|| tables.first().filter(|first| !is_another(first)).map(|_| 0))?;
    Some(tables.swap_remove(at)).filter(super::is_given)
}

/// The same part of an earlier table, drawn the same way; nothing where it does not have that part, or only has another.
fn draw(
    now: &Table,
    table: &Table,
    query: &ExploreQuery,
    said: &str,
) -> std::result::Result<Option<Chart>, TableError> {
    let selection = &query.selection;
    if !table.check(selection)?.is_empty() || only_options(now, selection)? != only_options(table, selection)? {
        return Ok(None);
    }
    let rows = table.count(selection)?;
    Ok(drawing(table, query, rows, said)?.0)
}

/// The dimensions from which nobody chose and which have one option only, with that option, in the order of their names.
fn only_options(table: &Table, selection: &Selection) -> std::result::Result<Vec<(String, String)>, TableError> {
    let is_chosen = |column: &Column| selection.dimensions.iter().any(|filter| filter.name == column.name);
    let mut only = Vec::new();
    for column in table.columns().iter().filter(|column| column.role == ColumnRole::Dimension && !is_chosen(column)) {
        let options = table.options(&column.name, selection, "", usize::MAX, 0)?.options;
        let mut options = options.into_iter().filter(|option| option.count > 0);
        if let (Some(option), None) = (options.next(), options.next()) {
            only.push((column.name.clone(), option.code));
        }
    }
    only.sort();
    Ok(only)
}
