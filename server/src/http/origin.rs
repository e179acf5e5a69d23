//! Refuses forms that other sites post with somebody's cookie (cross-site request forgery).

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets unsafe requests pass only from this site's own pages, or without a cookie.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_from_here(request.headers()) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "This form was sent from another site, so it was refused. Open the page here and try again.",
    )
        .into_response()
}

/// A bearer token is nothing that a browser adds by itself, so whoever sends one may come from anywhere. Otherwise the browser's own words: `Sec-Fetch-Site`, else `Origin` against `Host`; without both, only a request without cookie passes.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    if let Some(site) = text("sec-fetch-site".parse().unwrap_or(header::ORIGIN)) {
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        Some(origin) => origin.split_once("://").is_some_and(|(_, host)| text(header::HOST) == Some(host)),
        None => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_here(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
        is_from_here(&headers)
    }

    #[test]
    fn only_this_sites_pages_may_use_the_cookie() {
        assert!(from_here(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(!from_here(&[("sec-fetch-site", "cross-site"), ("cookie", "a=b")]));
        assert!(!from_here(&[("sec-fetch-site", "same-site")]));
        assert!(from_here(&[("origin", "http://a.example:80"), ("host", "a.example:80")]));
        assert!(!from_here(&[("origin", "http://b.example"), ("host", "a.example")]));
        assert!(!from_here(&[("origin", "null"), ("host", "a.example")]));
        assert!(!from_here(&[("cookie", "a=b")]));
        assert!(from_here(&[]));
        assert!(from_here(&[("sec-fetch-site", "cross-site"), ("authorization", "Bearer x"), ("cookie", "a=b")]));
    }
}
