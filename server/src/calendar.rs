//! The release calendar as a file for calendar programs, in both languages.

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::language::Language;
use domain::release::feed;
use services::releases;
use sha2::{Digest, Sha256};

use crate::api::ctx::RequestCtx;
use crate::api::none_match_holds;
use crate::api::problem::Problem;
use crate::state::AppState;

/// `GET /releases.ics` and `/cy/releases.ics`: announced releases with an exact date, from four weeks ago on;
/// with the choices of the calendar's page, those that it would show.
pub async fn calendar(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let language = if uri.path().starts_with("/cy/") { Language::Cy } else { Language::En };
    let whole = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let query = app::pages::site::asked::releases(&whole);
    let entries = releases::feed(&state.services, &ctx, &query).await?;
    let site = state.config.public_url.trim_end_matches('/');
    let text = feed::feed(&entries, site, &state.config.site_name, language);
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..16]));
    let headers = [
        (header::CACHE_CONTROL, "public, max-age=0, must-revalidate".to_owned()),
        (header::ETAG, tag.clone()),
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
    ];
    if none_match_holds(&asked, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, text).into_response())
}
