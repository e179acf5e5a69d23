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
    if !matches!(place, Place::Asset | Place::Page | Place::PublicApi) {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    }
}
