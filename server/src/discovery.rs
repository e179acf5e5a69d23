//! What tells search engines and browsers about the site: `robots.txt`, sitemaps, and how to search from the address bar.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::feed::xml;
use domain::sitemap;
use services::{ServiceError, sitemaps};

use crate::api::ctx::RequestCtx;
use crate::api::problem::Problem;
use crate::pages;
use crate::state::AppState;

const XML: &str = "application/xml; charset=utf-8";

/// Every such address.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(index))
        .route("/sitemaps/{file}", get(file))
        .route("/opensearch.xml", get(open_search))
}

fn site(state: &AppState) -> &str {
    state.config.public_url.trim_end_matches('/')
}

fn answer(media_type: &'static str, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=0, must-revalidate")];
    (headers, body).into_response()
}

/// What programs that walk through the site leave alone: the portal, forms, and choices of which there is no end.
async fn robots(State(state): State<AppState>) -> Response {
    let closed = [
        "/admin",
        "/account",
        "/ops",
        "/rpc/",
        "/cy/admin",
        "/cy/account",
        "/v1/",
        "/datasets/",
        "/*/compare?",
        "/*/explore?",
        "/search?",
        "/cy/search?",
        "/feedback?",
        "/cy/feedback?",
        "/subscribe/",
        "/cy/subscribe/",
        "/list?",
        "/cy/list?",
        "/outputs/",
        "/cy/outputs/",
    ];
    let mut text = String::from("User-agent: *\n");
    for path in closed {
        text.push_str(&format!("Disallow: {path}\n"));
    }
    text.push_str(&format!("\nSitemap: {}/sitemap.xml\n", site(&state)));
    answer("text/plain; charset=utf-8", text)
}

async fn index(State(state): State<AppState>, RequestCtx(ctx): RequestCtx) -> Result<Response, Problem> {
    let datasets = sitemaps::count(&state.services).await.map_err(|error| Problem::new(&ctx, error))?;
    Ok(answer(XML, sitemap::index(site(&state), datasets, sitemap::DATASETS)))
}

async fn file(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    match places(&state, &name).await {
        Ok(Some(places)) => answer(XML, sitemap::file(site(&state), &places)),
        Ok(None) => pages::unknown_page(State(state), request).await,
        Err(error) => Problem::new(&ctx, error).into_response(),
    }
}

/// What the file of this name holds; nothing where there is no such file.
async fn places(state: &AppState, name: &str) -> Result<Option<Vec<sitemap::Place>>, ServiceError> {
    if name == "pages.xml" {
        return sitemaps::of_pages(&state.services).await.map(Some);
    }
    let number = name.strip_prefix("datasets-").and_then(|rest| rest.strip_suffix(".xml"));
    let Some(number) = number.and_then(|digits| digits.parse().ok()) else { return Ok(None) };
    let places = sitemaps::of_datasets(&state.services, number, sitemap::DATASETS).await?;
    Ok(Some(places).filter(|places| !places.is_empty()))
}

/// A name as XML in as many letters as OpenSearch allows; cut before it is escaped, so that no entity is.
fn short(name: &str, letters: usize) -> String {
    xml(name.chars().take(letters).collect::<String>().trim_end())
}

/// How to search the site from a browser's address bar (OpenSearch 1.1).
async fn open_search(State(state): State<AppState>) -> Response {
    let (name, site) = (&state.config.site_name, xml(site(&state)));
    let (short, long, name) = (short(name, 16), short(name, 48), xml(name));
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>{short}</ShortName>\n<LongName>{long}</LongName>\n<Description>{name}</Description>\n\
         <InputEncoding>UTF-8</InputEncoding>\n<OutputEncoding>UTF-8</OutputEncoding>\n<Language>en-GB</Language>\n<Language>cy-GB</Language>\n\
         <Image width=\"16\" height=\"16\" type=\"image/svg+xml\">{site}/assets/favicon.svg</Image>\n\
         <Url type=\"text/html\" template=\"{site}/search?q={{searchTerms}}\"/>\n\
         <Url type=\"application/atom+xml\" template=\"{site}/search/feed.atom?q={{searchTerms}}\"/>\n\
         <Url type=\"application/rss+xml\" template=\"{site}/search/feed.rss?q={{searchTerms}}\"/>\n\
         <Url type=\"application/opensearchdescription+xml\" rel=\"self\" template=\"{site}/opensearch.xml\"/>\n\
         </OpenSearchDescription>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, "application/opensearchdescription+xml; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (StatusCode::OK, headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_name_is_cut_between_letters_and_never_within_an_entity() {
        assert_eq!(short("Prices & <Incomes> of Wales", 16), "Prices &amp; &lt;Income");
        assert_eq!(short("Cyfrifon Cymru &", 16), "Cyfrifon Cymru &amp;");
        assert_eq!(short("Catalogue of the data", 13), "Catalogue of");
    }
}
