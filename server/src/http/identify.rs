//! Who asks: from a bearer token or a session to the context that use cases take, and the session's changes afterwards.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::event::Via;
use domain::language::Language;
use domain::refusal::Refusal;
use rpc::visit::{Changes, SessionChange};
use rpc::{Flash, Visit};
use services::ctx::fingerprint;
use services::{Ctx, ServiceError, accounts, audit};
use tower_sessions::Session;

use super::client::ClientAddress;
use super::refused::Question;
use super::session_store::USER_ID;
use super::submitted::Submitted;
use super::trace::RequestId;
use crate::api::problem::Problem;
use crate::state::AppState;

const FLASH: &str = "flash";
const SIGNED_IN_AT: &str = "signed_in_at";

/// Puts `Ctx` and `Visit` into the request and carries out what the answer wants done to the session.
pub async fn identify(State(state): State<AppState>, session: Session, mut request: Request, next: Next) -> Response {
    let now = state.services.clock.now();
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut ctx = Ctx::public(now, request_id);
    ctx.client = ClientAddress::of(request.extensions()).0;
    match find_caller(&state, &ctx, &session, request.headers()).await {
        Ok(Some((caller, via))) => (ctx.caller, ctx.via) = (Some(caller), Some(via)),
        Ok(None) => {}
        Err(error) => return Problem::new(&ctx, error).into_response(),
    }
    let visit = Visit {
        language: language_of(request.uri().path()),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        caller: ctx.caller.clone(),
        flash: if shows_flash(&request) { take_flash(&session).await } else { None },
        submitted: Arc::new(request.extensions().get::<Submitted>().map(|s| s.0.clone()).unwrap_or_default()),
        site_name: state.config.site_name.as_str().into(),
        ..Visit::default()
    };
    let question = Question::of(&request);
    request.extensions_mut().insert(ctx.clone());
    request.extensions_mut().insert(visit.clone());
    let mut answer = next.run(request).await;
    let changes = visit.take_changes();
    if let Some(refused) = question.refused(&mut answer, &changes)
        && let Err(error) = audit::refused(&state.services, &ctx, &refused).await
    {
        // A refusal that cannot be recorded is no licence to go on asking.
        return Problem::new(&ctx, error).into_response();
    }
    match carry_out(&session, changes, now).await {
        Ok(()) => answer,
        Err(error) => {
            tracing::error!(%error, "the session cannot be changed");
            Problem::new(&ctx, ServiceError::Internal("the session cannot be changed".to_owned())).into_response()
        }
    }
}

async fn find_caller(
    state: &AppState,
    ctx: &Ctx,
    session: &Session,
    headers: &HeaderMap,
) -> Result<Option<(Caller, Via)>, ServiceError> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let token = authorization.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        let token = token.ok_or(Refusal::Unauthenticated)?;
        let caller = accounts::by_bearer(&state.services, ctx, &token).await?;
        let caller = caller.ok_or(Refusal::Unauthenticated)?;
        let via = Via::token(&caller.actor.id);
        return Ok(Some((caller, via)));
    }
    if !headers.contains_key(header::COOKIE) {
        return Ok(None);
    }
    let broken = |e: tower_sessions::session::Error| ServiceError::Internal(format!("a session: {e}"));
    let Some(user_id) = session.get::<String>(USER_ID).await.map_err(broken)? else {
        return Ok(None);
    };
    let since = session.get::<DateTime<Utc>>(SIGNED_IN_AT).await.map_err(broken)?;
    let longest = chrono::Duration::from_std(state.config.session_absolute_timeout).unwrap_or_default();
    if since.is_none_or(|since| ctx.now - since > longest) {
        session.flush().await.map_err(broken)?;
        return Ok(None);
    }
    let id = session.id().map(|id| id.to_string()).unwrap_or_default();
    let caller = accounts::by_user_id(&state.services, ctx, &user_id).await?;
    Ok(caller.map(|caller| (caller, Via::session(fingerprint(&id)))))
}

/// Only a page that a person looks at uses up what a form left behind.
fn shows_flash(request: &Request) -> bool {
    let accepts = |text: &str| text.contains("text/html");
    *request.method() == Method::GET
        && request.headers().contains_key(header::COOKIE)
        && request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(accepts)
}

async fn take_flash(session: &Session) -> Option<Flash> {
    match session.get::<Flash>(FLASH).await {
        Ok(Some(flash)) => {
            if let Err(error) = session.remove_value(FLASH).await {
                tracing::warn!(%error, "a notice could not be cleared");
            }
            Some(flash)
        }
        _ => None,
    }
}

async fn carry_out(
    session: &Session,
    changes: Changes,
    now: DateTime<Utc>,
) -> Result<(), tower_sessions::session::Error> {
    match changes.session {
        Some(SessionChange::SignedIn { user_id }) => {
            session.cycle_id().await?;
            session.insert(USER_ID, user_id).await?;
            session.insert(SIGNED_IN_AT, now).await?;
        }
        Some(SessionChange::SignedOut) => session.flush().await?,
        None => {}
    }
    if let Some(flash) = changes.flash {
        session.insert(FLASH, flash).await?;
    }
    Ok(())
}

fn language_of(path: &str) -> Language {
    if path == "/cy" || path.starts_with("/cy/") { Language::Cy } else { Language::En }
}
