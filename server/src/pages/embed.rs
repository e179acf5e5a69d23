//! What other sites frame: a drawing or rows of the explorer, alike for everybody, without scripts and cookies.

use app::layout::site::Frame;
use app::pages::site::embed::{asked, document, missing};
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use domain::language::Language;
use domain::refusal::Refusal;
use services::versions::VersionKey;
use services::{ServiceError, data};
use sha2::{Digest, Sha256};

use crate::api::ctx::RequestCtx;
use crate::api::none_match_holds;
use crate::http::headers::FRAMEABLE;
use crate::state::AppState;

/// The words of the address: dataset, edition and version.
type Words = Result<Path<(String, String, String)>, PathRejection>;

/// `GET /embed/{id}/editions/{edition}/versions/{version}`, with the choices of the explorer; what is hidden is as what is missing.
pub async fn embed(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    words: Words,
    headers: HeaderMap,
) -> Response {
    let frame = frame_of(&state, &uri);
    let found = match key_of(words) {
        Some(key) => data::explore_embedded(&state.services, &ctx, &key, asked(&frame.path)).await,
        None => Err(Refusal::NotFound.into()),
    };
    match found {
        Ok(page) => shown(&headers, document(&frame, &page)),
        Err(ServiceError::Refused(Refusal::NotFound)) => {
            let caching = [(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
            (StatusCode::NOT_FOUND, caching, for_all(), Html(missing(&frame))).into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "what is embedded could not be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The version that is meant; what is no text names nothing.
fn key_of(words: Words) -> Option<VersionKey> {
    let Path((dataset_id, edition, version)) = words.ok()?;
    Some(VersionKey { dataset_id, edition, version: version.parse().ok()? })
}

/// What the document has to know of the site and of its own address.
fn frame_of(state: &AppState, uri: &Uri) -> Frame {
    let whole = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let (lang, path) = match whole.strip_prefix("/cy") {
        Some(rest) => (Language::Cy, rest.to_owned()),
        None => (Language::En, whole),
    };
    Frame {
        lang,
        path,
        site_name: state.config.site_name.clone(),
        site: state.config.public_url.trim_end_matches('/').to_owned(),
        with_search: false,
        ahead: None,
    }
}

/// The document, or 304 for a reader who has it already.
fn shown(asked: &HeaderMap, html: String) -> Response {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(html.as_bytes())[..16]));
    let caching =
        [(header::CACHE_CONTROL, "public, max-age=0, must-revalidate".to_owned()), (header::ETAG, tag.clone())];
    match none_match_holds(asked, &tag) {
        true => (StatusCode::NOT_MODIFIED, caching, for_all()).into_response(),
        false => (caching, for_all(), Html(html)).into_response(),
    }
}

/// The leave to frame a document, for anybody and from wherever.
fn for_all() -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FRAMEABLE)),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ]
}
