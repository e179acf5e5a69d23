//! What pages show, as files beside them: how the site is and what was corrected as JSON, the whole catalogue, the portal's lists and
//! comparisons as CSV.

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use chrono::SecondsFormat;
use domain::changes::{Changes, Revision, RowKey};
use domain::comparison::moved;
use domain::correction::{Correction, CorrectionsQuery};
use domain::dataset::Edition;
use domain::page::Paging;
use domain::refusal::Refusal;
use domain::status::StatusPage;
use domain::table::ColumnKind;
use domain::views::DatasetSummary;
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use services::catalogue::WholeRegister;
use services::{ServiceError, Services};

use super::csv;
use super::ctx::RequestCtx;
use super::data::changes::being_compared;
use super::etag::{none_match_holds, tag_of};
use super::export::{CSV, taken_away, told};
use super::problem::Problem;
use crate::pages;
use crate::state::AppState;

/// The columns of the catalogue as a file.
const COLUMNS: [&str; 10] = [
    "id",
    "title",
    "title_cy",
    "edition",
    "latest_version",
    "release_date",
    "publisher",
    "licence",
    "licence_url",
    "address",
];

/// Every file that stands beside a page.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/status.json", get(status))
        .route("/corrections.json", get(corrections))
        .route("/catalogue.csv", get(catalogue))
        .route("/admin/bundles.csv", get(super::bundle_list::bundles))
        .route("/admin/bundles/{id}/timeline.csv", get(super::bundle_timeline::timeline))
        .route("/admin/datasets.csv", get(super::dataset_list::datasets))
        .route("/admin/imports.csv", get(super::import_example::example))
        .route("/catalogue/{id}/editions/{edition}/compare.csv", get(differences))
}

/// `GET /status.json`: what `/status` tells, for programs.
async fn status(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = services::status::page(&state.services, &ctx, state.health.public()).await?;
    as_json(&headers, &document(&page))
}

/// A document for everybody, or that the reader has it already.
fn as_json(headers: &HeaderMap, document: &Value) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(document)?;
    let tag = tag_of(None, &bytes);
    let known = none_match_holds(headers, &tag);
    let told = [(header::CACHE_CONTROL, "public, max-age=0, must-revalidate".to_owned()), (header::ETAG, tag)];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    Ok((told, [(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

fn document(page: &StatusPage) -> Value {
    let parts: Vec<Value> =
        page.health.parts.iter().map(|(part, state)| json!({"part": part, "state": state})).collect();
    let days: Vec<Value> = page.days.iter().map(|(day, state)| json!({"day": day, "state": state})).collect();
    json!({
        "state": page.overall(),
        "looked_at": page.health.looked_at,
        "parts": parts,
        "incidents": page.incidents,
        "days": days,
    })
}

/// `GET /corrections.json`: what `/corrections` lists under the same choices, all of it.
async fn corrections(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let whole = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let query = CorrectionsQuery { offset: 0, limit: u32::MAX, ..app::pages::site::asked::corrections(&whole) };
    let page = services::corrections::page(&state.services, &query).await?;
    let site = state.config.public_url.trim_end_matches('/');
    let items: Vec<Value> = page.items.iter().map(|one| corrected(site, one)).collect();
    as_json(&headers, &json!({"items": items, "total_count": page.total_count}))
}

fn corrected(site: &str, one: &Correction) -> Value {
    json!({
        "dataset_id": one.dataset_id,
        "title": one.title,
        "title_cy": one.title_cy,
        "edition": one.edition,
        "edition_title": one.edition_title,
        "version": one.version.to_string(),
        "alert": one.alert,
        "page": format!("{site}{}", one.page_path()),
    })
}

/// `GET /catalogue.csv`: every public dataset by title, in one stream.
async fn catalogue(State(state): State<AppState>, RequestCtx(ctx): RequestCtx) -> Result<Response, Problem> {
    let whole = WholeRegister::open(&state.services).await?;
    let site = state.config.public_url.trim_end_matches('/').to_owned();
    let head = stream::iter([Ok::<_, ServiceError>(Bytes::from(csv::line(COLUMNS)))]);
    let body = Body::from_stream(told(head.chain(lines(state.services.clone(), whole, site))));
    let name = format!("catalogue-{}.csv", ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away(CSV, &name, body))
}

/// The lines of the catalogue, part after part.
fn lines(services: Services, whole: WholeRegister, site: String) -> impl Stream<Item = Result<Bytes, ServiceError>> {
    stream::try_unfold((whole, 0_u32), move |(whole, offset)| {
        let (services, site) = (services.clone(), site.clone());
        async move {
            let Some((part, next)) = whole.part(&services, offset).await? else { return Ok(None) };
            let text: String = part.iter().map(|(dataset, edition)| line(&site, dataset, edition.as_ref())).collect();
            Ok(Some((Bytes::from(text), (whole, next))))
        }
    })
}

fn line(site: &str, dataset: &DatasetSummary, edition: Option<&Edition>) -> String {
    let metadata = &dataset.metadata;
    let version = edition.and_then(|edition| edition.latest_version).map(|number| number.to_string());
    let released = dataset.release_date.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    let address = format!("{site}/catalogue/{}", dataset.id);
    csv::line([
        dataset.id.as_str(),
        &metadata.title,
        metadata.title_cy.as_deref().unwrap_or(""),
        edition.map_or("", |edition| edition.edition.as_str()),
        version.as_deref().unwrap_or(""),
        released.as_deref().unwrap_or(""),
        &metadata.publisher,
        &metadata.licence,
        &metadata.licence_url,
        &address,
    ])
}

/// The most revised values of a file.
const MOST_REVISED: u32 = 5_000;

/// `GET /catalogue/{id}/editions/{edition}/compare.csv`: what the page of a comparison shows, once large tables are compared; what is
/// hidden or missing is the same page as any other address that is nothing.
async fn differences(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(of): Path<(String, String)>,
    request: Request,
) -> Response {
    let whole = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let query = app::pages::site::asked::comparison(&whole);
    let found = async {
        let query = query.ok_or(Refusal::NotFound)?;
        let name = format!("{}-{}-changes.csv", of.0, of.1);
        let paging = Paging { limit: MOST_REVISED, offset: 0 };
        let changes = services::data::compare_part(&state.services, &ctx, of, &query, paging).await?;
        Ok::<_, ServiceError>(changes.map(|changes| taken_away(CSV, &name, Body::from(lines_of(&changes)))))
    };
    match found.await {
        Ok(Some(answer)) => answer,
        Ok(None) => Problem::new(&ctx, being_compared()).into_response(),
        Err(ServiceError::Refused(Refusal::NotFound)) => pages::unknown_page(State(state), request).await,
        Err(error) => Problem::new(&ctx, error).into_response(),
    }
}

/// The lines of a comparison; how many revised values are left out is the last one.
fn lines_of(changes: &Changes) -> String {
    let dimensions = dimensions_of(changes);
    let mut text = opening(&dimensions, changes);
    text.extend(changes.revised.iter().map(|one| revised(&dimensions, one)));
    let left_out = changes.cells_revised.saturating_sub(changes.revised.len() as u64);
    if left_out > 0 {
        let count = left_out.to_string();
        text.push_str(&change(&dimensions, "values_left_out", &RowKey::new(), ["", "", &count], ["", ""]));
    }
    text
}

/// The names of the dimensions by which rows are known.
fn dimensions_of(changes: &Changes) -> Vec<String> {
    let revised = changes.revised.iter().map(|one| &one.key);
    let mut keys = revised.chain(&changes.rows_added.first).chain(&changes.rows_removed.first);
    keys.next().map(|key| key.iter().map(|(name, _)| name.clone()).collect()).unwrap_or_default()
}

/// The headings, how many rows came and went, the first of them, and the columns that changed.
fn opening(dimensions: &[String], changes: &Changes) -> String {
    let names = dimensions.iter().map(String::as_str);
    let heads = ["change"].into_iter().chain(names).chain(["column", "before", "after", "difference", "percent"]);
    let mut text = csv::line(heads);
    let none = RowKey::new();
    let mut say = |what: &str, key: &RowKey, cells: [&str; 3]| {
        text.push_str(&change(dimensions, what, key, cells, ["", ""]));
    };
    let (added, removed) = (changes.rows_added.count.to_string(), changes.rows_removed.count.to_string());
    if changes.rows_unmatched {
        say("rows_not_matched", &none, ["", &removed, &added]);
    } else {
        say("rows_added", &none, ["", "", &added]);
        say("rows_removed", &none, ["", &removed, ""]);
    }
    say("values_revised", &none, ["", "", &changes.cells_revised.to_string()]);
    say("figures_revised", &none, ["", "", &changes.figures_revised.to_string()]);
    changes.columns_added.iter().for_each(|name| say("column_added", &none, [name, "", ""]));
    changes.columns_removed.iter().for_each(|name| say("column_removed", &none, [name, "", ""]));
    for one in &changes.columns_renamed {
        say("column_named_otherwise", &none, [&one.after, &one.before, &one.after]);
    }
    for one in &changes.columns_relabelled {
        say("column_renamed", &none, [&one.name, &one.before, &one.after]);
    }
    for one in &changes.columns_retyped {
        say("column_retyped", &none, [&one.name, kind(one.before), kind(one.after)]);
    }
    if !changes.rows_unmatched {
        changes.rows_added.first.iter().for_each(|key| say("row_added", key, ["", "", ""]));
        changes.rows_removed.first.iter().for_each(|key| say("row_removed", key, ["", "", ""]));
    }
    text
}

/// A kind of column by its word in the API.
const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Number => "number",
        ColumnKind::Integer => "integer",
        ColumnKind::Text => "text",
        ColumnKind::Time => "time",
    }
}

fn revised(dimensions: &[String], one: &Revision) -> String {
    let (difference, percent) = moved(&one.before, &one.after).unzip();
    let difference = difference.map(rounded).unwrap_or_default();
    let percent = percent.flatten().map(rounded).unwrap_or_default();
    change(dimensions, "revised", &one.key, [&one.column, &one.before, &one.after], [&difference, &percent])
}

/// A figure without what counting in binary leaves behind.
fn rounded(value: f64) -> String {
    ((value * 1e9).round() / 1e9).to_string()
}

fn change(dimensions: &[String], what: &str, key: &RowKey, cells: [&str; 3], by: [&str; 2]) -> String {
    let value = |name: &String| key.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value.as_str());
    csv::figures([what].into_iter().chain(dimensions.iter().map(value)).chain(cells).chain(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_lines_with_their_keys_in_columns() {
        let key = vec![("Area".to_owned(), "Wales".to_owned()), ("Year".to_owned(), "2024".to_owned())];
        let one = Revision { key: key.clone(), column: "Value".into(), before: "-4".into(), after: "-5".into() };
        let mut changes = Changes { cells_revised: 1, figures_revised: 1, revised: vec![one], ..Changes::default() };
        changes.rows_added.count = 1;
        changes.rows_added.first.push(key);
        let dimensions = dimensions_of(&changes);
        let opening = opening(&dimensions, &changes);
        assert!(
            opening.starts_with("change,Area,Year,column,before,after,difference,percent\r\nrows_added,,,,,1,,\r\n"),
            "{opening}"
        );
        assert!(opening.contains("\r\nvalues_revised,,,,,1,,\r\nfigures_revised,,,,,1,,\r\n"), "{opening}");
        assert!(opening.ends_with("\r\nrow_added,Wales,2024,,,,,\r\n"), "{opening}");
        let last = "revised,Wales,2024,Value,-4,-5,-1,-25\r\n";
        assert_eq!(lines_of(&changes), opening + last);
        changes.cells_revised = 8;
        assert!(lines_of(&changes).ends_with(&format!("{last}values_left_out,,,,,7,,\r\n")));
        changes.rows_unmatched = true;
        let unmatched = lines_of(&changes);
        assert!(unmatched.contains("rows_not_matched,,,,0,1,,") && !unmatched.contains("row_added"), "{unmatched}");
    }
}
