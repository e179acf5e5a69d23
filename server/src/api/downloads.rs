//! `/files/downloads/{dataset}/{filename}`: the bytes as they were sent, whole or in part.

mod known;
pub(super) mod ranges;
pub mod whole;

use std::io;
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::file::File;
pub(super) use domain::file::disposition;
use futures::{Stream, StreamExt};
use persistence::files::StoredFile;
use services::audit;
use services::deliveries;
use services::files::{self, Wanted};
use services::uses;

use self::known::Gives;
use self::ranges::Part;
use super::Answer;
use super::answer::{caching, put};
use super::ctx::{Asked, Path, version_number};
use super::described::{DownloadPath, ErrorEnvelope, FilePath};
use super::problem::Problem;
use crate::state::AppState;

/// Downloads a published file.
///
/// That of the latest version, unless edition and version are given. With `ETag`, `Last-Modified`, `Repr-Digest` and ranges; `HEAD`
/// answers the headers alone. A file that is in the public bucket too is read from there, with the same name, type and encoding; its
/// SHA-256 stands in `x-amz-meta-sha256`.
#[utoipa::path(
    get, path = "/files/downloads/{dataset}/{filename}", tag = "files",
    params(
        DownloadPath,
        ("edition" = Option<String>, Query, description = "The edition, where it is not the latest", example = "time-series"),
        ("version" = Option<String>, Query, description = "The version, where it is not the latest", pattern = "^[1-9][0-9]{0,8}$", example = "2"),
        ("Range" = Option<String>, Header, description = "The part of the bytes that is wanted", example = "bytes=0-1023"),
        ("If-Modified-Since" = Option<String>, Header, description = "The `Last-Modified` of what the caller has already; a later date counts \
            where edition and version are given", example = "Wed, 18 Nov 2026 11:06:40 GMT"),
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
    let gives = if edition.is_some() && version.is_some() { Gives::TheSame } else { Gives::TheLatest };
    let wanted = Wanted { dataset_id, filename, edition, version };
    let stored = files::find_download(&state.services, &asked.ctx, &wanted).await?;
    params.finish()?;
    if let Some(address) = deliveries::public_address(&state.services, &stored) {
        let mut headers = caching(&asked.ctx);
        put(&mut headers, header::LOCATION, &address);
        // Parts, and what somebody has already, are no new download, as with bytes that are given from here.
        let asks_less = [header::RANGE, header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
        if method != Method::HEAD && !asks_less.iter().any(|name| asked.headers.contains_key(name)) {
            count(&state, &asked, &stored);
        }
        return Ok((StatusCode::FOUND, headers).into_response());
    }
    give(&state, &method, &asked, &stored, gives).await
}

/// Downloads a file by its id.
///
/// For those who may see its version. `HEAD` answers the headers alone.
#[utoipa::path(
    get, path = "/files/{id}/content", tag = "files",
    params(
        FilePath,
        ("Range" = Option<String>, Header, description = "The part of the bytes that is wanted", example = "bytes=0-1023"),
        ("If-Modified-Since" = Option<String>, Header, description = "Since when the caller has the bytes already",
            example = "Wed, 18 Nov 2026 11:06:40 GMT"),
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
    give(&state, &method, &asked, &stored, Gives::TheSame).await
}

async fn give(state: &AppState, method: &Method, asked: &Asked, stored: &StoredFile, gives: Gives) -> Answer {
    let headers = headers_of(asked, stored);
    let tag = tag_of(&stored.file);
    if known::has_it(&asked.headers, &tag, stored.file.created_at, gives) {
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
            count(state, asked, stored);
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

/// Counts a download of the whole; parts are what programs take of it one after the other.
fn count(state: &AppState, asked: &Asked, stored: &StoredFile) {
    uses::count(&state.services, &asked.ctx, &stored.file.dataset_id, stored.is_public);
}

/// These bytes as a body that counts a download once somebody reads it: an answer that turns out to be what the caller has already is
/// dropped unread.
pub(super) fn counted<S>(state: &AppState, asked: &Asked, (dataset_id, is_public): (&str, bool), bytes: S) -> Body
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let (services, ctx, dataset_id) = (state.services.clone(), asked.ctx.clone(), dataset_id.to_owned());
    let mut is_first = true;
    Body::from_stream(bytes.inspect(move |_| {
        if std::mem::take(&mut is_first) {
            uses::count(&services, &ctx, &dataset_id, is_public);
        }
    }))
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
    put(&mut headers, header::CONTENT_TYPE, &file.content_type());
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
    httpdate::fmt_http_date(in_seconds(at))
}

/// The instant as HTTP tells it, without what is less than a second.
fn in_seconds(at: DateTime<Utc>) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(at.timestamp()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

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
