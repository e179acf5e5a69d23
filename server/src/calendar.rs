//! Calendars for people's calendar programs, in both languages: the release calendar and one release of it, and when the
//! datasets of a search, a topic or one dataset came and come next.

use app::i18n::t;
use app::pages::site::asked;
use axum::Router;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::response::Response;
use axum::routing::get;
use domain::refusal::Refusal;
use domain::release::feed;
use services::{ServiceError, feeds, releases};

use crate::api::ctx::RequestCtx;
use crate::feeds::{Asked, or_missing, title_of_releases, title_of_search};
use crate::state::AppState;

/// Every calendar, in both languages.
pub fn router() -> Router<AppState> {
    let mut router = Router::new();
    for language in ["", "/cy"] {
        router = router
            .route(&format!("{language}/releases.ics"), get(calendar))
            .route(&format!("{language}/releases/{{id}}/calendar.ics"), get(release))
            .route(&format!("{language}/search/feed.ics"), get(search))
            .route(&format!("{language}/topics/{{id}}/feed.ics"), get(topic))
            .route(&format!("{language}/catalogue/{{id}}/feed.ics"), get(dataset));
    }
    router
}

/// Announced releases with an exact date, from four weeks ago on; with the choices of the calendar's page, those that it would
/// show.
async fn calendar(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let query = asked::releases(&asked_for.path());
    let found = async {
        let title = title_of_releases(&state.services, asked_for.language, &query).await?;
        let entries = releases::feed(&state.services, &ctx, &query).await?;
        let events = feed::events(&entries, asked_for.site().address, asked_for.language);
        Ok(asked_for.calendar(&title, events))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}

/// One release; there is nothing to put into a calendar where its date is not exact.
async fn release(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = releases::entry(&state.services, &id).await.and_then(|entry| {
        let event = feed::event(&entry, asked_for.site().address, asked_for.language);
        let event = event.ok_or(ServiceError::Refused(Refusal::NotFound))?;
        Ok(asked_for.calendar(&t(asked_for.language, "releases-title"), vec![event]))
    });
    or_missing(state, &ctx, request, found).await
}

async fn search(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let query = asked::search(&asked_for.path(), asked_for.language);
    let found = async {
        let title = title_of_search(&state.services, asked_for.language, &query).await?;
        let events = feeds::calendar_of_search(&state.services, &ctx, asked_for.site(), query).await?;
        Ok(asked_for.calendar(&title, events))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}

async fn topic(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = feeds::calendar_of_topic(&state.services, &ctx, asked_for.site(), &id).await;
    or_missing(state, &ctx, request, found.map(|(title, events)| asked_for.calendar(&title, events))).await
}

async fn dataset(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = feeds::calendar_of_dataset(&state.services, &ctx, asked_for.site(), &id).await;
    or_missing(state, &ctx, request, found.map(|(title, events)| asked_for.calendar(&title, events))).await
}
