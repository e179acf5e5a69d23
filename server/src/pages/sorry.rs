//! The pages that are said without asking anything: too many requests, too late, out of order.

use app::i18n::t;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::language::Language;

/// A page for people where the answer to `path` failed: in the language of the address, in the looks of the site, and made of
/// nothing but its messages, so that it stands when little else does.
pub fn sorry(path: &str, status: StatusCode) -> Response {
    let welsh = path == "/cy" || path.starts_with("/cy/");
    let (language, home) = if welsh { (Language::Cy, "/cy") } else { (Language::En, "/") };
    let messages = match status {
        StatusCode::TOO_MANY_REQUESTS => "sorry-many",
        StatusCode::GATEWAY_TIMEOUT => "sorry-late",
        _ => "fault",
    };
    let (title, words) = (t(language, &format!("{messages}-title")), t(language, &format!("{messages}-text")));
    let (code, to_home) = (status.as_u16(), t(language, "sorry-home"));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/assets/main.css\"></head><body class=\"site\">\
         <main id=\"main\" class=\"page wrap\"><div class=\"error-page\"><p class=\"error-page__code\">{code}</p><h1>{title}</h1>\
         <p>{words}</p><p><a class=\"button button--secondary\" href=\"{home}\">{to_home}</a></p></div></main></body></html>\n"
    );
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
        ),
    ];
    (status, headers, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_speaks_the_language_of_the_address() {
        for (path, lang, title) in [("/search", "en", "Too many requests"), ("/cy/search", "cy", "Gormod o geisiadau")]
        {
            let answer = sorry(path, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains(&format!("<html lang=\"{lang}\">")) && body.contains(title), "{body}");
        }
    }
}
