//! The cookie of a remembered device: browsers send it with the form that signs in, and with nothing else.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use rpc::visit::{DeviceChange, DeviceToken};
use tower_sessions::cookie::{Cookie, SameSite};

/// The name of the cookie.
pub const DEVICE_COOKIE: &str = "catalogue_device";
/// The only address that it is sent to.
const PATH: &str = "/rpc/account/sign-in";
/// The longest text that can be of ours.
const LONGEST: usize = 64;

/// What the browser shows of a device that was remembered.
#[must_use]
pub fn shown_in(headers: &HeaderMap) -> Option<DeviceToken> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|text| Cookie::parse(text).ok());
    let cookie = cookies.find(|cookie| cookie.name() == DEVICE_COOKIE)?;
    let shown = Some(cookie.value()).filter(|value| !value.is_empty() && value.len() <= LONGEST)?;
    Some(DeviceToken::new(shown))
}

/// Has the browser show something else from now on; `secure` where it may do so by TLS only.
pub fn change(answer: &mut Response, change: &DeviceChange, secure: bool) {
    let (shown, days) = match change {
        DeviceChange::Remembered { token, days } => (token.expose(), *days),
        DeviceChange::Forgotten => ("", 0),
    };
    let cookie = Cookie::build((DEVICE_COOKIE, shown))
        .path(PATH)
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(i64::from(days)));
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(device: &DeviceChange, secure: bool) -> String {
        let mut answer = Response::default();
        change(&mut answer, device, secure);
        answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned()
    }

    #[test]
    fn it_is_for_the_form_that_signs_in_alone_and_ends_with_its_days() {
        let remembered = DeviceChange::Remembered { token: DeviceToken::new("ab12"), days: 30 };
        let cookie = set(&remembered, true);
        assert!(cookie.starts_with("catalogue_device=ab12; "), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/rpc/account/sign-in", "Max-Age=2592000"] {
            assert!(cookie.split("; ").any(|found| found == part), "{part}: {cookie}");
        }
        assert!(!set(&remembered, false).contains("Secure"));
        let forgotten = set(&DeviceChange::Forgotten, true);
        assert!(forgotten.starts_with("catalogue_device=; ") && forgotten.contains("Max-Age=0"), "{forgotten}");
    }

    #[test]
    fn it_is_found_among_others_and_nothing_is_taken_for_it() {
        let shown = |line: &str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(line).unwrap())]);
            shown_in(&headers).map(|token| token.expose().to_owned())
        };
        assert_eq!(shown("catalogue_session=x; catalogue_device=ab12; theme=dark").as_deref(), Some("ab12"));
        let long = format!("catalogue_device={}", "a".repeat(65));
        for line in
            ["catalogue_session=x", "catalogue_device=", "catalogue_device", "a_catalogue_device=ab", long.as_str()]
        {
            assert_eq!(shown(line), None, "{line}");
        }
        assert_eq!(shown_in(&HeaderMap::new()), None);
        assert!(!format!("{:?}", DeviceToken::new("ab12")).contains("ab12"), "it is never printed");
    }
}
