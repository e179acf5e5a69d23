//! Mounts the Leptos pages and server functions with the request's context.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use crate::state::AppState;

fn options() -> LeptosOptions {
    LeptosOptions::builder().output_name(Arc::<str>::from("catalogue")).build()
}

/// Renders the page of any address that is nothing else; unknown ones are the not-found page.
pub async fn page(State(state): State<AppState>, request: Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let (services, reference) = (state.services, state.document.reference);
    let context = move || {
        provide_context(services.clone());
        provide_context(reference.clone());
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy(&nonce)))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let mut answer = leptos_axum::render_app_async_with_context(context, || app::shell(options()))(request).await;
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Cookie, Accept, Accept-Encoding"));
    answer
}

/// Runs a server function.
pub async fn server_function(State(state): State<AppState>, request: Request<Body>) -> Response {
    let services = state.services;
    leptos_axum::handle_server_fns_with_context(move || provide_context(services.clone()), request)
        .await
        .into_response()
}

/// What a page may load and run: its own files, and the scripts that carry the page's nonce.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
