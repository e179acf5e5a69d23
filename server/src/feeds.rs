//! Feeds of everything that can be followed: Atom and RSS, in both languages.

use app::i18n::{t, ta, text};
use app::pages::site::{asked, said};
use axum::Router;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::calendar::{self, Calendar, Event};
use domain::catalogue::SearchQuery;
use domain::feed::{Feed, FeedFormat, other_pages};
use domain::language::Language;
use domain::refusal::Refusal;
use domain::release::CalendarQuery;
use domain::subscription::Target;
use services::feeds::{Part, Words};
use services::{Ctx, ServiceError, Services, feeds, subscriptions};
use sha2::{Digest, Sha256};

use crate::api::ctx::RequestCtx;
use crate::api::none_match_holds;
use crate::api::problem::Problem;
use crate::pages;
use crate::state::AppState;

/// Every feed, in both forms and languages.
pub fn router() -> Router<AppState> {
    let mut router = Router::new();
    for language in ["", "/cy"] {
        for format in ["atom", "rss"] {
            router = router
                .route(&format!("{language}/search/feed.{format}"), get(search))
                .route(&format!("{language}/topics/{{id}}/feed.{format}"), get(topic))
                .route(&format!("{language}/catalogue/{{id}}/feed.{format}"), get(dataset))
                .route(&format!("{language}/corrections.{format}"), get(corrections))
                .route(&format!("{language}/releases.{format}"), get(releases))
                .route(&format!("{language}/status.{format}"), get(status));
        }
    }
    router
}

/// What a handler needs of the request.
pub(crate) struct Asked {
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    /// The language of the address.
    pub(crate) language: Language,
}

impl Asked {
    /// What is asked for by this address and with these headers.
    pub(crate) fn of(state: AppState, uri: Uri, headers: &HeaderMap) -> Self {
        let language = if uri.path().starts_with("/cy/") { Language::Cy } else { Language::En };
        Self { state, uri, headers: headers.clone(), language }
    }

    /// Where entries lead, and the words of the pages.
    pub(crate) fn site(&self) -> feeds::Site<'_> {
        let address = self.state.config.public_url.trim_end_matches('/');
        let words = Words { alert: said::alert, release: said::release, incident: said::incident };
        feeds::Site { address, language: self.language, words }
    }

    /// The address with its query, without the language.
    pub(crate) fn path(&self) -> String {
        let whole = self.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        whole.strip_prefix("/cy").map(str::to_owned).unwrap_or(whole)
    }

    /// Which page of the feed is asked for, from 1.
    fn number(&self) -> u32 {
        asked::number(&self.path(), feeds::ENTRIES)
    }

    /// The address of a page of the feed; the first says no number.
    fn address(&self, number: u32) -> String {
        let query = self.uri.query().unwrap_or_default();
        let kept = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("page=")).map(str::to_owned);
        let parts: Vec<String> = kept.chain((number > 1).then(|| format!("page={number}"))).collect();
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        format!("{}{}{query}", self.site().address, self.uri.path())
    }

    /// The feed with these entries; `page` shows the same to people.
    fn answer(&self, title: &str, about: String, page: &str, part: Part) -> Response {
        let format = FeedFormat::of_path(self.uri.path());
        let author = self.state.config.site_name.clone();
        let feed = Feed {
            title: format!("{title} - {author}"),
            about,
            page: format!("{}{}{page}", self.site().address, self.language.path_prefix()),
            name: self.address(1),
            own: self.address(self.number()),
            pages: other_pages(self.number(), part.pages, |number| self.address(number)),
            author,
            language: self.language,
            entries: part.entries,
        };
        self.send(format.media_type(), feed.write(format))
    }

    /// The calendar with these events.
    pub(crate) fn calendar(&self, title: &str, events: Vec<Event>) -> Response {
        let name = format!("{title} - {}", self.state.config.site_name);
        self.send(calendar::MEDIA_TYPE, Calendar { name, events }.write())
    }

    /// The picture for a link, which other sites may show.
    pub(crate) fn picture(&self, png: Vec<u8>) -> Response {
        let mut answer = self.send("image/png", png);
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        answer.headers_mut().insert(policy, HeaderValue::from_static("cross-origin"));
        answer
    }

    /// The body, or that the reader has it already.
    fn send(&self, media_type: &'static str, body: impl AsRef<[u8]> + IntoResponse) -> Response {
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(body.as_ref())[..16]));
        let headers = [
            (header::CACHE_CONTROL, "public, max-age=0, must-revalidate".to_owned()),
            (header::ETAG, tag.clone()),
            (header::CONTENT_TYPE, media_type.to_owned()),
        ];
        if none_match_holds(&self.headers, &tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, body).into_response()
    }
}

/// What is hidden or missing is the same page as any other address that is nothing.
pub(crate) async fn or_missing(
    state: AppState,
    ctx: &Ctx,
    request: Request,
    found: Result<Response, ServiceError>,
) -> Response {
    match found {
        Ok(answer) => answer,
        Err(ServiceError::Refused(Refusal::NotFound)) => pages::unknown_page(State(state), request).await,
        Err(error) => Problem::new(ctx, error).into_response(),
    }
}

async fn search(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let query = asked::search(&asked_for.path(), asked_for.language);
    let found = async {
        let (services, lang) = (&state.services, asked_for.language);
        let (title, page) = (title_of_search(services, lang, &query).await?, asked::page_of_search(&query));
        let part = feeds::of_search(services, asked_for.site(), query, asked_for.number()).await?;
        Ok(asked_for.answer(&title, t(lang, "feed-search-about"), &page, part))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}

/// What a list of what a search finds is called, by its words and filters.
pub(crate) async fn title_of_search(
    services: &Services,
    language: Language,
    query: &SearchQuery,
) -> Result<String, ServiceError> {
    let about = subscriptions::name(services, &Target::Search(query.kept())).await?;
    Ok(said::search(language, &about))
}

async fn topic(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = feeds::of_topic(&state.services, asked_for.site(), &id, asked_for.number()).await;
    let found = found.map(|(title, part)| {
        let about = ta(asked_for.language, "feed-topic-about", &[("title", text(title.clone()))]);
        asked_for.answer(&title, about, &format!("/topics/{}", domain::text::escaped(&id)), part)
    });
    or_missing(state, &ctx, request, found).await
}

async fn dataset(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = feeds::of_dataset(&state.services, asked_for.site(), &id, asked_for.number()).await;
    let found = found.map(|(title, part)| {
        let about = ta(asked_for.language, "feed-dataset-about", &[("title", text(title.clone()))]);
        asked_for.answer(&title, about, &format!("/catalogue/{}", domain::text::escaped(&id)), part)
    });
    or_missing(state, &ctx, request, found).await
}

async fn corrections(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let query = asked::corrections(&asked_for.path());
    let lang = asked_for.language;
    let (title, page) = (said::corrections(lang, &query), asked::page_of_corrections(&query));
    let found = feeds::of_corrections(&state.services, asked_for.site(), query, asked_for.number()).await;
    let found = found.map(|part| asked_for.answer(&title, t(lang, "corrections-lead"), &page, part));
    or_missing(state, &ctx, request, found).await
}

async fn releases(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let query = asked::releases(&asked_for.path());
    let found = async {
        let (services, lang) = (&state.services, asked_for.language);
        let (title, page) = (title_of_releases(services, lang, &query).await?, asked::page_of_releases(&query));
        let part = feeds::of_releases(services, &ctx, asked_for.site(), query, asked_for.number()).await?;
        Ok(asked_for.answer(&title, t(lang, "releases-lead"), &page, part))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}

async fn status(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let lang = asked_for.language;
    let found = feeds::of_incidents(&state.services, &ctx, asked_for.site(), asked_for.number()).await;
    let found = found.map(|part| asked_for.answer(&t(lang, "status-title"), t(lang, "status-lead"), "/status", part));
    or_missing(state, &ctx, request, found).await
}

/// What a part of the release calendar is called, by what was chosen in it.
pub(crate) async fn title_of_releases(
    services: &Services,
    language: Language,
    query: &CalendarQuery,
) -> Result<String, ServiceError> {
    let topic = match &query.topic {
        Some(id) => Some(feeds::title_of_topic(services, language, id).await?),
        None => None,
    };
    Ok(said::releases(language, query, topic.as_deref()))
}
