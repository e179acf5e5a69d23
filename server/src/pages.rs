//! Mounts the Leptos pages and server functions with the request's context.

mod embed;
mod marks;
mod settled;
mod sorry;
mod trimmed;

pub use embed::embed;
pub use sorry::{Asked, TooLarge, in_maintenance, sorry, too_large};
pub use trimmed::trimmed;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::axum::get_server_fn_service;
use leptos_axum::ResponseOptions;
use services::Ctx;

use crate::health;
use crate::http::places::Place;
use crate::state::AppState;

fn options() -> LeptosOptions {
    LeptosOptions::builder().output_name(Arc::<str>::from("catalogue")).build()
}

/// Renders the page of any address that is nothing else; unknown ones are the not-found page.
pub async fn page(State(state): State<AppState>, mut request: Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    // A path that holds a NUL names nothing, and no database takes it.
    if request.uri().path().contains("%00") {
        *request.uri_mut() = Uri::from_static("/-");
    }
    let signed_in = request.extensions().get::<Ctx>().is_some_and(|ctx| ctx.caller.is_some());
    let (services, reference) = (state.services.clone(), state.document.source());
    let (health, instruments) = (state.health.public(), health::instruments(&state));
    let context = move || {
        provide_context(services.clone());
        provide_context(health.clone());
        provide_context(instruments.clone());
        provide_context(reference.clone());
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy(&nonce)))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let of_everybody =
        Place::of(request.uri().path()) == Place::Page && !request.headers().contains_key(header::COOKIE);
    let rendered = leptos_axum::render_app_async_with_context(context, || app::shell(options()))(request).await;
    let mut answer = marks::valid(rendered).await;
    if signed_in || answer.headers().contains_key(header::SET_COOKIE) {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    } else if of_everybody
        && answer.status() == StatusCode::OK
        // A page that says so itself is not for everybody, though nobody has to sign in for it.
        && !answer.headers().contains_key(header::CACHE_CONTROL)
    {
        answer = settled::settle(answer).await;
    }
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Cookie, Accept, Accept-Encoding"));
    answer
}

/// The page of an address that is nothing, whatever the request's own address may be.
pub async fn unknown_page(state: State<AppState>, mut request: Request<Body>) -> Response {
    let nowhere = if request.uri().path().starts_with("/cy/") { "/cy/-" } else { "/-" };
    *request.uri_mut() = Uri::from_static(nowhere);
    page(state, request).await
}

/// The answer where no server function lives.
pub fn no_function() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "private, no-store")], "Not found.").into_response()
}

/// `/.well-known/security.txt` (RFC 9116), where a contact is configured.
pub async fn security(State(state): State<AppState>) -> Response {
    let Some(contact) = &state.config.edge.security_contact else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let expires = state.services.clock.now() + chrono::TimeDelta::days(180);
    let text = format!(
        "Contact: {contact}\nExpires: {}\nPreferred-Languages: en, cy\nCanonical: {}/.well-known/security.txt\n",
        expires.format("%Y-%m-%dT%H:%M:%SZ"),
        state.config.public_url
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")], text)
        .into_response()
}

/// The server functions whose forms carry files; what reads them expects nothing else.
const WITH_FILES: [&str; 3] = ["/rpc/files/upload", "/rpc/images/add", "/rpc/imports/files"];

/// Whether a body is a form with files, with the boundary that parts them.
fn holds_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    multer::parse_boundary(kind).is_ok()
}

/// Runs a server function.
pub async fn server_function(State(state): State<AppState>, request: Request<Body>) -> Response {
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return no_function();
    }
    if WITH_FILES.contains(&request.uri().path()) && !holds_files(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (services, health) = (state.services.clone(), state.health.public());
    let instruments = health::instruments(&state);
    let context = move || {
        provide_context(services.clone());
        provide_context(health.clone());
        provide_context(instruments.clone());
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

/// What a page may load and run: its own files, and the scripts that carry the page's nonce.
fn policy(nonce: &str) -> String {
    policy_with(&format!("'nonce-{nonce}'"))
}

/// The same, with its scripts named otherwise.
fn policy_with(scripts: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' {scripts} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
