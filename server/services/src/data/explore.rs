//! The page on which readers explore a table: rows, counts of every choice, a drawing, in one look.

use std::collections::HashSet;
use std::sync::Arc;

use domain::explore::{ExplorePage, ExploreQuery, Facet, LISTED_OPTIONS, PAGE_ROWS, not_drawn_for_size};
use domain::refusal::{FieldProblem, Refusal};
use domain::selection::{DataFormat, MAX_TOLD, Place, Selection};
use domain::table::{Chart, Column, ColumnRole, Drawing, NotDrawn};
use domain::views::VersionPage;
use persistence::files::{self, StoredFile};
use serde_json::Value;
use tables::{About, MAX_SHEET_ROWS, OptionPage, Page, Table, TableError, write, write_page};

use super::rows::refused;
use super::{chosen, earlier};
use crate::catalogue::{Scope, version_page};
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services};

/// Dimensions that are listed.
pub(super) const LISTED_DIMENSIONS: usize = 20;
/// How often a selection is looked through for what the table does not have: each time only some of it is told.
const ROUNDS: usize = 8;
/// After so many rounds a list of which too much to tell at once is not there counts as wrong altogether.
const ENOUGH: usize = 3;

/// A part of the table of a public version; what the table does not have is told and left out.
///
/// # Errors
/// `NotFound` where the version is not public or has no such table.
pub async fn explore(services: &Services, ctx: &Ctx, key: &VersionKey, query: ExploreQuery) -> Result<ExplorePage> {
    explored(services, version_of(services, ctx, key).await?, query).await
}

/// The same for a page of somebody else, which offers nothing more than what is asked for.
///
/// # Errors
/// `NotFound` where the version is not public or has no such table.
pub async fn explore_embedded(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    query: ExploreQuery,
) -> Result<ExplorePage> {
    let version = version_of(services, ctx, key).await?;
    Ok(drawn(services, version, query).await?.0)
}

async fn version_of(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<VersionPage> {
    let VersionKey { dataset_id, edition, version } = key.clone();
    let scope = Scope { dataset_id, edition: Some(edition), version: Some(version) };
    version_page(services, ctx, &scope).await
}

/// The same of a version whose page was made for the caller.
pub(crate) async fn explored(services: &Services, version: VersionPage, query: ExploreQuery) -> Result<ExplorePage> {
    let (mut page, stored) = drawn(services, version, query).await?;
    page.is_revised = page.is_revised || earlier::is_offered(services, &page, &stored).await;
    page.newest_has_table = super::newest_has_table(services, &page.version).await?;
    Ok(page)
}

/// The part that is asked for, with what was published before where that is asked for, too; and the table's file.
async fn drawn(
    services: &Services,
    version: VersionPage,
    mut query: ExploreQuery,
) -> Result<(ExplorePage, StoredFile)> {
    let stored = files::list_with_withdrawn(services.db.pool(), &version.version).await?;
    let mut found: Vec<_> = stored.into_iter().filter(|stored| stored.file.profile.is_some()).collect();
    let first = found.first().map(|stored| stored.file.filename.clone());
    found.retain(super::is_given);
    let tables = found.iter().map(|one| one.file.filename.clone()).collect();
    let wanted = |stored: &StoredFile| query.file.as_ref().is_none_or(|name| *name == stored.file.filename);
    let stored = found.into_iter().find(wanted).ok_or(Refusal::NotFound)?;
    // Where the first one was recalled the next is shown by its name, which all links of the page then say.
    if first.is_some_and(|first| first != stored.file.filename) {
        query.file = Some(stored.file.filename.clone());
    }
    let table = super::files::open(services, &stored).await?;
    let metadata = version.dataset.shown();
    let said = format!("{} {}", metadata.title, metadata.unit_of_measure.as_deref().unwrap_or_default());
    let about = said.clone();
    let seen = services.tables.in_turn(move || look(&table, query, &about)).await?.map_err(refused)?;
    let earlier = match &seen.chart {
        Some(chart) if seen.query.drawing.earlier => {
            earlier::of_chart(services, &version, &stored, (&seen.query, chart, said)).await
        }
        _ => None,
    };
    let cells = seen.total_rows.saturating_mul(u64::try_from(seen.columns.len()).unwrap_or(u64::MAX));
    let page = ExplorePage {
        workbook: seen.total_rows <= MAX_SHEET_ROWS && cells <= services.settings.output_at_once_cells,
        site: services.accounts.public_url.trim_end_matches('/').to_owned(),
        version,
        file: stored.file.clone().without_the_work(),
        tables,
        query: seen.query,
        problems: seen.problems,
        facets: seen.facets,
        columns: seen.columns,
        rows: seen.rows,
        total_rows: seen.total_rows,
        chosen: seen.chosen,
        chart: seen.chart,
        not_drawn: seen.not_drawn,
        is_revised: earlier.is_some(),
        newest_has_table: false,
        earlier,
    };
    Ok((page, stored))
}

/// What the table shows.
struct Seen {
    query: ExploreQuery,
    problems: Vec<FieldProblem>,
    facets: Vec<Facet>,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    total_rows: u64,
    chosen: Vec<String>,
    chart: Option<Chart>,
    not_drawn: Option<NotDrawn>,
}

/// Looks at a part of a table; `said` is what its dataset says about the figures.
fn look(table: &Arc<Table>, mut query: ExploreQuery, said: &str) -> std::result::Result<Seen, TableError> {
    let problems = fit(table, &mut query.selection)?;
    let selection = &query.selection;
    let total_rows = table.count(selection)?;
    query.page = query.page.clamp(1, total_rows.div_ceil(PAGE_ROWS).max(1));
    let page = Page { start: None, offset: (query.page - 1) * PAGE_ROWS, limit: Some(PAGE_ROWS) };
    let rows = rows_of(&write_page(table, selection, page)?);
    let shown = |column: &&Column| selection.columns.is_empty() || selection.columns.contains(&column.name);
    let columns = match selection.columns.is_empty() {
        true => table.columns().iter().filter(shown).cloned().collect(),
        false => selection
            .columns
            .iter()
            .filter_map(|name| table.columns().iter().find(|column| column.name == *name).cloned())
            .collect(),
    };
    let facets = facets(table, &query)?;
    let chosen = chosen::of(table, selection, total_rows)?;
    let (chart, not_drawn) = drawing(table, &query, total_rows, said)?;
    Ok(Seen { problems, facets, columns, rows, total_rows, chosen, chart, not_drawn, query })
}

/// Leaves of a selection what the table has, and tells what was left out.
fn fit(table: &Table, selection: &mut Selection) -> std::result::Result<Vec<FieldProblem>, TableError> {
    let mut problems = Vec::new();
    // What there is of each part is looked at once there is not too much, and so many things are told at a time.
    for round in 1..=ROUNDS {
        let found = table.misfits(selection)?;
        if found.is_empty() {
            return Ok(problems);
        }
        let places: Vec<Place> = found.iter().map(|misfit| misfit.place.clone()).collect();
        problems.extend(found.into_iter().map(|misfit| misfit.in_address(selection)));
        leave_out(selection, &places, round >= ENOUGH);
    }
    // With so much that is wrong the rest is not looked through: everything is shown, and not nothing without a reason.
    *selection = Selection::default();
    Ok(problems)
}

/// Takes out of a selection what the table does not have; where it has some options of a dimension, these stay.
fn leave_out(selection: &mut Selection, places: &[Place], is_enough: bool) {
    let whole = |part: &str| places.contains(&Place::Whole(part.to_owned()));
    for (at, filter) in selection.dimensions.iter_mut().enumerate() {
        let strange: HashSet<usize> = places.iter().filter_map(|place| option_of(place, at)).collect();
        // Of a list with so much that is not there the rest is not looked through.
        let is_none_kept = places.contains(&Place::Dimension(at)) || (is_enough && strange.len() >= MAX_TOLD);
        let options = std::mem::take(&mut filter.options).into_iter().enumerate();
        let kept = options.filter(|(place, _)| !is_none_kept && !strange.contains(place));
        filter.options = kept.map(|(_, option)| option).collect();
    }
    selection.dimensions.retain(|filter| !filter.options.is_empty());
    let is_wrong =
        |at: usize| [Place::Range(at), Place::From(at), Place::To(at)].iter().any(|one| places.contains(one));
    let ranges = std::mem::take(&mut selection.ranges).into_iter().enumerate();
    selection.ranges = ranges.filter(|(at, _)| !is_wrong(*at)).map(|(_, range)| range).collect();
    if whole("dimensions") {
        selection.dimensions.clear();
    }
    if whole("ranges") {
        selection.ranges.clear();
    }
    if whole("columns") || places.iter().any(|place| matches!(place, Place::Column(_))) {
        selection.columns.clear();
    }
    if whole("sort") || places.iter().any(|place| matches!(place, Place::Sort(_))) {
        selection.sort.clear();
    }
}

/// The place of an option among those of a dimension, if that is what a place is.
const fn option_of(place: &Place, dimension: usize) -> Option<usize> {
    match place {
        Place::Option(of, at) if *of == dimension => Some(*at),
        _ => None,
    }
}

/// Each dimension with its options: the chosen ones first, then others as far as they are listed.
fn facets(table: &Table, query: &ExploreQuery) -> std::result::Result<Vec<Facet>, TableError> {
    let dimensions = table.columns().iter().filter(|column| column.role == ColumnRole::Dimension);
    let mut facets = Vec::new();
    for column in dimensions.take(LISTED_DIMENSIONS) {
        let find = query.find.iter().find(|(name, _)| *name == column.name).map_or("", |(_, words)| words.as_str());
        let offered = table.options_to_choose(&column.name, &query.selection, find, LISTED_OPTIONS as usize)?;
        let OptionPage { options, total, complete } = offered;
        facets.push(Facet { column: column.clone(), options, total, complete });
    }
    Ok(facets)
}

/// The rows of a page of JSON as texts.
fn rows_of(page: &[u8]) -> Vec<Vec<String>> {
    let page: Value = serde_json::from_slice(page).unwrap_or_default();
    let text = |cell: &Value| match cell {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let row = |row: &Value| row.as_array().map(|cells| cells.iter().map(text).collect()).unwrap_or_default();
    page["rows"].as_array().map(|rows| rows.iter().map(row).collect()).unwrap_or_default()
}

/// A drawing of the selection, made as if it were a table of its own: as asked for or, with why not, as suits it.
pub(super) fn drawing(
    table: &Table,
    query: &ExploreQuery,
    rows: u64,
    said: &str,
) -> std::result::Result<(Option<Chart>, Option<NotDrawn>), TableError> {
    if rows == 0 {
        return Ok((None, None));
    }
    if let Some(why) = not_drawn_for_size(rows, table.columns().len()) {
        return Ok((None, Some(why)));
    }
    let drawn = Selection { columns: Vec::new(), sort: Vec::new(), ..query.selection.clone() };
    let mut bytes = Vec::new();
    for piece in write(table, &drawn, Page::default(), DataFormat::Csv, &About::default())? {
        bytes.extend(piece?);
    }
    let Ok(profile) = tables::inspect(&bytes, "") else { return Ok((None, Some(NotDrawn::Unclear))) };
    // The drawn table's columns have names of their own, but the same headings.
    let heading =
        |name: &String| table.columns().iter().find(|column| column.name == *name).map(|one| one.label.clone());
    let asked = Drawing { by: query.drawing.by.as_ref().and_then(heading), ..query.drawing.clone() };
    Ok(match tables::chart_as(&bytes, &profile, &asked, said) {
        Ok(chart) => (Some(chart), None),
        Err(why) => (tables::chart(&bytes, &profile), Some(why)),
    })
}

#[cfg(test)]
mod tests {
    use domain::selection::DataQuery;
    use tables::{Limits, build};

    use super::*;

    #[test]
    fn whatever_the_table_does_not_have_is_left_out_and_told() {
        let rows: &[u8] = b"Area,Year,Value\nWales,2024,1\nWales,2025,2\nEngland,2024,3\nEngland,2025,4\n";
        let file = tempfile::NamedTempFile::new().unwrap();
        build(&rows, "areas.csv", Limits { preview_rows: 1, options: 10 }, file.reopen().unwrap()).unwrap();
        let table = Table::open(file.path()).unwrap();
        let fitted = |raw: &str| {
            let mut selection = DataQuery::parse(raw).unwrap().selection;
            let problems = fit(&table, &mut selection).unwrap();
            let told: Vec<String> = problems.into_iter().map(|problem| problem.field).collect();
            (selection.to_query(), told)
        };
        let (left, told) = fitted("columns=Value,Value&dim.Nope=x&from.Year=abc&dim.Area=Wales");
        assert_eq!(left, "dim.Area=Wales");
        assert_eq!(told, ["columns", "dim.Nope", "from.Year"]);
        // Of a list with a slip in it the rest stays chosen, and of one that fits nothing at all everything is shown.
        let (left, told) = fitted("dim.Area=Wales,Wels&dim.Year=1999");
        assert_eq!((left.as_str(), told.len()), ("dim.Area=Wales", 2), "{told:?}");
        let strange = (0..200).map(|at| format!(",Place {at}")).collect::<String>();
        let (left, told) = fitted(&format!("dim.Area=Wales{strange}&dim.Year=2024"));
        assert_eq!((left.as_str(), told.len()), ("dim.Year=2024", ENOUGH * MAX_TOLD));
        let strange = (0..=MAX_TOLD).map(|at| format!(",Place {at}")).collect::<String>();
        let (left, told) = fitted(&format!("dim.Area=Wales{strange}"));
        assert_eq!((left.as_str(), told.len()), ("dim.Area=Wales", MAX_TOLD + 1));
        let unknown = |count: usize| (0..count).map(|at| format!("dim.Nope{at}=x&")).collect::<String>();
        let (left, told) = fitted(&format!("{}dim.Area=Wales", unknown(50)));
        assert_eq!((left.as_str(), told.len()), ("dim.Area=Wales", 50));
        let (left, told) = fitted(&format!("{}dim.Area=Wales", unknown(1_000)));
        assert!(left.is_empty() && told.len() >= 100, "{left}: {}", told.len());
    }
}
