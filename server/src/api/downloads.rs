//! `/files/downloads/{dataset}/{filename}`: the bytes as they were sent, whole or in part.

pub(super) mod ranges;
pub mod whole;

use std::ops::RangeInclusive;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::file::File;
use persistence::files::StoredFile;
use services::audit;
use services::deliveries;
use services::files::{self, Wanted};

use self::ranges::Part;
use super::Answer;
use super::answer::{caching, put};
use super::ctx::{Asked, Path, version_number};
use super::described::{DownloadPath, ErrorEnvelope, FilePath};
use super::etag::none_match_holds;
use super::problem::Problem;
use super::v1::segment;
use crate::state::AppState;

/// Downloads a published file.
///
/// That of the latest version, unless edition and version are given. With `ETag`, `Repr-Digest` and ranges; `HEAD`
/// answers the headers alone. A file that is in the public bucket too is read from there.
#[utoipa::path(
    get, path = "/files/downloads/{dataset}/{filename}", tag = "files",
    params(
        DownloadPath,
        ("edition" = Option<String>, Query, description = "The edition, where it is not the latest", example = "time-series"),
        ("version" = Option<String>, Query, description = "The version, where it is not the latest", pattern = "^[1-9][0-9]{0,8}$", example = "2"),
        ("Range" = Option<String>, Header, description = "The part of the bytes that is wanted", example = "bytes=0-1023"),
    ),
    responses(
        (status = 200, description = "The bytes, exactly as they were sent", body = Vec<u8>, content_type = "*/*"),
        (status = 206, description = "The part of the bytes that was asked for", body = Vec<u8>, content_type = "*/*"),
        (status = 302, description = "The address of the bytes in the public bucket, in `Location`"),
        (status = 409, description = "The file failed when it was looked into, and is given out to nobody", body = ErrorEnvelope),
        (status = 416, description = "The range lies outside of the file", body = ErrorEnvelope),
    ),
)]
pub async fn download(
    State(state): State<AppState>,
    method: Method,
    asked: Asked,
    Path((dataset_id, filename)): Path<(String, String)>,
) -> Answer {
    let mut params = asked.params();
    let edition = params.text("edition");
    let version = params.one("version", "a version's number, such as 1", version_number);
    let wanted = Wanted { dataset_id, filename, edition, version };
    let stored = files::find_download(&state.services, &asked.ctx, &wanted).await?;
    params.finish()?;
    if let Some(address) = deliveries::public_address(&state.services, &stored) {
        let mut headers = caching(&asked.ctx);
        put(&mut headers, header::LOCATION, &address);
        return Ok((StatusCode::FOUND, headers).into_response());
    }
    give(&state, &method, &asked, &stored).await
}

/// Downloads a file by its id.
///
/// For those who may see its version. `HEAD` answers the headers alone.
#[utoipa::path(
    get, path = "/files/{id}/content", tag = "files",
    params(
        FilePath,
        ("Range" = Option<String>, Header, description = "The part of the bytes that is wanted", example = "bytes=0-1023"),
    ),
    responses(
        (status = 200, description = "The bytes, exactly as they were sent", body = Vec<u8>, content_type = "*/*"),
        (status = 206, description = "The part of the bytes that was asked for", body = Vec<u8>, content_type = "*/*"),
        (status = 409, description = "The file failed when it was looked into, and is given out to nobody", body = ErrorEnvelope),
        (status = 416, description = "The range lies outside of the file", body = ErrorEnvelope),
    ),
)]
pub async fn content(State(state): State<AppState>, method: Method, asked: Asked, Path(id): Path<String>) -> Answer {
    let stored = files::find_content(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    give(&state, &method, &asked, &stored).await
}

async fn give(state: &AppState, method: &Method, asked: &Asked, stored: &StoredFile) -> Answer {
    let headers = headers_of(asked, stored);
    let tag = tag_of(&stored.file);
    if none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let size = stored.file.size;
    if *method == Method::HEAD {
        return Ok(send(headers, size, None, Body::empty()));
    }
    match ranges::wanted(&asked.headers, &tag, &http_date(stored.file.created_at), size) {
        Part::Whole => {
            audit::preview_of_file(&state.services, &asked.ctx, stored).await?;
            let bytes = files::bytes(&state.services, stored, None).await?;
            Ok(send(headers, size, None, Body::from_stream(bytes)))
        }
        Part::Some(range) => {
            audit::preview_of_file(&state.services, &asked.ctx, stored).await?;
            let bytes = files::bytes(&state.services, stored, Some(range.clone())).await?;
            Ok(send(headers, size, Some(range), Body::from_stream(bytes)))
        }
        Part::Outside => Err(outside(size)),
    }
}

/// The refusal of a range outside of a file of so many bytes.
pub(super) fn outside(size: u64) -> Problem {
    Problem::of(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "RANGE_NOT_SATISFIABLE",
        format!("The file has {size} bytes; the range lies outside."),
    )
    .with_header(header::CONTENT_RANGE, &format!("bytes */{size}"))
}

pub(super) fn send(mut headers: HeaderMap, size: u64, range: Option<RangeInclusive<u64>>, body: Body) -> Response {
    let (status, length) = match &range {
        Some(range) => {
            put(&mut headers, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start(), range.end()));
            (StatusCode::PARTIAL_CONTENT, range.end() - range.start() + 1)
        }
        None => (StatusCode::OK, size),
    };
    put(&mut headers, header::CONTENT_LENGTH, &length.to_string());
    (status, headers, body).into_response()
}

fn headers_of(asked: &Asked, stored: &StoredFile) -> HeaderMap {
    let file = &stored.file;
    let mut headers = caching(&asked.ctx);
    // The bytes are promised exactly as they were sent, so nothing on the way may recode them.
    let control =
        headers.get(header::CACHE_CONTROL).and_then(|v| v.to_str().ok()).map(|v| format!("{v}, no-transform"));
    put(&mut headers, header::CACHE_CONTROL, control.as_deref().unwrap_or("no-store, no-transform"));
    put(&mut headers, header::ETAG, &tag_of(file));
    put(&mut headers, header::LAST_MODIFIED, &http_date(file.created_at));
    put(&mut headers, header::ACCEPT_RANGES, "bytes");
    put(&mut headers, header::CONTENT_TYPE, &content_type(file));
    put(&mut headers, header::CONTENT_DISPOSITION, &disposition(&file.filename));
    put(&mut headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Ok(digest) = hex::decode(&file.sha256) {
        let encoded = base64_simd::STANDARD.encode_to_string(digest);
        put(&mut headers, header::HeaderName::from_static("repr-digest"), &format!("sha-256=:{encoded}:"));
        put(&mut headers, header::HeaderName::from_static("digest"), &format!("sha-256={encoded}"));
    }
    headers
}

fn tag_of(file: &File) -> String {
    format!("\"sha256-{}\"", file.sha256)
}

pub(super) fn http_date(at: DateTime<Utc>) -> String {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The media type, with the encoding that was found in the bytes of a text.
fn content_type(file: &File) -> String {
    match &file.profile {
        Some(profile) if file.media_type.starts_with("text/") => {
            format!("{}; charset={}", file.media_type, profile.encoding.to_ascii_lowercase())
        }
        _ => file.media_type.clone(),
    }
}

/// Names the file for saving: plainly for old readers, exactly for all others (RFC 6266, RFC 8187).
pub(super) fn disposition(filename: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let fallback: String = filename.chars().map(plain).collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", segment(filename))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_reach_every_reader() {
        assert_eq!(disposition("gdp.csv"), "attachment; filename=\"gdp.csv\"; filename*=UTF-8''gdp.csv");
        assert_eq!(
            disposition("ffigurau Ynys-Môn \"1\".csv"),
            "attachment; filename=\"ffigurau Ynys-M_n _1_.csv\"; filename*=UTF-8''ffigurau%20Ynys-M%C3%B4n%20%221%22.csv"
        );
    }

    #[test]
    fn dates_are_written_as_http_wants_them() {
        let at = DateTime::from_timestamp(784_111_777, 999_999_999).unwrap();
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_part_says_which_bytes_it_holds() {
        let answer = send(HeaderMap::new(), 10, Some(2..=4), Body::empty());
        assert_eq!(answer.status(), 206);
        assert_eq!(answer.headers()[header::CONTENT_RANGE], "bytes 2-4/10");
        assert_eq!(answer.headers()[header::CONTENT_LENGTH], "3");
    }
}
