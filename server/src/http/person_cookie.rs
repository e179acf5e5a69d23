//! The cookie that names who was signed in at a browser last, signed, so that a form that met the end of the session is kept for them
//! and for nobody else. It opens nothing.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use rpc::visit::SessionChange;
use services::{Services, accounts};
use tower_sessions::cookie::{Cookie, SameSite};

use crate::state::AppState;

/// The name of the cookie.
pub const PERSON_COOKIE: &str = "catalogue_person";
/// The longest text that can be of ours.
const LONGEST: usize = 256;

/// Who is signed in after an answer; nobody after a sign-out.
#[derive(Clone, Debug)]
struct Told(Option<String>);

/// The account that the browser names, if it does so by a mark of ours.
#[must_use]
pub fn shown_in(services: &Services, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|text| Cookie::parse(text).ok());
    let cookie = cookies.find(|cookie| cookie.name() == PERSON_COOKIE)?;
    let mark = Some(cookie.value()).filter(|value| value.len() <= LONGEST)?;
    accounts::marked_by(services, mark)
}

/// Notes in an answer who is signed in by it, or that nobody is any more.
pub fn note(answer: &mut Response, change: Option<&SessionChange>) {
    let person = match change {
        Some(SessionChange::SignedIn { user_id, .. } | SessionChange::SecondStepTaken { user_id }) => {
            Some(user_id.clone())
        }
        Some(SessionChange::SignedOut) => None,
        Some(SessionChange::SecondStep { .. }) | None => return,
    };
    answer.extensions_mut().insert(Told(person));
}

/// Tells the browser what was noted, after the session has told it its own.
pub async fn tell(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if let Some(Told(person)) = answer.extensions_mut().remove::<Told>() {
        let mark = person.map(|user_id| accounts::browser_mark(&state.services, &user_id));
        let secure = state.config.public_url.starts_with("https://");
        if let Ok(value) = HeaderValue::from_str(&cookie(mark, secure).to_string()) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    answer
}

/// The cookie lasts as long as the browser does; nothing takes it away.
fn cookie(mark: Option<String>, secure: bool) -> Cookie<'static> {
    let goes = mark.is_none();
    let mut cookie = Cookie::new(PERSON_COOKIE, mark.unwrap_or_default());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_secure(secure);
    cookie.set_same_site(SameSite::Lax);
    if goes {
        cookie.set_max_age(time::Duration::ZERO);
    }
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sent_to_this_site_alone_and_goes_with_the_sign_out() {
        let set = cookie(Some("u.5f".to_owned()), true).to_string();
        assert!(set.starts_with("catalogue_person=u.5f; "), "{set}");
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(set.split("; ").any(|found| found == part), "{part}: {set}");
        }
        assert!(!set.contains("Max-Age") && !cookie(Some("u.5f".to_owned()), false).to_string().contains("Secure"));
        let gone = cookie(None, true).to_string();
        assert!(gone.starts_with("catalogue_person=; ") && gone.contains("Max-Age=0"), "{gone}");
    }

    #[test]
    fn only_what_signs_somebody_in_or_out_changes_it() {
        let noted = |change: Option<SessionChange>| {
            let mut answer = Response::default();
            note(&mut answer, change.as_ref());
            answer.extensions_mut().remove::<Told>().map(|told| told.0)
        };
        let user = || "u".to_owned();
        assert_eq!(noted(Some(SessionChange::SignedIn { user_id: user(), id_token: None })), Some(Some(user())));
        assert_eq!(noted(Some(SessionChange::SecondStepTaken { user_id: user() })), Some(Some(user())));
        assert_eq!(noted(Some(SessionChange::SignedOut)), Some(None));
        assert_eq!(noted(Some(SessionChange::SecondStep { user_id: user(), id_token: None })), None);
        assert_eq!(noted(None), None);
    }
}
