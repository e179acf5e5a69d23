//! `/filters/{id}/submit` and `/filter-outputs`: what is made of a filter.

use std::collections::HashMap;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use domain::file::File;
use domain::filter::FilterOutput;
use domain::refusal::Refusal;
use domain::selection::DataFormat;
use domain::table::{Column, Profile};
use persistence::files::StoredFile;
use persistence::output_jobs::OutputFile;
use serde_json::Value;
use services::data::{self, Part};
use services::{audit, filters};
use sha2::{Digest, Sha256};

use super::private;
use crate::api::Answer;
use crate::api::answer::{self, caching, put};
use crate::api::ctx::{Asked, Path};
use crate::api::data::about;
use crate::api::described::{ErrorEnvelope, FilterOutputPath, FilterPath};
use crate::api::documents::{column_as_sent, column_of_csv, missing_markers};
use crate::api::downloads::{disposition, http_date, outside, ranges, send};
use crate::api::etag::none_match_holds;
use crate::api::plain_text::{PlainText, column_line};
use crate::api::problem::Problem;
use crate::api::v1::{FilterOutputBody, output_path};
use crate::http::remembered::Streamed;
use crate::state::AppState;

/// After how many seconds it is worth looking at an output again whose files are being made.
const LOOK_AGAIN: &str = "5";

/// Makes an output of a filter.
///
/// The selection as it is now, under an address of its own: what becomes of the filter later does not change it. Its files are made
/// while they are read, so it is complete at once; it is kept for 90 days, and so is the filter from now on. Where they would be very
/// large they are prepared beforehand: the answer is 202, the output tells in `state` how far they are, and it is kept for 7 days. Of
/// those each caller may have a few at a time. Anybody who knows the filter may do it.
#[utoipa::path(
    post, path = "/filters/{id}/submit", tag = "filters",
    params(FilterPath),
    responses(
        (status = 201, description = "The output, complete", body = FilterOutputBody),
        (status = 202, description = "The output, whose files are being made; `Retry-After` says when to look again", body = FilterOutputBody),
    ),
)]
pub async fn submit_filter(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let saved = filters::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let output = filters::submit(&state.services, &asked.ctx, &saved).await?;
    let body = FilterOutputBody::from(&output);
    match output.job {
        None => answer::created(&output_path(&output.id), None, &body),
        Some(_) => later(&output, answer::accepted(&output_path(&output.id), None, &body)),
    }
}

/// Reads an output.
///
/// Where its files are being made, `state` and `rows_written` tell how far they are, and `Retry-After` when to look again.
#[utoipa::path(
    get, path = "/filter-outputs/{id}", tag = "filters",
    params(FilterOutputPath),
    responses((status = 200, description = "The output with its downloads", body = FilterOutputBody)),
)]
pub async fn read_output(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let output = filters::find_output(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let sent = answer::read(&asked, None, &FilterOutputBody::from(&output))?;
    // Whoever has it already looks at nothing.
    if sent.status() != StatusCode::NOT_MODIFIED {
        filters::looked_at(&state.services, &asked.ctx, &output).await?;
    }
    later(&output, private(Ok(sent)))
}

/// Retries a failed output.
///
/// Has its files made again, where they could not be. Anybody who knows the output may do it.
#[utoipa::path(
    post, path = "/filter-outputs/{id}/retry", tag = "filters",
    params(FilterOutputPath),
    responses(
        (status = 202, description = "The output, whose files are being made again", body = FilterOutputBody),
    ),
)]
pub async fn retry_output(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let output = filters::find_output(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let output = filters::retry_output(&state.services, &asked.ctx, &output).await?;
    filters::looked_at(&state.services, &asked.ctx, &output).await?;
    later(&output, answer::accepted(&output_path(&output.id), None, &FilterOutputBody::from(&output)))
}

/// Says when to look again, as long as something is going on.
fn later(output: &FilterOutput, answer: Answer) -> Answer {
    answer.map(|mut answer| {
        if output.state().is_open() {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(LOOK_AGAIN));
        }
        answer
    })
}

/// What is downloaded.
enum Wanted {
    Data(DataFormat),
    Csvw,
    Words,
}

/// Downloads an output.
///
/// All its rows as `csv`, `xlsx`, `json`, `ndjson` or `parquet`; `csvw` describes the CSV for programs (CSV on the Web), `txt` in words, both with the selection.
/// Files that were prepared come with `Repr-Digest` and ranges.
#[utoipa::path(
    get, path = "/filter-outputs/{id}/downloads/{format}", tag = "filters",
    params(FilterOutputPath,
        ("format" = String, Path, description = "The format", pattern = "^(csv|xlsx|json|ndjson|parquet|csvw|txt)$", example = "csv"),
        ("Range" = Option<String>, Header, description = "The part of the bytes that is wanted, of files that were prepared", example = "bytes=0-1023")),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/csv"), (serde_json::Value = "application/json"), (String = "application/x-ndjson"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/vnd.apache.parquet"),
            (serde_json::Value = "application/csvm+json"), (String = "text/plain"))),
        (status = 206, description = "The part of the bytes that was asked for", body = Vec<u8>, content_type = "*/*"),
        (status = 409, description = "The files are still being made, or could not be, or the table was recalled", body = ErrorEnvelope),
        (status = 416, description = "The range lies outside of the file", body = ErrorEnvelope),
    ),
)]
pub async fn download_output(
    State(state): State<AppState>,
    method: Method,
    asked: Asked,
    Path((id, format)): Path<(String, String)>,
) -> Answer {
    let output = filters::find_output(&state.services, &asked.ctx, &id).await?;
    let wanted = match format.as_str() {
        "csvw" => Wanted::Csvw,
        "txt" => Wanted::Words,
        word => Wanted::Data(DataFormat::parse(word).filter(|known| known.as_str() == word).ok_or(Refusal::NotFound)?),
    };
    asked.no_params()?;
    let key = filters::key_of_output(&output);
    let stored = data::find_file(&state.services, &asked.ctx, &key, output.file.as_ref()).await?;
    let mut headers = headers_of(&asked, &output, &stored.file, &format, &wanted);
    if let (Some(job), Wanted::Data(format)) = (&output.job, &wanted) {
        let made = filters::made_file(&state.services, &output, job, *format).await;
        let made = made.map_err(|error| not_ready(&output, error.into()))?;
        return give_made(&state, &method, &asked, &stored, &made, headers).await;
    }
    let is_plain = !matches!(wanted, Wanted::Csvw) || filters::is_csv_plain(&state.services, &output).await?;
    let tag = tag_of(&output, &stored.file, &format, is_plain);
    put(&mut headers, header::ETAG, &tag);
    if none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let site = state.config.public_url.trim_end_matches('/');
    if !matches!(wanted, Wanted::Data(_)) {
        audit::preview_of_findings(&state.services, &asked.ctx, &stored).await?;
    }
    match wanted {
        Wanted::Csvw => Ok((headers, described(&output, &stored.file, site, is_plain)?).into_response()),
        Wanted::Words => Ok((headers, words(&output, &stored.file, site)).into_response()),
        Wanted::Data(_) if method == Method::HEAD => Ok((headers, Body::empty()).into_response()),
        Wanted::Data(format) => {
            let table = data::open(&state.services, &stored).await?;
            audit::preview_of_file(&state.services, &asked.ctx, &stored).await?;
            let about = about(&state, &stored.file, &output.selection);
            let part = Part { selection: output.selection, ..Part::default() };
            let rows = data::stream(&state.services, &table, part, format, about).await?;
            Ok((Extension(Streamed), headers, Body::from_stream(rows)).into_response())
        }
    }
}

/// Says when to look again, where the files are still being made.
fn not_ready(output: &FilterOutput, problem: Problem) -> Problem {
    match output.state().is_open() {
        true => problem.with_header(header::RETRY_AFTER, LOOK_AGAIN),
        false => problem,
    }
}

/// Gives a file that was prepared, whole or in part.
async fn give_made(
    state: &AppState,
    method: &Method,
    asked: &Asked,
    stored: &StoredFile,
    made: &OutputFile,
    mut headers: HeaderMap,
) -> Answer {
    let (tag, date) = (format!("\"sha256-{}\"", made.sha256), http_date(made.made_at));
    put(&mut headers, header::CACHE_CONTROL, "private, no-store, no-transform");
    put(&mut headers, header::ETAG, &tag);
    put(&mut headers, header::LAST_MODIFIED, &date);
    put(&mut headers, header::ACCEPT_RANGES, "bytes");
    if let Ok(digest) = hex::decode(&made.sha256) {
        let encoded = base64_simd::STANDARD.encode_to_string(digest);
        put(&mut headers, header::HeaderName::from_static("repr-digest"), &format!("sha-256=:{encoded}:"));
    }
    if none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if *method == Method::HEAD {
        return Ok(send(headers, made.size, None, Body::empty()));
    }
    let range = match ranges::wanted(&asked.headers, &tag, &date, made.size) {
        ranges::Part::Whole => None,
        ranges::Part::Some(range) => Some(range),
        ranges::Part::Outside => return Err(outside(made.size)),
    };
    audit::preview_of_file(&state.services, &asked.ctx, stored).await?;
    let bytes = filters::bytes_of(&state.services, made, range.clone()).await?;
    let mut answer = send(headers, made.size, range, Body::from_stream(bytes));
    answer.extensions_mut().insert(Streamed);
    Ok(answer)
}

fn headers_of(asked: &Asked, output: &FilterOutput, file: &File, format: &str, wanted: &Wanted) -> HeaderMap {
    let (media_type, suffix) = match wanted {
        Wanted::Data(format) => (format.media_type(), format.as_str()),
        Wanted::Csvw => ("application/csvm+json", "csv-metadata.json"),
        Wanted::Words => ("text/plain; charset=utf-8", format),
    };
    let mut headers = caching(&asked.ctx);
    put(&mut headers, header::CACHE_CONTROL, "private, no-store");
    put(&mut headers, header::CONTENT_TYPE, media_type);
    put(&mut headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let short = output.id.split('-').next().unwrap_or_default();
    let name = format!("{}-{}-v{}-{short}.{suffix}", file.dataset_id, file.edition, file.version);
    put(&mut headers, header::CONTENT_DISPOSITION, &disposition(&name));
    headers
}

fn tag_of(output: &FilterOutput, file: &File, format: &str, is_plain: bool) -> String {
    let mut hash = Sha256::new();
    hash.update(concat!(env!("CARGO_PKG_VERSION"), "\n"));
    hash.update(data::WRITTEN_LAYOUT);
    hash.update([u8::from(is_plain)]);
    hash.update(&output.id);
    hash.update(&file.sha256);
    hash.update(file.profile.as_ref().map_or("", |profile| &profile.encoding));
    hash.update(format);
    format!("\"data-{}\"", hex::encode(&hash.finalize()[..16]))
}

/// The columns of the output, in order, each with its place in the table.
fn columns<'f>(output: &FilterOutput, profile: &'f Profile) -> Vec<(usize, &'f Column)> {
    let all = (0..).zip(&profile.columns);
    if output.selection.columns.is_empty() {
        return all.collect();
    }
    let places: HashMap<&str, (usize, &Column)> =
        all.map(|(at, column)| (column.name.as_str(), (at, column))).collect();
    output.selection.columns.iter().filter_map(|name| places.get(name.as_str()).copied()).collect()
}

/// The CSV as CSV on the Web describes it, with the selection in a note; figures in it are plain, or as they were sent.
fn described(output: &FilterOutput, file: &File, site: &str, is_plain: bool) -> serde_json::Result<Vec<u8>> {
    let document = serde_json::json!({
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": format!("{site}{}/downloads/csv", output_path(&output.id)),
        "dc:title": file.title,
        "dc:source": page_of(output, site),
        "dc:description": format!("{} rows of {}, selected by: {}", output.rows, file.filename, selection(output)),
        "dc:issued": output.created_at,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": true},
        "null": missing_markers(),
        "tableSchema": {"columns": described_columns(output, file, is_plain)},
    });
    serde_json::to_vec(&document)
}

fn described_columns(output: &FilterOutput, file: &File, is_plain: bool) -> Vec<Value> {
    let described = |profile: &Profile| {
        let one = |(at, of)| if is_plain { column_of_csv(of) } else { column_as_sent(of, profile, at) };
        columns(output, profile).into_iter().map(one).collect()
    };
    file.profile.as_ref().map(described).unwrap_or_default()
}

/// The same for people.
fn words(output: &FilterOutput, file: &File, site: &str) -> String {
    let mut text = PlainText::titled(&file.title);
    text.say("Source", &page_of(output, site));
    text.say("File", &format!("{} (SHA-256 {})", file.filename, file.sha256));
    text.say("Made", &output.created_at.to_rfc3339());
    text.say("Rows", &output.rows.to_string());
    text.say("Selection", &selection(output));
    let columns = file.profile.as_ref().map(|profile| columns(output, profile)).unwrap_or_default();
    text.list("Columns", columns.into_iter().map(|(_, column)| vec![column_line(&column.label, &column.name)]));
    text.finish()
}

fn selection(output: &FilterOutput) -> String {
    match output.selection.to_query() {
        query if query.is_empty() => "everything".to_owned(),
        query => query,
    }
}

fn page_of(output: &FilterOutput, site: &str) -> String {
    format!("{site}/catalogue/{}/editions/{}/versions/{}", output.dataset_id, output.edition, output.version)
}
