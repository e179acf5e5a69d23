//! Every address, and the layers around them in order.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use futures::TryStreamExt;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutBody;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::http::at_once::AtOnce;
use crate::http::places::Place;
use crate::http::session_fields::SESSION_COOKIE;
use crate::http::session_store::DatabaseSessions;
use crate::http::{
    edge, idempotent, identify, left_behind, maintenance, may_take_its_time, origin, person_cookie, rates, remembered,
    second_factor, submitted, trace,
};
use crate::state::AppState;
use crate::{
    api, assets, calendar, discovery, faults, feeds, link_cards, live, pages, passkeys, provider, unsubscribe,
};

/// The whole site.
pub fn router(state: AppState) -> AtOnce {
    let site = Router::new()
        .merge(api::health_router())
        .nest("/v1", api::health_router())
        .route("/.well-known/security.txt", get(pages::security))
        .route("/assets/{*path}", get(assets::asset))
        .route("/pkg/{*path}", get(assets::package))
        .route("/favicon.ico", get(assets::favicon))
        .merge(people_and_machines(&state))
        // From the inside out: without panics, in time, errors in their form, compressed, remembered, not too often.
        .layer(CatchPanicLayer::custom(api::problem::panicked))
        .layer(middleware::from_fn_with_state(state.clone(), in_time))
        .layer(middleware::from_fn(errors))
        .layer(CompressionLayer::new().compress_when(worth_compressing))
        .layer(middleware::from_fn_with_state(state.clone(), remembered::answer))
        .layer(middleware::from_fn_with_state(state.clone(), rates::limit))
        .layer(middleware::from_fn(trace::note_route))
        .with_state(state.clone());
    // Around the router, where `Allow` is known and the body of a HEAD is gone: completed, measured.
    let otherwise = Router::new()
        .fallback_service(site)
        .layer(middleware::from_fn_with_state(state.clone(), edge::complete))
        .layer(middleware::from_fn_with_state(state.clone(), trace::request));
    AtOnce { state, otherwise, peer: None }
}

/// What is answered to somebody: the API, server functions and pages.
fn people_and_machines(state: &AppState) -> Router<AppState> {
    let idle =
        chrono::TimeDelta::from_std(state.config.session_idle_timeout).unwrap_or_else(|_| chrono::TimeDelta::hours(1));
    let sessions = SessionManagerLayer::new(DatabaseSessions::new(state.services.clone(), idle))
        .with_name(SESSION_COOKIE)
        .with_secure(state.config.public_url.starts_with("https://"))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(
            state.config.session_idle_timeout.try_into().unwrap_or(time::Duration::HOUR),
        ));
    // From the inside out: a form is read, its origin checked, the caller identified from the session.
    let personal = ServiceBuilder::new()
        .layer(middleware::from_fn(asks_for_words))
        .layer(sessions)
        .layer(middleware::from_fn(origin::same_origin))
        .layer(middleware::from_fn(submitted::remember))
        .layer(middleware::from_fn_with_state(state.clone(), identify::identify))
        .layer(middleware::from_fn_with_state(state.clone(), only_public_where_told))
        .layer(middleware::from_fn_with_state(state.clone(), names_something))
        .layer(middleware::from_fn(second_factor::first))
        .layer(middleware::from_fn(left_behind::keep_unsent))
        .layer(middleware::from_fn(maintenance::refuse_changes))
        .layer(middleware::from_fn_with_state(state.clone(), idempotent::once));
    Router::new()
        .nest("/v1", api::v1_router(state).fallback(api::problem::not_found))
        .merge(api::router(state))
        .merge(provider::router())
        .merge(passkeys::router())
        .merge(discovery::router())
        .merge(feeds::router())
        .merge(api::page_files::router())
        .merge(api::log_files::router())
        .merge(api::access_review::router())
        .merge(api::publication_report::router())
        .merge(calendar::router())
        .merge(link_cards::router())
        .merge(pages::trimmed())
        .route("/admin/events", get(live::events))
        .route(faults::PATH, post(faults::tell))
        .route("/developers/try", get(api::trying::attempt))
        .route("/embed/{id}/editions/{edition}/versions/{version}", get(pages::embed))
        .route("/cy/embed/{id}/editions/{edition}/versions/{version}", get(pages::embed))
        .route("/subscribe/manage", get(pages::page).post(unsubscribe::one_click))
        .route("/cy/subscribe/manage", get(pages::page).post(unsubscribe::one_click))
        .route("/rpc/{*function}", any(pages::server_function))
        .fallback(pages::page)
        .layer(DefaultBodyLimit::disable())
        .layer(personal)
        .layer(middleware::from_fn_with_state(state.clone(), person_cookie::tell))
}

/// Files are sent as they are, since their ETag and ranges speak of the bytes themselves; so is what is small or packed.
///
/// What is made of a table, a trail or metadata while it is sent is not such a file, whatever its form.
fn worth_compressing(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = text(header::CONTENT_TYPE);
    let wordy = [
        "text/html",
        "text/calendar",
        "application/atom+xml",
        "application/rss+xml",
        "application/xml",
        "application/json",
        "application/ld+json",
        "application/csvm+json",
        "application/vnd.datapackage+json",
        "application/x-ndjson",
        "text/turtle",
        "text/csv",
        "text/plain",
        "text/css",
        "image/svg",
    ]
    .iter()
    .any(|t| media_type.starts_with(t));
    let size: u64 = text(header::CONTENT_LENGTH).parse().unwrap_or(u64::MAX);
    wordy
        && size > 512
        && !headers.contains_key(header::ACCEPT_RANGES)
        && !headers.contains_key(header::CONTENT_ENCODING)
}

/// Errors of every layer in the form that the address promises: the envelope for machines, a page for people.
async fn errors(request: Request, next: Next) -> Response {
    if Place::of(request.uri().path()).is_api() {
        return api::problem::render(request, next).await;
    }
    let asked = pages::Asked::of(&request);
    let answer = next.run(request).await;
    if answer.status().is_server_error() && !answer.headers().contains_key(header::CONTENT_TYPE) {
        let (parts, _) = answer.into_parts();
        return (parts.headers, pages::sorry(&asked, parts.status)).into_response();
    }
    answer
}

/// Gives up on answers that take too long; uploads take as long as the sender's line needs, but not while nothing comes, and the
/// proof of the audit trail as long as the trail is.
async fn in_time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if may_take_its_time(request.uri()) {
        let patience = state.config.request_timeout;
        return next.run(request.map(|body| Body::new(TimeoutBody::new(patience, counted(body))))).await;
    }
    let answer = tokio::time::timeout(state.config.request_timeout, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response())
}

/// Counts the bytes that are uploaded.
fn counted(body: Body) -> Body {
    let arrived = metrics::counter!("upload_bytes_received_total");
    Body::from_stream(body.into_data_stream().inspect_ok(move |bytes| arrived.increment(bytes.len() as u64)))
}

/// What a page is asked for has no NUL in it, which nobody writes and no database takes: it is left out, and the rest is asked for.
async fn asks_for_words(mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let asked = request.uri().query().filter(|query| query.contains("%00") && Place::of(&path).is_page());
    if let Some(mut query) = asked.map(str::to_owned) {
        // What stood around one may make another.
        while query.contains("%00") {
            query = query.replace("%00", "");
        }
        if let Ok(address) = format!("{path}?{query}").parse::<Uri>() {
            request.extensions_mut().insert(OriginalUri(address.clone()));
            *request.uri_mut() = address;
        }
    }
    next.run(request).await
}

/// A page's path that holds a NUL names nothing, and no database takes it.
async fn names_something(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if Place::of(request.uri().path()) == Place::Page && request.uri().path().contains("%00") {
        return pages::unknown_page(State(state), request).await;
    }
    next.run(request).await
}

/// On a public node everything private is answered as what does not exist.
async fn only_public_where_told(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if state.config.enable_private_endpoints {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let bare = path.strip_prefix("/v1").unwrap_or(path);
    // The public keeps selections and subscriptions without anybody's leave.
    let own = ["/filters", "/filter-outputs", "/subscriptions"].iter().any(|kept| bare.starts_with(kept));
    let reading = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match Place::of(path) {
        Place::PrivateApi => api::problem::not_found().await.into_response(),
        Place::PublicApi if !reading && !own => {
            let mut answer = api::problem::not_found().await.into_response();
            let policy = HeaderName::from_static("cross-origin-resource-policy");
            answer.headers_mut().insert(policy, HeaderValue::from_static("same-origin"));
            answer
        }
        Place::PrivateForm => pages::no_function(),
        Place::Portal => pages::unknown_page(State(state), request).await,
        _ => next.run(request).await,
    }
}
