//! `…/versions/{version}/data`: any part of a table, in the format that suits.

pub mod changes;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::IntoResponse;
use domain::file::File;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::selection::{DataFormat, DataQuery, JSON_LINES, RowLimit, Selection};
use services::data::{self, About, PageBytes, Part};
use services::{audit, versions};
use sha2::{Digest, Sha256};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Answer;
use super::answer::{caching, put};
use super::ctx::{Asked, Path};
use super::described::{ErrorEnvelope, VersionPath};
use super::etag::none_match_holds;
use super::versions::{Words, key_of};
use crate::http::remembered::Streamed;
use crate::state::AppState;

/// Rows of a JSON page where no `limit` is given.
const DEFAULT_ROWS: u64 = 100;
/// The parameter that only this operation knows.
const FILE: &str = "file";
/// The most rows of a JSON page.
pub(super) const MAX_ROWS: u64 = 10_000;

/// A page of rows.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct DataPage {
    /// The names of the dimensions among the columns.
    #[schema(example = json!(["Country", "Year"]))]
    dimensions: Vec<String>,
    /// The columns of the rows, in order.
    columns: Vec<DataColumn>,
    /// The rows: figures as numbers, a missing figure as null, everything else as text as it came.
    #[schema(example = json!([["Wales", "2024", 3.9]]))]
    rows: Vec<Vec<serde_json::Value>>,
    /// Rows of the whole selection.
    total_rows: u64,
    /// Where the next page begins: sent back as `cursor`, with the same filters and order. Absent on the last page.
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// A column of a page.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct DataColumn {
    /// The name that filters and orders use.
    name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    kind: domain::table::ColumnKind,
    /// The heading as it was sent.
    label: String,
}

/// How a number of rows is described: as a number, or `all`.
struct Rows;

impl PartialSchema for Rows {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
        let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["all"]));
        OneOfBuilder::new().item(number).item(word).into()
    }
}

impl ToSchema for Rows {}

/// How a format is named in an address: one has two names.
struct FormatName;

impl PartialSchema for FormatName {
    fn schema() -> RefOr<Schema> {
        let names = DataFormat::ALL.into_iter().map(DataFormat::as_str).chain([JSON_LINES]);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for FormatName {}

/// Reads any part of the table of a version.
///
/// Besides the parameters below, `dim.NAME=a,b` keeps the rows whose dimension NAME has one of these codes or labels (repeat it or put
/// commas between; `%2C` is a comma inside an option; an empty one, as in `dim.NAME=` or `dim.NAME=,b`, means blank cells), and `from.NAME=` and `to.NAME=` bound a time or a figure, both ends included.
/// Several filters hold together. JSON comes in pages of at most 10,000 rows, or whole with `limit=all`; all other formats give the
/// whole selection unless a `limit` is given. What is whole is made while it is sent; a workbook, of which nothing can be sent before it
/// is made, is refused where it would be very large, and is prepared for a filter instead (`/filters`). Figures have a decimal point and nothing
/// between thousands, however the file has them; a cell with nothing in it is null in JSON and Parquet. In CSV and workbooks text that a
/// spreadsheet would run is defused.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/data", tag = "data",
    params(VersionPath,
        ("columns" = Option<Vec<String>>, Query, description = "The columns wanted, in that order, each once; all where it is left out", explode = false, example = json!(["Year", "Value"])),
        ("sort" = Option<String>, Query, description = "Columns to order by, at most 8, with commas between; a hyphen before a name puts the greatest first", example = "-Year"),
        ("limit" = inline(Option<Rows>), Query, description = "The most rows, or `all`; of JSON 100 unless given, and at most 10,000 but for `all`", example = 100),
        ("offset" = Option<u64>, Query, description = "Rows to skip; a cursor goes on without a limit to how far", minimum = 0, example = 0),
        ("cursor" = Option<String>, Query, description = "Where the page before ended, as its `next_cursor` said"),
        ("format" = inline(Option<FormatName>), Query, description = "The format, of which `jsonl` is `ndjson`; `Accept` chooses where it is left out, and JSON where that says nothing"),
        ("file" = Option<String>, Query, description = "The file, where it is not the version's first table", example = "table-1.csv")),
    responses(
        (status = 200, description = "The rows", content(
            (DataPage = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"))),
        (status = 409, description = "The version's first table was recalled, and no other is named", body = ErrorEnvelope),
        (status = 422, description = "The table does not have what was asked for, and what is near is named; it is more than one selection may say; or the workbook would be too large", body = ErrorEnvelope),
    ),
    extensions(("x-open-parameters" = json!("dim.*, from.*, to.*"))))]
pub async fn data(State(state): State<AppState>, method: Method, asked: Asked, Path(words): Words) -> Answer {
    let key = key_of(words)?;
    let version = versions::find(&state.services, &asked.ctx, &key).await?;
    let raw = asked.uri.query().unwrap_or("");
    let mut query = read(raw)?;
    let file = take(&mut query, FILE);
    let format = query.format.or_else(|| accepted(&asked.headers)).unwrap_or_default();
    let (limit, beyond) = match limit_of(&query, format) {
        Ok(limit) => (limit, None),
        Err(problem) => (None, Some(problem)),
    };
    let stored = data::find_in(&state.services, &version, file.as_deref()).await?;
    let mut headers = headers_of(&asked, &stored.file, &query, format);
    let tag = tag_of(&stored.file, raw, format);
    put(&mut headers, header::ETAG, &tag);
    if beyond.is_none() && none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let table = data::open(&state.services, &stored).await?;
    // A refusal tells of the table, too.
    audit::preview_of_file(&state.services, &asked.ctx, &stored).await?;
    let misfits = data::problems(&state.services, &table, &query.selection).await?;
    all_valid(beyond.into_iter().chain(misfits).collect())?;
    let about = about(&state, &stored.file, &query.selection);
    let is_first = begins_it(&query);
    let part = Part { selection: query.selection, cursor: query.cursor, offset: query.offset.unwrap_or(0), limit };
    if format == DataFormat::Xlsx {
        data::must_be_made_at_once(&state.services, &table, &part).await?;
    }
    if format == DataFormat::Json && limit.is_some() {
        return Ok(match data::page(&state.services, &table, part).await? {
            PageBytes::Whole(bytes) => (headers, bytes).into_response(),
            PageBytes::Pieces(rows) => (Extension(Streamed), headers, Body::from_stream(rows)).into_response(),
        });
    }
    if method == Method::HEAD {
        return Ok((headers, Body::empty()).into_response());
    }
    let rows = data::stream(&state.services, &table, part, format, about).await?;
    let body = match is_first {
        true => super::downloads::counted(&state, &asked, (&stored.file.dataset_id, stored.is_public), rows),
        false => Body::from_stream(rows),
    };
    Ok((Extension(Streamed), headers, body).into_response())
}

/// Whether the rows are the first of what is chosen: who goes on from there takes nothing anew that would be counted.
fn begins_it(query: &DataQuery) -> bool {
    query.cursor.is_none() && query.offset.unwrap_or(0) == 0
}

/// What is asked for, or everything in the address that cannot be read.
fn read(raw: &str) -> Result<DataQuery, Refusal> {
    let (query, mut problems) = match DataQuery::parse(raw) {
        Ok(query) => (query, Vec::new()),
        Err(problems) => (DataQuery::default(), problems),
    };
    // What cannot be read of a query hides its other parameters.
    let others = if problems.is_empty() { query.others.clone() } else { others_of(raw) };
    if others.iter().filter(|(name, _)| name == FILE).count() > 1 {
        problems.push(FieldProblem::new(FILE, "repeated", "Give this once."));
    }
    let unknown = others
        .into_iter()
        .filter(|(name, _)| name != FILE)
        .map(|(name, _)| FieldProblem::new(&name, "unknown_parameter", "There is no such parameter here."));
    problems.extend(unknown);
    if problems.is_empty() { Ok(query) } else { Err(Refusal::Unreadable { problems }) }
}

/// The parameters that a query for data does not know, each by itself as the query would keep it.
fn others_of(raw: &str) -> Vec<(String, String)> {
    let alone = raw.split('&').filter_map(|pair| DataQuery::parse(pair).ok());
    alone.flat_map(|query| query.others).collect()
}

/// How many rows are wanted of this format at most; none means all of them.
fn limit_of(query: &DataQuery, format: DataFormat) -> Result<Option<u64>, FieldProblem> {
    match query.limit {
        Some(RowLimit::All) => Ok(None),
        Some(RowLimit::Rows(rows)) if rows > MAX_ROWS && !format.is_whole() => {
            let message =
                format!("A page of JSON has at most {MAX_ROWS} rows; limit=all gives every row in one answer.");
            Err(FieldProblem::new("limit", "out_of_range", message))
        }
        Some(RowLimit::Rows(rows)) => Ok(Some(rows)),
        None => Ok((!format.is_whole()).then_some(DEFAULT_ROWS)),
    }
}

/// Takes a parameter that only this operation knows.
fn take(query: &mut DataQuery, name: &str) -> Option<String> {
    let at = query.others.iter().position(|(other, _)| other == name)?;
    Some(query.others.remove(at).1).filter(|value| !value.is_empty())
}

/// The format that `Accept` asks for by name, the most wanted first.
fn accepted(headers: &HeaderMap) -> Option<DataFormat> {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut wanted: Vec<(u16, DataFormat)> = Vec::new();
    for range in lines.flat_map(|line| line.split(',')) {
        let mut words = range.split(';').map(str::trim);
        let media_type = words.next().unwrap_or("");
        let quality = words.find_map(|word| word.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        if let Some(format) = DataFormat::of_media_type(media_type) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
            wanted.push(((quality.clamp(0.0, 1.0) * 1000.0) as u16, format));
        }
    }
    wanted.retain(|(quality, _)| *quality > 0);
    // The first of those that are wanted most.
    wanted.into_iter().rev().max_by_key(|(quality, _)| *quality).map(|(_, format)| format)
}

/// The same rows for the same bytes and the same question, whoever asks.
fn tag_of(file: &File, raw: &str, format: DataFormat) -> String {
    let mut hash = Sha256::new();
    hash.update(concat!(env!("CARGO_PKG_VERSION"), "\n"));
    hash.update(data::WRITTEN_LAYOUT);
    hash.update(&file.sha256);
    hash.update(file.profile.as_ref().map_or("", |profile| &profile.encoding));
    hash.update(format.as_str());
    hash.update(raw);
    format!("\"data-{}\"", hex::encode(&hash.finalize()[..16]))
}

fn headers_of(asked: &Asked, file: &File, query: &DataQuery, format: DataFormat) -> HeaderMap {
    let mut headers = caching(&asked.ctx);
    put(&mut headers, header::CONTENT_TYPE, format.media_type());
    put(&mut headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let (is_page, is_cut) = (!format.is_whole(), matches!(query.limit, Some(RowLimit::Rows(_))));
    if !is_page || query.limit == Some(RowLimit::All) {
        let part = if query.selection.is_every_row() && !is_cut { "" } else { "-part" };
        let name = format!("{}-{}-v{}{part}.{}", file.dataset_id, file.edition, file.version, format.as_str());
        put(&mut headers, header::CONTENT_DISPOSITION, &super::downloads::disposition(&name));
    }
    headers
}

/// What a workbook says of itself.
pub(super) fn about(state: &AppState, file: &File, selection: &Selection) -> About {
    services::data::about(&state.config.public_url, file, selection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_an_address_that_cannot_be_read_is_told_at_once() {
        let told = |raw: &str| -> Vec<String> {
            match read(raw) {
                Err(Refusal::Unreadable { problems }) => problems.into_iter().map(|problem| problem.field).collect(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            told("colour=red&limit=x&file=a.csv&shape=round&format=doc"),
            ["limit", "format", "colour", "shape"]
        );
        assert_eq!(told("colour=red&dim.Sex=m"), ["colour"]);
        assert_eq!(told("file=a.csv&file=b.csv"), ["file"]);
        assert_eq!(read("dim.Sex=m&file=a.csv").unwrap().others, [("file".to_owned(), "a.csv".to_owned())]);
    }

    #[test]
    fn what_goes_on_begins_nothing() {
        let begins = |raw: &str| begins_it(&read(raw).unwrap());
        assert!(begins("") && begins("format=csv&limit=9&offset=0"));
        assert!(!begins("format=csv&limit=9&offset=9") && !begins("format=csv&limit=9&cursor=abc"));
    }

    #[test]
    fn accept_chooses_among_the_formats_it_names() {
        let chosen = |accept: &str| accepted(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]));
        assert_eq!(chosen("text/csv"), Some(DataFormat::Csv));
        assert_eq!(chosen("application/json;q=0.5, text/csv;q=0.9"), Some(DataFormat::Csv));
        assert_eq!(chosen("application/json, text/csv"), Some(DataFormat::Json));
        assert_eq!(chosen("text/csv;q=0, */*"), None);
        for lines in ["application/x-ndjson", "application/ndjson", "Application/JSONL"] {
            assert_eq!(chosen(lines), Some(DataFormat::Ndjson), "{lines}");
        }
    }
}
