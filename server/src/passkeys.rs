//! `/rpc/account/passkeys/…`: what a page's script and the site tell each other as JSON while a passkey is added, or shown at the second
//! step of signing in.
//!
//! What the site keeps of its question lies in the session, which the browser has no part in, and is taken out before the answer is looked
//! at. What is refused is told in the envelope of the API, which the script shows on its page.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use domain::refusal::Refusal;
use rpc::visit::{DeviceChange, DeviceToken, SessionChange};
use rpc::{Flash, Visit};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use services::accounts::{self, PasskeyAsked};
use services::{Ctx, ServiceError, Services};
use tower_sessions::Session;

use crate::api::problem::Problem;
use crate::http::session_fields::PASSKEY;
use crate::state::AppState;

/// The most bytes of what is told.
const MOST_BYTES: usize = 64 << 10;
/// What is said when a passkey was added.
const ADDED: &str = "Your passkey was added. From now on you are asked for a passkey or a code when you sign in.";

/// A passkey to add.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct New {
    name: String,
    password: String,
}

/// What the browser answers while one is added.
#[derive(Debug, Deserialize)]
struct Made {
    credential: Value,
}

/// What the browser answers at the second step.
#[derive(Debug, Deserialize)]
struct Shown {
    credential: Value,
    /// The page to go on to, a path of this site.
    #[serde(default)]
    next: String,
    /// Whether the device is to be remembered.
    #[serde(default)]
    remember_device: bool,
}

/// The addresses of adding and showing passkeys.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/rpc/account/passkeys/begin", post(begin))
        .route("/rpc/account/passkeys/finish", post(finish))
        .route("/rpc/account/passkeys/ask", post(ask))
        .route("/rpc/account/passkeys/show", post(show))
}

async fn begin(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    session: Session,
    request: Request,
) -> Response {
    answer(&ctx, begun(&state.services, &ctx, &session, request).await)
}

/// Begins to add a passkey of the person signed in; what the browser is asked.
async fn begun(services: &Services, ctx: &Ctx, session: &Session, request: Request) -> Result<Value, ServiceError> {
    let new: New = read(request).await?;
    keep(session, accounts::begin_passkey(services, ctx, &new.name, &new.password).await?).await
}

async fn finish(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Extension(visit): Extension<Visit>,
    session: Session,
    request: Request,
) -> Response {
    answer(&ctx, finished(&state.services, &ctx, &visit, &session, request).await)
}

/// Ends adding it; where to go on.
async fn finished(
    services: &Services,
    ctx: &Ctx,
    visit: &Visit,
    session: &Session,
    request: Request,
) -> Result<Value, ServiceError> {
    let made: Made = read(request).await?;
    let kept = take(session).await?;
    let codes = accounts::finish_passkey(services, ctx, kept.as_deref(), made.credential).await?;
    if codes.is_empty() {
        let form = "account/passkeys".to_owned();
        visit.leave(Flash { form, notice: Some(ADDED.to_owned()), ..Flash::default() });
        return Ok(json!({"next": "/account"}));
    }
    let sealed = accounts::seal_codes(services, ctx, &codes)?;
    visit.leave(rpc::account::shown_codes(&sealed, ADDED));
    Ok(json!({"next": rpc::account::CODES_PAGE}))
}

async fn ask(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Extension(visit): Extension<Visit>,
    session: Session,
) -> Response {
    answer(&ctx, asked(&state.services, &ctx, &visit, &session).await)
}

/// Asks who has taken the first step of signing in for a passkey; what the browser is asked.
async fn asked(services: &Services, ctx: &Ctx, visit: &Visit, session: &Session) -> Result<Value, ServiceError> {
    let user_id = visit.awaits_second_step.as_deref().ok_or(Refusal::Unauthenticated)?;
    keep(session, accounts::ask_for_passkey(services, ctx, user_id).await?).await
}

async fn show(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Extension(visit): Extension<Visit>,
    session: Session,
    request: Request,
) -> Response {
    answer(&ctx, shown(&state.services, &ctx, &visit, &session, request).await)
}

/// Lets them in by it; where to go on.
async fn shown(
    services: &Services,
    ctx: &Ctx,
    visit: &Visit,
    session: &Session,
    request: Request,
) -> Result<Value, ServiceError> {
    let shown: Shown = read(request).await?;
    let kept = take(session).await?;
    let user_id = visit.awaits_second_step.clone().ok_or(Refusal::Unauthenticated)?;
    // A device is asked for after a password alone, so whoever comes through a provider would not find it remembered.
    let browser = Some(visit.browser.as_str()).filter(|_| shown.remember_device && !visit.through_provider);
    let taken = accounts::passkey_step(services, ctx, &user_id, kept.as_deref(), shown.credential, browser);
    let (_, device) = taken.await?;
    if let Some(device) = device {
        let days = services.accounts.remember_device_days;
        visit.change_device(DeviceChange::Remembered { token: DeviceToken::new(device), days });
    }
    visit.change_session(SessionChange::SecondStepTaken { user_id });
    Ok(json!({"next": rpc::form::local_path(&shown.next).unwrap_or_else(|| "/admin".to_owned())}))
}

/// Keeps what has to be kept of a question, in place of one that was not answered; what the browser is asked.
async fn keep(session: &Session, asked: PasskeyAsked) -> Result<Value, ServiceError> {
    session.insert(PASSKEY, asked.kept).await.map_err(|e| broken(&e))?;
    Ok(asked.options)
}

/// Takes what was kept of a question out of the session, at once.
async fn take(session: &Session) -> Result<Option<String>, ServiceError> {
    let kept = session.remove::<String>(PASSKEY).await.map_err(|e| broken(&e))?;
    if kept.is_some() {
        session.save().await.map_err(|e| broken(&e))?;
    }
    Ok(kept)
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, ServiceError> {
    let unreadable = || Refusal::blocked("unreadable", "What your browser sent cannot be read. Load the page again.");
    let bytes = to_bytes(request.into_body(), MOST_BYTES).await.map_err(|_| unreadable())?;
    serde_json::from_slice(&bytes).map_err(|_| unreadable().into())
}

fn answer(ctx: &Ctx, outcome: Result<Value, ServiceError>) -> Response {
    match outcome {
        Ok(said) => Json(said).into_response(),
        Err(error) => Problem::new(ctx, error).into_response(),
    }
}

fn broken(error: &tower_sessions::session::Error) -> ServiceError {
    ServiceError::Internal(format!("a session: {error}"))
}
