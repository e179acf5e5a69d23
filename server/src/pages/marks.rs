//! What the framework writes otherwise than the HTML standard wants it, written as valid HTML.
//!
//! Between pieces of text it writes `<!>`, of which browsers make an empty comment and which the standard (13.2.2,
//! incorrectly-opened-comment) calls an error. An empty comment, written out, is the same node in the same place, so that
//! islands find it. As the mode of its preloads it gives the nonce, where any value that is not known means `anonymous`.

use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::settled::nonce_of;

/// A rendered page as valid HTML; one that breaks off on the way is answered with 500.
pub async fn valid(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(rendered) => {
            let mut html = String::from_utf8_lossy(&rendered).replace("<!>", "<!---->");
            let policy = parts.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
            if let Some(nonce) = policy.and_then(nonce_of) {
                html = html.replace(&format!("crossorigin=\"{nonce}\""), "crossorigin=\"anonymous\"");
            }
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(html))
        }
        Err(error) => {
            tracing::error!(%error, "a page broke off while it was rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[tokio::test]
    async fn marks_become_comments_and_the_rest_stays() {
        let page = "<link crossorigin=\"N\"><script nonce=\"N\"></script><p>one<!>two<!--<() />--></p>";
        let mut answer = Response::new(Body::from(page));
        let policy = HeaderValue::from_static("script-src 'nonce-N'");
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        let html = to_bytes(valid(answer).await.into_body(), usize::MAX).await.unwrap_or_default();
        let wanted = "<link crossorigin=\"anonymous\"><script nonce=\"N\"></script><p>one<!---->two<!--<() />--></p>";
        assert_eq!(String::from_utf8_lossy(&html), wanted);
    }
}
