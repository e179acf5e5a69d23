//! What the caller would like to get: browsers are sent to pages, and what nobody accepts is refused.

mod page;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::selection::JSON_LINES_TYPES;
use services::catalogue::Scope;
use services::versions::VersionKey;
use services::{Ctx, bundles};

pub use self::page::version_page;
use self::page::{page_for, previewed};
use super::ctx::Asked;
use super::problem::Problem;
use crate::http::edge::LONGEST_ADDRESS;
use crate::state::AppState;

/// Answers 303 to whoever reads a JSON address and would rather have HTML; what is hidden or missing is treated alike. Who knows a version
/// of a shared bundle alone is led to its preview there, since there is no public page of it yet.
pub async fn send_browsers_to_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let wants = reads && prefers_html(request.headers());
    let found = wants.then(|| page_for(request.uri().path(), request.uri().query())).flatten();
    let Some(page) = found else { return next.run(request).await };
    let shared = previewed(request.uri().path()).zip(request.extensions().get::<Ctx>().cloned());
    let Some(((scope, part), ctx)) = shared else { return see_other(&page) };
    // Where that cannot be told now, the page for everybody says so as it says it of anything.
    let ahead = bundles::page_ahead(&state.services, &ctx, &scope, part).await.unwrap_or_default();
    see_other(&ahead.map_or_else(|| page.clone(), |ahead| with_query_of(&page, ahead)))
}

/// An address that is asked for the same as another one.
fn with_query_of(page: &str, address: String) -> String {
    match page.split_once('?') {
        Some((_, query)) => format!("{address}?{query}"),
        None => address,
    }
}

/// The way to the page of something that was found, for whoever would rather have HTML; for handlers at whose address nothing says which
/// page that is. There is none where the page's own address would be too long to be asked for.
pub fn page_instead(headers: &HeaderMap, page: impl FnOnce() -> String) -> Option<Response> {
    let page = prefers_html(headers).then(page)?;
    (page.len() <= LONGEST_ADDRESS).then(|| see_other(&page))
}

/// The same for a thing that belongs to a version: who knows that of a shared bundle alone is led to the version's preview there.
pub async fn page_of_version_instead(
    state: &AppState,
    asked: &Asked,
    key: VersionKey,
    page: impl FnOnce() -> String,
) -> Result<Option<Response>, Problem> {
    if !prefers_html(&asked.headers) {
        return Ok(None);
    }
    let VersionKey { dataset_id, edition, version } = key;
    let scope = Scope { dataset_id, edition: Some(edition), version: Some(version) };
    let ahead = bundles::page_ahead(&state.services, &asked.ctx, &scope, "page").await?;
    Ok(page_instead(&asked.headers, || ahead.unwrap_or_else(page)))
}

fn see_other(page: &str) -> Response {
    let headers = [(header::LOCATION, page), (header::VARY, "Accept"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Refuses with 406 what the caller would not accept.
///
/// A read is asked what it has, so a handler declares more types by answering with one; a write is not begun unless its
/// answer, which is always JSON, can be taken. Errors come as JSON to everybody.
pub async fn only_acceptable(request: Request, next: Next) -> Response {
    let accepted = Accepted::read(request.headers());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && *request.method() != Method::OPTIONS && !accepted.takes("application/json") {
        return Problem::of_status(StatusCode::NOT_ACCEPTABLE).into_response();
    }
    let answer = next.run(request).await;
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match kind {
        Some(kind) if reads && answer.status().is_success() && !accepted.takes(kind) => {
            let offered = kind.split(';').next().unwrap_or("").trim();
            Problem::of_status(StatusCode::NOT_ACCEPTABLE).with("available", offered).into_response()
        }
        _ => answer,
    }
}

/// The media ranges of `Accept`, each with its weight.
struct Accepted(Vec<(String, f32)>);

impl Accepted {
    fn read(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges = lines.flat_map(|line| line.split(',')).map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or("").to_ascii_lowercase();
            let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            (one_name(name), quality.map_or(1.0, |q| q.trim().parse().unwrap_or(0.0)))
        });
        Self(ranges.filter(|(name, _)| !name.is_empty()).collect())
    }

    /// Whether a media type is wanted; the range that fits it most closely decides (RFC 9110 section 12.5.1).
    fn takes(&self, media_type: &str) -> bool {
        let essence = one_name(media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
        let family = essence.split('/').next().unwrap_or("").to_owned() + "/*";
        let weight = |wanted: &str| self.0.iter().find(|(name, _)| name == wanted).map(|(_, quality)| *quality);
        let weight = weight(&essence).or_else(|| weight(&family)).or_else(|| weight("*/*"));
        self.0.is_empty() || weight.is_some_and(|quality| quality > 0.0)
    }
}

/// A media type under the one name of a format that has several, so that each of them asks for it.
fn one_name(media_type: String) -> String {
    let [name, ..] = JSON_LINES_TYPES;
    if JSON_LINES_TYPES.contains(&media_type.as_str()) { name.to_owned() } else { media_type }
}

/// Whether HTML is named outright and nothing named outright before it would do for JSON.
pub fn prefers_html(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut html, mut json) = (0.0_f32, 0.0_f32);
    for range in lines.flat_map(|line| line.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or("").to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        match name.as_str() {
            // Of two that are wanted alike the first one counts.
            "text/html" | "application/xhtml+xml" if quality > json => html = html.max(quality),
            "application/json" | "application/*" | "application/ld+json" | "text/turtle" if quality > html => {
                json = json.max(quality);
            }
            _ => {}
        }
    }
    html > json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefers(accept: &str) -> bool {
        prefers_html(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]))
    }

    #[test]
    fn only_those_who_name_html_first_are_sent_away() {
        assert!(prefers("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(prefers("text/html, application/json"));
        assert!(prefers("application/json;q=0.5, text/html"));
        for stays in [
            "*/*",
            "application/json",
            "application/json, text/html",
            "text/html;q=0.5, application/json",
            "text/html;q=0",
            "text/*",
            "text/turtle, text/html;q=0.9",
            "application/ld+json",
            "",
        ] {
            assert!(!prefers(stays), "{stays}");
        }
    }

    #[test]
    fn a_page_that_is_found_is_led_to_unless_its_address_is_too_long() {
        let wants = HeaderMap::from_iter([(header::ACCEPT, "text/html".parse().unwrap())]);
        let led = page_instead(&wants, || "/catalogue/gdp".to_owned()).unwrap();
        assert_eq!(led.status(), StatusCode::SEE_OTHER);
        assert_eq!(led.headers()[header::LOCATION], "/catalogue/gdp");
        assert!(page_instead(&wants, || "a".repeat(LONGEST_ADDRESS + 1)).is_none());
        assert!(page_instead(&HeaderMap::new(), || "/catalogue/gdp".to_owned()).is_none());
    }

    #[test]
    fn the_range_that_fits_most_closely_decides() {
        let takes = |accept: &str, kind: &str| {
            Accepted::read(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())])).takes(kind)
        };
        for accept in ["*/*", "application/json", "application/*;q=0.1", "text/html, */*;q=0.8", "Application/JSON;q=1"]
        {
            assert!(takes(accept, "application/json"), "{accept}");
        }
        for accept in ["text/html", "application/json;q=0, */*", "application/*;q=0, */*;q=1", "image/*"] {
            assert!(!takes(accept, "application/json"), "{accept}");
        }
        assert!(takes("text/csv", "text/csv; charset=utf-8"));
        for asked in JSON_LINES_TYPES {
            for answered in JSON_LINES_TYPES {
                assert!(takes(asked, answered), "{asked} {answered}");
                assert!(!takes(&format!("{asked};q=0, */*"), answered), "{asked} {answered}");
            }
            assert!(!takes(asked, "application/json"), "{asked}");
        }
        assert!(Accepted::read(&HeaderMap::new()).takes("application/json"));
    }
}
