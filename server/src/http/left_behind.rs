//! What earlier requests have left in the session for the page that follows: what a form left there, and a form that was sent when its
//! session had ended.
//!
//! Such a form is kept for its person until they have signed in again, and then shown in its place as a refused one is: nothing is
//! carried out by itself. It lies in the session that the browser has without anybody being signed in, sealed for the person, one at a
//! time and of a bounded size, and is never given to anybody else.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller;
use rpc::visit::Unsent;
use rpc::{Flash, Visit};
use serde::{Deserialize, Serialize};
use services::{Services, accounts};
use tower_sessions::Session;

use super::person_cookie;
use super::places::Place;
use super::session_fields::{FLASH, KEPT};
use super::submitted::Submitted;
use super::takes_its_time;

/// How long a form is kept.
const PATIENCE: TimeDelta = TimeDelta::hours(1);
/// The most that is kept, in bytes.
const MOST: usize = 64 * 1024;
/// The longest address of a page that is kept with a form.
const LONGEST_ADDRESS: usize = 2000;

/// A form that is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptForm {
    person: String,
    page: String,
    since: DateTime<Utc>,
    sealed: String,
}

/// Sends a form of the portal for which nobody is signed in any more to the sign-in page, and has what was typed kept where it is known for
/// whom. What the form would be refused for instead is nothing to go by: to nobody, what is not public does not exist.
pub async fn keep_unsent(request: Request, next: Next) -> Response {
    match set_aside(&request) {
        Some(page) => Redirect::to(&rpc::form::sign_in_path(&page)).into_response(),
        None => next.run(request).await,
    }
}

/// Sets such a form aside and tells its page.
fn set_aside(request: &Request) -> Option<String> {
    let (path, headers) = (request.uri().path(), request.headers());
    let visit = request.extensions().get::<Visit>()?;
    let fields = request.extensions().get::<Submitted>()?;
    // Signing in is of nobody, and forms with files are read by what takes these.
    let form = path.strip_prefix("/rpc/").filter(|form| !form.starts_with("account/") && !takes_its_time(path))?;
    let is_sent = *request.method() == Method::POST && Place::of(path) == Place::PrivateForm && wants_page(headers);
    if !is_sent || visit.caller.is_some() {
        return None;
    }
    let page = sent_from(headers).unwrap_or_else(|| "/admin".to_owned());
    rpc::form::set_aside(visit, &page, form, fields.0.iter().cloned());
    Some(page)
}

/// The page of the portal that a form was sent from.
fn sent_from(headers: &HeaderMap) -> Option<String> {
    let address: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let page = rpc::form::local_path(address.path_and_query()?.as_str())?;
    (Place::of(address.path()) == Place::Portal && page.len() <= LONGEST_ADDRESS).then_some(page)
}

/// Keeps what a request has set aside, in place of what was kept before.
pub async fn keep(services: &Services, session: &Session, visit: &Visit, unsent: Option<&Unsent>) {
    let (Some(unsent), Some(person)) = (unsent, &visit.was_signed_in) else { return };
    let kept = match sealed(services, person, unsent) {
        Ok(kept) => kept,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a form cannot be kept");
            None
        }
    };
    let done = match kept {
        Some(kept) => session.insert(KEPT, kept).await,
        None => session.remove_value(KEPT).await.map(|_| ()),
    };
    if let Err(error) = done {
        tracing::error!(%error, "a form cannot be kept");
    }
}

/// A form as it is kept; nothing of one that is too large.
fn sealed(services: &Services, person: &str, unsent: &Unsent) -> services::Result<Option<KeptForm>> {
    let text = serde_json::to_string(&unsent.flash).unwrap_or_default();
    if text.is_empty() || text.len() > MOST {
        return Ok(None);
    }
    Ok(Some(KeptForm {
        person: person.to_owned(),
        page: unsent.page.clone(),
        since: services.clock.now(),
        sealed: accounts::seal_form(services, person, &text)?,
    }))
}

/// What was left for a page: what its last form left there or a form that was kept for whoever looks at it, or that one is kept, and whose
/// session has ended at this browser. Whoever has to set a second factor up first is led away from the page, and the form waits.
pub async fn left_for(
    services: &Services,
    session: &Session,
    (method, address, headers): (&Method, &Uri, &HeaderMap),
    caller: Option<&Caller>,
    owes_second_factor: bool,
) -> Visit {
    let was_signed_in = if caller.is_none() { person_cookie::shown_in(services, headers) } else { None };
    let mut visit = Visit { was_signed_in, ..Visit::default() };
    let is_looked_at = *method == Method::GET && headers.contains_key(header::COOKIE) && wants_page(headers);
    if !is_looked_at {
        return visit;
    }
    visit.flash = take_flash(session).await;
    let Ok(Some(kept)) = session.get::<KeptForm>(KEPT).await else { return visit };
    let is_over = services.clock.now() - kept.since > PATIENCE;
    let Some(caller) = caller.filter(|_| !is_over) else {
        if is_over {
            forget(session).await;
        } else {
            visit.kept = Some(kept.page);
        }
        return visit;
    };
    if kept.person != caller.actor.id {
        forget(session).await;
    } else if !owes_second_factor && is_page(address, &kept.page) {
        let form = opened(services, &kept);
        // One that was sent again meanwhile is no more than an earlier try; what another form left goes before it.
        let waits = visit.flash.as_ref().is_some_and(|left| form.as_ref().is_none_or(|form| form.form != left.form));
        if !waits {
            forget(session).await;
        }
        if visit.flash.is_none() {
            visit.flash = form;
        }
    }
    visit
}

/// Whether this is the page that a form was sent from: the query, too, tells what a page is about.
fn is_page(address: &Uri, page: &str) -> bool {
    address.path_and_query().is_some_and(|here| here.as_str() == page)
}

fn opened(services: &Services, kept: &KeptForm) -> Option<Flash> {
    match accounts::open_form(services, &kept.person, &kept.sealed) {
        Ok(text) => serde_json::from_str(&text).ok(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a form that was kept cannot be opened");
            None
        }
    }
}

async fn forget(session: &Session) {
    if let Err(error) = session.remove_value(KEPT).await {
        tracing::warn!(%error, "a form that was kept could not be cleared");
    }
}

/// Only a page that a person looks at uses up what a form left behind.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
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

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn set_aside_of(path: &str, from: &str, visit: &Visit) -> Option<String> {
        let request = Request::post(path).header(header::ACCEPT, "text/html").header(header::REFERER, from);
        let mut request = request.body(Body::empty()).unwrap();
        let fields = [("title", "Typed"), ("token", "never")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        request.extensions_mut().insert(Submitted(fields.to_vec()));
        request.extensions_mut().insert(visit.clone());
        set_aside(&request)
    }

    #[test]
    fn a_page_is_told_by_its_query_too() {
        let is = |address: &str| is_page(&address.parse().unwrap(), "/admin/archive?department=health");
        assert!(is("/admin/archive?department=health"));
        assert!(!is("/admin/archive?department=environment") && !is("/admin/archive"));
    }

    #[test]
    fn forms_of_the_portal_are_kept_for_whoever_was_signed_in() {
        let page = "https://a.example/admin/topics/t?tab=1";
        let ended = Visit { was_signed_in: Some("u".to_owned()), ..Visit::default() };
        assert_eq!(set_aside_of("/rpc/topics/edit", page, &ended).as_deref(), Some("/admin/topics/t?tab=1"));
        let unsent = ended.take_changes().unsent.unwrap();
        assert_eq!((unsent.page.as_str(), unsent.flash.form.as_str()), ("/admin/topics/t?tab=1", "topics/edit"));
        assert_eq!((unsent.flash.first("title"), unsent.flash.first("token")), (Some("Typed"), None));

        assert_eq!(set_aside_of("/rpc/topics/edit", "https://a.example/search", &ended).as_deref(), Some("/admin"));
        for path in ["/rpc/account/sign-in", "/rpc/files/upload", "/rpc/feedback/give", "/v1/topics"] {
            assert_eq!(set_aside_of(path, page, &ended), None, "{path}");
        }
        let stranger = Visit::default();
        assert!(set_aside_of("/rpc/topics/edit", page, &stranger).is_some());
        assert!(stranger.take_changes().unsent.is_none(), "nobody knows whose it is");
    }
}
