//! The pages that are said without asking anything: too many requests, too late, too long, out of order.

use app::i18n::{t, ta, text};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use domain::feed::xml;
use domain::language::Language;

use crate::http::places::Place;
use crate::http::trace::RequestId;

/// How somebody asked whose answer failed.
pub struct Asked {
    language: Language,
    /// By sending a form, which may have arrived all the same.
    sent: bool,
    /// By what the log knows the request.
    reference: String,
}

impl Asked {
    /// In the language of the address, or of the page that a form was sent from.
    pub fn of(request: &Request) -> Self {
        let (path, headers) = (request.uri().path(), request.headers());
        let from = match Place::of(path) {
            Place::PublicForm | Place::PrivateForm => sent_from(headers).map(|page| page.path().to_owned()),
            _ => None,
        };
        let shown = from.as_deref().unwrap_or(path);
        let welsh = shown == "/cy" || shown.starts_with("/cy/");
        Self {
            language: if welsh { Language::Cy } else { Language::En },
            sent: !matches!(*request.method(), Method::GET | Method::HEAD),
            reference: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        }
    }
}

fn sent_from(headers: &HeaderMap) -> Option<Uri> {
    headers.get(header::REFERER)?.to_str().ok()?.parse().ok()
}

/// A page for people where an answer failed: in their language, in the looks of the site, and made of nothing but its
/// messages, so that it stands when little else does.
pub fn sorry(asked: &Asked, status: StatusCode) -> Response {
    let words = match status {
        StatusCode::TOO_MANY_REQUESTS => ("sorry-many-title", "sorry-many-text"),
        StatusCode::GATEWAY_TIMEOUT if asked.sent => ("sorry-late-title", "sorry-late-sent-text"),
        StatusCode::GATEWAY_TIMEOUT => ("sorry-late-title", "sorry-late-text"),
        _ => ("fault-title", "fault-text"),
    };
    said(asked, status, words)
}

/// The same for a form that was sent while the office refuses every change.
pub fn in_maintenance(asked: &Asked) -> Response {
    said(asked, StatusCode::SERVICE_UNAVAILABLE, ("sorry-maintenance-title", "sorry-maintenance-text"))
}

/// What of a request is larger than is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// Its path and query.
    Address,
    /// Its headers, among them its cookies.
    Head,
}

/// The same for a request that is not read, because it is too large.
pub fn too_large(asked: &Asked, what: TooLarge) -> Response {
    let words = match what {
        TooLarge::Address => ("sorry-address-title", "sorry-address-text"),
        TooLarge::Head => ("sorry-head-title", "sorry-head-text"),
    };
    said(asked, StatusCode::BAD_REQUEST, words)
}

/// What of the request is found in the log, where something failed that somebody may look into.
fn reference(asked: &Asked, status: StatusCode) -> String {
    let is_of_use = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
    if !is_of_use || asked.reference.is_empty() {
        return String::new();
    }
    let words = ta(asked.language, "fault-reference", &[("id", text(asked.reference.as_str()))]);
    format!("<p class=\"error-page__ref\">{}</p>", xml(&words))
}

fn said(asked: &Asked, status: StatusCode, (title, text): (&str, &str)) -> Response {
    let (language, reference) = (asked.language, reference(asked, status));
    let home = if language == Language::Cy { "/cy" } else { "/" };
    let (title, words) = (t(language, title), t(language, text));
    let (code, to_home) = (status.as_u16(), t(language, "sorry-home"));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/assets/main.css\"></head><body class=\"site\">\
         <main id=\"main\" class=\"page wrap\"><div class=\"error-page\"><p class=\"error-page__code\">{code}</p><h1>{title}</h1>\
         <p>{words}</p>{reference}<p><a class=\"button button--secondary\" href=\"{home}\">{to_home}</a></p></div></main></body></html>\n"
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
    use axum::body::Body;

    use super::*;

    async fn said(method: Method, path: &str, from: &str, status: StatusCode) -> String {
        let request = Request::builder().method(method).uri(path).header(header::REFERER, from);
        let answer = sorry(&Asked::of(&request.body(Body::empty()).unwrap()), status);
        assert_eq!(answer.status(), status);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn it_speaks_the_language_of_the_address_or_of_the_page_a_form_was_sent_from() {
        let welsh = "https://catalogue.example.org/cy/feedback?page=/";
        for (path, from, lang, title) in [
            ("/search", welsh, "en", "Too many requests"),
            ("/cy/search", "https://elsewhere.example.org/", "cy", "Gormod o geisiadau"),
            ("/rpc/feedback/give", welsh, "cy", "Gormod o geisiadau"),
            ("/rpc/feedback/give", "not an address", "en", "Too many requests"),
        ] {
            let body = said(Method::GET, path, from, StatusCode::TOO_MANY_REQUESTS).await;
            assert!(body.contains(&format!("<html lang=\"{lang}\">")) && body.contains(title), "{path}: {body}");
        }
    }

    #[tokio::test]
    async fn who_met_a_fault_is_given_what_the_log_knows_it_by() {
        for (status, is_given) in [
            (StatusCode::INTERNAL_SERVER_ERROR, true),
            (StatusCode::GATEWAY_TIMEOUT, true),
            (StatusCode::TOO_MANY_REQUESTS, false),
        ] {
            let mut request = Request::builder().uri("/search").body(Body::empty()).unwrap();
            request.extensions_mut().insert(RequestId("0af7651916cd43dd8448eb211c80319c".into()));
            let answer = sorry(&Asked::of(&request), status);
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert_eq!(
                body.contains("give the reference 0af7651916cd43dd8448eb211c80319c."),
                is_given,
                "{status} {body}"
            );
        }
    }

    #[tokio::test]
    async fn who_sent_something_in_vain_is_told_that_it_may_have_arrived() {
        let late = StatusCode::GATEWAY_TIMEOUT;
        let sent = said(Method::POST, "/rpc/feedback/give", "/feedback", late).await;
        assert!(sent.contains("may have arrived") && sent.contains("This took too long"), "{sent}");
        assert!(!said(Method::GET, "/search", "/", late).await.contains("may have arrived"));
    }
}
