//! Ending letters with one click of a mail program (RFC 8058): it posts to the address that the letter's header names.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use services::subscriptions;

use crate::api::ctx::RequestCtx;
use crate::api::problem::Problem;
use crate::state::AppState;

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct Named {
    #[serde(default)]
    token: String,
}

/// Ends all letters to the subscriber behind the token; who asks again, or with a token that is none, is told the same.
pub async fn one_click(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    Query(named): Query<Named>,
) -> Response {
    match subscriptions::end_all(&state.services, &ctx, &named.token).await {
        Ok(()) => {
            let headers =
                [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "private, no-store")];
            (StatusCode::OK, headers, "No more letters are sent to you.\n").into_response()
        }
        Err(error) => Problem::new(&ctx, error).into_response(),
    }
}
