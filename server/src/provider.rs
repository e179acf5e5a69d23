//! The way to the OpenID provider and back (OpenID Connect Core 1.0, section 3.1; RP-Initiated Logout 1.0).

use axum::Extension;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::refusal::Refusal;
use rpc::visit::SessionChange;
use rpc::{Flash, RpcError, Visit};
use serde::{Deserialize, Serialize};
use services::{Ctx, ServiceError, accounts};
use tower_sessions::Session;

use crate::http::session_fields::{AT_PROVIDER, PATIENCE, SIGN_OUT};
use crate::state::AppState;

/// A sign-in under way, kept in the session of the browser that began it.
#[derive(Debug, Serialize, Deserialize)]
struct UnderWay {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    since: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
struct Start {
    #[serde(default)]
    next: String,
}

/// What the provider sends back with the browser.
#[derive(Debug, Deserialize)]
struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
    /// Who answers, where it says so (RFC 9207).
    #[serde(default)]
    iss: String,
}

/// The addresses of signing in and out through the provider.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/account/oidc/start", get(start))
        .route("/account/oidc/callback", get(callback))
        .route("/account/oidc/sign-out", get(sign_out))
}

/// Sends the browser to the provider.
async fn start(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Extension(visit): Extension<Visit>,
    session: Session,
    Query(Start { next }): Query<Start>,
) -> Response {
    let begun = match accounts::begin_with_provider(&state.services, &ctx).await {
        Ok(begun) => begun,
        Err(error) => return refused(&visit, error),
    };
    let next = rpc::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned());
    let under_way = UnderWay { state: begun.state, nonce: begun.nonce, verifier: begun.verifier, next, since: ctx.now };
    match session.insert(AT_PROVIDER, under_way).await {
        Ok(()) => see_other(&begun.url),
        Err(error) => refused(&visit, ServiceError::Internal(format!("a session: {error}"))),
    }
}

/// Takes the browser back from the provider and signs the person in.
async fn callback(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Extension(visit): Extension<Visit>,
    session: Session,
    Query(back): Query<Back>,
) -> Response {
    let under_way = session.remove::<UnderWay>(AT_PROVIDER).await.ok().flatten();
    let expected = under_way.filter(|begun| begun.state == back.state && ctx.now - begun.since <= PATIENCE);
    let Some(begun) = expected else {
        let message = "This sign-in was not begun in this browser, or too long ago. Begin again.";
        return refused(&visit, Refusal::blocked("not_begun", message).into());
    };
    let asked = state.services.accounts.provider.as_ref();
    let is_anothers = !back.iss.is_empty() && asked.is_none_or(|provider| !provider.openid.is_named(&back.iss));
    if is_anothers || !back.error.is_empty() || back.code.is_empty() {
        tracing::info!(error = %back.error.escape_debug(), is_anothers, "the OpenID provider refused a sign-in");
        let message = "You were not signed in, because the sign-in was stopped or refused there.";
        return refused(&visit, Refusal::blocked("provider_refused", message).into());
    }
    let finished = accounts::finish_with_provider(&state.services, &ctx, back.code, begun.nonce, begun.verifier).await;
    let (opening, id_token) = match finished {
        Ok(finished) => finished,
        Err(error) => return refused(&visit, error),
    };
    let (user_id, id_token) = (opening.user.id, Some(id_token));
    if opening.second_step {
        visit.change_session(SessionChange::SecondStep { user_id, id_token });
        return see_other(&rpc::form::second_step_path(&begun.next));
    }
    visit.change_session(SessionChange::SignedIn { user_id, id_token });
    see_other(&begun.next)
}

/// After signing out here, on to signing out there.
///
/// This is a page and not a redirect: the form that signs out may lead to this site only, in the policy of its page.
async fn sign_out(State(state): State<AppState>, Extension(ctx): Extension<Ctx>, session: Session) -> Response {
    let token = session.remove::<String>(SIGN_OUT).await.ok().flatten();
    let url = match token {
        Some(token) => accounts::provider_sign_out(&state.services, &ctx, &token).await,
        None => None,
    };
    let Some(url) = url else { return see_other("/") };
    let shown = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Signed out</title></head><body><main>\
         <h1>You are signed out here</h1><p><a href=\"{shown}\">Sign out there, too</a></p></main></body></html>"
    );
    let mut answer = Html(page).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={url}")) {
        headers.insert(header::REFRESH, refresh);
    }
    answer
}

/// Back to the sign-in page, which says why.
fn refused(visit: &Visit, error: ServiceError) -> Response {
    let refusal = match RpcError::from(error) {
        RpcError::Refused(refusal) => refusal,
        RpcError::Fault => Refusal::blocked("fault", "Something went wrong. Try again in a moment."),
    };
    visit.leave(Flash { form: "account/sign-in".to_owned(), refusal: Some(refusal), ..Flash::default() });
    see_other("/account/sign-in")
}

fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => {
            let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
