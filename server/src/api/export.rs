//! Lists as files to take away.

use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use domain::refusal::Refusal;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use services::{Ctx, ServiceError};

use super::answer::put;
use super::csv;
use super::problem::Problem;

/// The media type of a CSV whose first line names its columns (RFC 7111).
pub(super) const CSV: &str = "text/csv; charset=utf-8; header=present";

/// A list of the portal as CSV, in one stream, for a browser: who is not signed in is led to signing in, and back to `page`.
pub(super) fn portal_list<T, const N: usize>(
    ctx: &Ctx,
    (name, page): (&str, &str),
    columns: [&str; N],
    parts: Result<impl Stream<Item = Result<Vec<T>, ServiceError>> + Send + 'static, ServiceError>,
    line: impl Fn(&T) -> String + Send + 'static,
) -> Response {
    let parts = match parts {
        Ok(parts) => parts,
        Err(ServiceError::Refused(Refusal::Unauthenticated)) => {
            return Redirect::to(&rpc::form::sign_in_path(page)).into_response();
        }
        Err(error) => return Problem::new(ctx, error).into_response(),
    };
    let head = stream::iter([Ok::<_, ServiceError>(Bytes::from(csv::line(columns)))]);
    let lines = parts.map_ok(move |part| Bytes::from(part.iter().map(&line).collect::<String>()));
    let name = format!("{name}-{}.csv", ctx.now.format("%Y%m%dT%H%M%SZ"));
    taken_away(CSV, &name, Body::from_stream(told(head.chain(lines))))
}

/// What an address asks a list for, by name; nothing where it does not say.
pub(super) fn asked(OriginalUri(uri): &OriginalUri) -> impl Fn(&str) -> String + use<> {
    let query = uri.query().unwrap_or_default();
    let values: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    move |name| values.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// A stream whose failure is told to the log; the reader sees that it was cut off.
pub(super) fn told(
    stream: impl Stream<Item = Result<Bytes, ServiceError>>,
) -> impl Stream<Item = Result<Bytes, ServiceError>> {
    stream.inspect_err(|error| tracing::error!(error = error as &dyn std::error::Error, "an export was cut off"))
}

/// A file to take away, which nobody keeps on the way.
pub(super) fn taken_away(media_type: &str, filename: &str, body: Body) -> Response {
    let mut headers = HeaderMap::new();
    put(&mut headers, header::CONTENT_TYPE, media_type);
    put(&mut headers, header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{filename}\""));
    put(&mut headers, header::CACHE_CONTROL, "private, no-store");
    (StatusCode::OK, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_for() {
        let asked = asked(&OriginalUri("/admin/datasets.csv?q=a+%26%20b&page=2".parse().unwrap()));
        assert_eq!(["q", "page", "sort"].map(asked), ["a & b", "2", ""]);
    }
}
