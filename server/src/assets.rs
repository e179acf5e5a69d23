//! The site's CSS, WASM, fonts and images, inside the binary.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What the asset build left in `target/site`.
#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Site;

/// `/assets/…`: stylesheet, fonts, images.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response<Body> {
    serve(&format!("assets/{path}"), &headers)
}

/// `/pkg/…`: the module that hydrates the islands.
pub async fn package(Path(path): Path<String>, headers: HeaderMap) -> Response<Body> {
    serve(&format!("pkg/{path}"), &headers)
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub async fn favicon(headers: HeaderMap) -> Response<Body> {
    serve("assets/favicon.svg", &headers)
}

fn serve(path: &str, headers: &HeaderMap) -> Response<Body> {
    let Some(plain) = Site::get(path) else {
        return empty(StatusCode::NOT_FOUND);
    };
    let (file, encoding) = best(path, headers).unwrap_or((plain, None));
    let etag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let mut answer = if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if media_type.type_() == "text" { "; charset=utf-8" } else { "" };
    let set = answer.headers_mut();
    let mut put = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            set.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, &format!("{media_type}{charset}"));
    put(header::ETAG, &etag);
    put(header::VARY, "Accept-Encoding");
    let lasting = path.contains("/fonts/");
    put(
        header::CACHE_CONTROL,
        if lasting { "public, max-age=604800" } else { "public, max-age=300, stale-while-revalidate=86400" },
    );
    if let Some(encoding) = encoding {
        put(header::CONTENT_ENCODING, encoding);
    }
    answer
}

/// The smallest stored form that the browser reads.
fn best(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |name: &str| accepted.split(',').any(|part| part.trim().split(';').next() == Some(name));
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| accepts(name))
        .find_map(|(name, suffix)| Some((Site::get(&format!("{path}{suffix}"))?, Some(name))))
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}
