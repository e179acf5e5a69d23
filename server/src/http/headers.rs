//! Headers that every answer carries.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::places::Place;

const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
         magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    ),
];

/// What may be loaded by an answer that brings no policy of its own: nothing.
pub const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a page may load that anybody may frame: the looks of the site, and no script.
pub const FRAMEABLE: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                             frame-ancestors *";

/// A year, as browsers are told to come back by TLS only.
const LASTING: &str = "max-age=31536000";

/// Adds the headers that keep browsers from guessing, framing and telling; `secure` where the site is reached by TLS.
pub fn harden(headers: &mut HeaderMap, place: Place, secure: bool) {
    let is_frameable = headers.get(header::CONTENT_SECURITY_POLICY).is_some_and(|policy| policy == FRAMEABLE);
    let mut put = |name: &'static str, value: &'static str| {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    };
    // An old header that forbids all frames, where the policy allows them.
    for (name, value) in ALWAYS.into_iter().filter(|(name, _)| !(is_frameable && *name == "x-frame-options")) {
        put(name, value);
    }
    // What anybody may read from any origin may be embedded there too; styles and images of ours may not.
    put("cross-origin-resource-policy", if place == Place::PublicApi { "cross-origin" } else { "same-origin" });
    if place != Place::Asset {
        put("content-security-policy", NOTHING);
    }
    if secure {
        put("strict-transport-security", LASTING);
    }
    // What says nothing of it a cache may keep as long as it likes: that something is not there, also past the instant at which it is.
    let unsaid = match place {
        Place::Asset => return,
        Place::Page | Place::PublicApi => "no-cache",
        _ => "private, no-store",
    };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(unsaid));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cache_answers_by_itself_where_an_answer_says_nothing_of_it() {
        let kept = |place, said: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.extend(said.map(|said| (header::CACHE_CONTROL, HeaderValue::from_static(said))));
            harden(&mut headers, place, false);
            headers.get(header::CACHE_CONTROL).map(|said| said.to_str().unwrap().to_owned())
        };
        for (place, unsaid) in [
            (Place::Page, Some("no-cache")),
            (Place::PublicApi, Some("no-cache")),
            (Place::PrivateApi, Some("private, no-store")),
            (Place::Portal, Some("private, no-store")),
            (Place::Asset, None),
        ] {
            assert_eq!(kept(place, None).as_deref(), unsaid, "{place:?}");
            assert_eq!(kept(place, Some("public, max-age=300")).as_deref(), Some("public, max-age=300"), "{place:?}");
        }
    }
}
