//! Who asks: from a bearer token or a session to the context that use cases take, and the session's changes afterwards.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller;
use domain::event::{Via, ViaKind};
use domain::language::Language;
use domain::office::Office;
use domain::refusal::Refusal;
use persistence::sessions;
use rpc::Visit;
use rpc::visit::{Changes, SessionChange};
use services::ctx::fingerprint;
use services::{Ctx, ServiceError, accounts, audit, office};
use tower_sessions::Session;

use super::browser;
use super::client::ClientAddress;
use super::device_cookie;
use super::left_behind;
use super::person_cookie;
use super::refused::Question;
use super::session_changes::{Device, carry_out};
use super::session_fields::{ID_TOKEN, LAST_SEEN, PATIENCE, PENDING, Pending, SIGNED_IN_AT, USER_ID};
use super::submitted::Submitted;
use super::trace::RequestId;
use crate::api::problem::Problem;
use crate::live;
use crate::state::AppState;

/// How exactly a session knows when it was last used; not more, so that reading does not always write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Puts `Ctx` and `Visit` into the request and carries out what the answer wants done to the session.
pub async fn identify(State(state): State<AppState>, session: Session, mut request: Request, next: Next) -> Response {
    let now = state.services.clock.now();
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut ctx = Ctx::public(now, request_id);
    ctx.client = ClientAddress::of(request.extensions()).0;
    // What an open page asks by itself is no sign of a person.
    let counts_as_use = !live::is_by_itself(request.uri().path(), request.headers());
    let office = office::in_force(&state.services).await;
    let lengths = Lengths::under(&state, &office);
    match find_caller(&state, &ctx, &session, request.headers(), counts_as_use, lengths).await {
        Ok(Some((caller, via))) => {
            (ctx.caller, ctx.via) = (Some(office::caller_under(&office, caller)), Some(via));
        }
        Ok(None) => {}
        Err(error) => return Problem::new(&ctx, error).into_response(),
    }
    let device = Device {
        browser: browser_of(request.headers()),
        address: ctx.client.map(|address| address.to_string()).unwrap_or_default(),
    };
    let has_cookie = request.headers().contains_key(header::COOKIE);
    let through_provider = has_cookie && matches!(session.get_value(ID_TOKEN).await, Ok(Some(_)));
    let owes_second_factor = match hold_back(&state, &mut ctx, through_provider).await {
        Ok(owes) => owes,
        Err(error) => return Problem::new(&ctx, error).into_response(),
    };
    let asked = asked_of(&request);
    let left = left_behind::left_for(&state.services, &session, asked, ctx.caller.as_ref(), owes_second_factor).await;
    let visit = Visit {
        language: language_of(request.uri().path()),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        caller: ctx.caller.clone(),
        submitted: Arc::new(request.extensions().get::<Submitted>().map(|s| s.0.clone()).unwrap_or_default()),
        session: session.id().filter(|_| has_cookie).map(|id| accounts::handle_of(&id.to_string())),
        awaits_second_step: if has_cookie { awaiting(&session, now).await } else { None },
        through_provider,
        owes_second_factor,
        browser: device.browser.clone(),
        device: device_cookie::shown_in(request.headers()),
        address: device.address.clone(),
        session_idle: lengths.idle.as_secs(),
        session_left: if has_cookie { session_left(lengths, &session, now).await } else { 0 },
        banner: office.banner_at(now).cloned(),
        office,
        site_name: state.config.site_name.as_str().into(),
        request_id: ctx.request_id.clone(),
        site: state.config.public_url.trim_end_matches('/').into(),
        contact: state.config.contact_email.as_deref().map(Into::into),
        by_mail: state.services.accounts.mailer.is_some(),
        built: env!("BUILD_TIME"),
        ..left
    };
    let question = Question::of(&request);
    request.extensions_mut().insert(ctx.clone());
    request.extensions_mut().insert(visit.clone());
    let trying = *request.method() == Method::POST && request.uri().path() == "/rpc/account/sign-in";
    let mut answer = next.run(request).await;
    let mut changes = visit.take_changes();
    count_sign_ins(&changes, trying);
    if let Some(refused) = question.refused(&mut answer, &changes)
        && let Err(error) = audit::refused(&state.services, &ctx, &refused).await
    {
        // A refusal that cannot be recorded is no licence to go on asking.
        return Problem::new(&ctx, error).into_response();
    }
    let of_device = changes.device.take();
    person_cookie::note(&mut answer, changes.session.as_ref());
    left_behind::keep(&state.services, &session, &visit, changes.unsent.as_ref()).await;
    match carry_out(&session, changes, &device, now).await {
        Ok(()) => {
            if let Some(change) = of_device {
                device_cookie::change(&mut answer, &change, state.config.public_url.starts_with("https://"));
            }
            answer
        }
        Err(error) => {
            tracing::error!(%error, "the session cannot be changed");
            Problem::new(&ctx, ServiceError::Internal("the session cannot be changed".to_owned())).into_response()
        }
    }
}

/// The secret of `Authorization: Bearer`.
pub(crate) fn bearer_of(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

async fn find_caller(
    state: &AppState,
    ctx: &Ctx,
    session: &Session,
    headers: &HeaderMap,
    counts_as_use: bool,
    lengths: Lengths,
) -> Result<Option<(Caller, Via)>, ServiceError> {
    if headers.contains_key(header::AUTHORIZATION) {
        let token = bearer_of(headers).ok_or(Refusal::Unauthenticated)?;
        let caller = accounts::by_bearer(&state.services, ctx, &token).await?;
        return Ok(Some(caller.ok_or(Refusal::Unauthenticated)?));
    }
    if !headers.contains_key(header::COOKIE) {
        return Ok(None);
    }
    let broken = |e: tower_sessions::session::Error| ServiceError::Internal(format!("a session: {e}"));
    let Some(user_id) = session.get::<String>(USER_ID).await.map_err(broken)? else {
        return Ok(None);
    };
    let since = session.get::<DateTime<Utc>>(SIGNED_IN_AT).await.map_err(broken)?;
    let seen = session.get::<DateTime<Utc>>(LAST_SEEN).await.map_err(broken)?;
    if lengths.have_passed(ctx.now, since, seen) {
        session.flush().await.map_err(broken)?;
        return Ok(None);
    }
    if counts_as_use && is_before(seen, ctx.now - SEEN_EVERY) {
        session.insert(LAST_SEEN, ctx.now).await.map_err(broken)?;
    }
    let id = session.id().map(|id| id.to_string()).unwrap_or_default();
    let caller = accounts::by_user_id(&state.services, ctx, &user_id).await?;
    Ok(caller.map(|caller| (caller, Via::session(fingerprint(&id)))))
}

/// Takes every right from somebody who has to set a second factor up first; whether that is so.
///
/// A provider that vouches for somebody asks for its own.
async fn hold_back(state: &AppState, ctx: &mut Ctx, through_provider: bool) -> Result<bool, ServiceError> {
    let by_session = ctx.via.as_ref().is_some_and(|via| via.kind == ViaKind::Session);
    let Some(caller) = ctx.caller.as_mut().filter(|_| by_session && !through_provider) else { return Ok(false) };
    let owes = accounts::owes_second_factor(&state.services, caller).await?;
    if owes {
        caller.grants.clear();
        caller.teams.clear();
    }
    Ok(owes)
}

fn is_before(at: Option<DateTime<Utc>>, then: DateTime<Utc>) -> bool {
    at.is_none_or(|at| at < then)
}

/// How long sessions last: as the office says, and never longer than the environment does.
#[derive(Clone, Copy, Debug)]
struct Lengths {
    idle: Duration,
    longest: Duration,
}

impl Lengths {
    fn under(state: &AppState, office: &Office) -> Self {
        let (idle, longest) = (state.config.session_idle_timeout, state.config.session_absolute_timeout);
        match office.sessions {
            Some(set) => Self {
                idle: idle.min(Duration::from_secs(set.idle_seconds())),
                longest: longest.min(Duration::from_secs(set.longest_seconds())),
            },
            None => Self { idle, longest },
        }
    }

    /// Whether a session is over, that began and was last used then.
    fn have_passed(self, now: DateTime<Utc>, since: Option<DateTime<Utc>>, seen: Option<DateTime<Utc>>) -> bool {
        let span = |duration| TimeDelta::from_std(duration).unwrap_or_default();
        is_before(since, now - span(self.longest)) || is_before(seen.or(since), now - span(self.idle))
    }
}

/// Whose session it is, with their rights as they are now, without using it; `None` once it is over, or gives no rights since
/// a second factor has to be set up first.
pub(crate) async fn still_signed_in(
    state: &AppState,
    ctx: &Ctx,
    session: &str,
) -> Result<Option<Caller>, ServiceError> {
    let Some(found) = sessions::load(state.services.db.pool(), session, ctx.now).await? else { return Ok(None) };
    let office = office::in_force(&state.services).await;
    let lengths = Lengths::under(state, &office);
    let over = lengths.have_passed(ctx.now, found.details.created_at, found.details.last_seen_at);
    let Some(user_id) = found.user_id.as_ref().filter(|_| !over) else { return Ok(None) };
    let Some(caller) = accounts::by_user_id(&state.services, ctx, user_id).await? else { return Ok(None) };
    if !is_through_provider(&found.data) && accounts::owes_second_factor(&state.services, &caller).await? {
        return Ok(None);
    }
    Ok(Some(office::caller_under(&office, caller)))
}

/// Whether an OpenID provider vouched for whose session this is, by its contents as they are stored.
fn is_through_provider(data: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(data).is_ok_and(|data| data.get(ID_TOKEN).is_some())
}

/// How many seconds the session lasts at most from now on, however much it is used.
async fn session_left(lengths: Lengths, session: &Session, now: DateTime<Utc>) -> u64 {
    let since = session.get::<DateTime<Utc>>(SIGNED_IN_AT).await.ok().flatten();
    let used = since.map(|since| (now - since).to_std().unwrap_or_default());
    used.map_or(0, |used| lengths.longest.saturating_sub(used).as_secs())
}

/// Who has taken the first step of signing in, not too long ago.
async fn awaiting(session: &Session, now: DateTime<Utc>) -> Option<String> {
    let pending = session.get::<Pending>(PENDING).await.ok().flatten()?;
    (now - pending.since <= PATIENCE).then_some(pending.user_id)
}

/// How, for what and with which headers somebody asks.
fn asked_of(request: &Request) -> (&Method, &Uri, &HeaderMap) {
    (request.method(), request.uri(), request.headers())
}

fn browser_of(headers: &HeaderMap) -> String {
    browser::name_of(headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or(""))
}

/// Counts who signed in, and who tried to and could not.
fn count_sign_ins(changes: &Changes, trying: bool) {
    let outcome = match &changes.session {
        Some(SessionChange::SignedIn { .. } | SessionChange::SecondStepTaken { .. }) => "signed_in",
        None if trying => "refused",
        _ => return,
    };
    metrics::counter!("sign_ins_total", "outcome" => outcome).increment(1);
}

fn language_of(path: &str) -> Language {
    if path == "/cy" || path.starts_with("/cy/") { Language::Cy } else { Language::En }
}
