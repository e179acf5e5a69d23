//! Feeds of everything that can be followed: Atom and RSS, in both languages.

use app::i18n::{t, ta, text};
use app::pages::site::asked;
use axum::Router;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::calendar::{self, Calendar, Event};
use domain::catalogue::SearchQuery;
use domain::feed::{Entry, Feed, FeedFormat};
use domain::language::Language;
use domain::refusal::Refusal;
use services::{Ctx, ServiceError, feeds};
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
                .route(&format!("{language}/releases.{format}"), get(releases));
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

    /// Where entries lead.
    pub(crate) fn site(&self) -> feeds::Site<'_> {
        feeds::Site { address: self.state.config.public_url.trim_end_matches('/'), language: self.language }
    }

    /// The address with its query, without the language.
    pub(crate) fn path(&self) -> String {
        let whole = self.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        whole.strip_prefix("/cy").map(str::to_owned).unwrap_or(whole)
    }

    /// The feed with these entries; `page` shows the same to people.
    fn answer(&self, title: String, about: String, page: &str, entries: Vec<Entry>) -> Response {
        let site = self.state.config.public_url.trim_end_matches('/');
        let format = FeedFormat::of_path(self.uri.path());
        let whole = self.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let author = self.state.config.site_name.clone();
        let feed = Feed {
            title: format!("{title} - {author}"),
            about,
            page: format!("{site}{}{page}", self.language.path_prefix()),
            own: format!("{site}{whole}"),
            author,
            language: self.language,
            entries,
        };
        self.send(format.media_type(), feed.write(format))
    }

    /// The calendar with these events.
    pub(crate) fn calendar(&self, title: &str, events: Vec<Event>) -> Response {
        let name = format!("{title} - {}", self.state.config.site_name);
        self.send(calendar::MEDIA_TYPE, Calendar { name, events }.write())
    }

    /// The body, or that the reader has it already.
    fn send(&self, media_type: &'static str, body: String) -> Response {
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
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
        let lang = asked_for.language;
        let title = title_of_search(lang, &query);
        let entries = feeds::of_search(&state.services, asked_for.site(), query.clone()).await?;
        let page =
            asked_for.path().replacen("/search/feed.atom", "/search", 1).replacen("/search/feed.rss", "/search", 1);
        Ok(asked_for.answer(title, t(lang, "feed-search-about"), &page, entries))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}

/// What a list of what a search finds is called.
pub(crate) fn title_of_search(language: Language, query: &SearchQuery) -> String {
    match query.q.trim() {
        "" => t(language, "feed-releases"),
        words => ta(language, "feed-search", &[("q", text(words))]),
    }
}

async fn topic(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = feeds::of_topic(&state.services, asked_for.site(), &id).await.map(|(title, entries)| {
        let about = ta(asked_for.language, "feed-topic-about", &[("title", text(title.clone()))]);
        asked_for.answer(title, about, &format!("/topics/{}", domain::text::escaped(&id)), entries)
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
    let found = feeds::of_dataset(&state.services, asked_for.site(), &id).await.map(|(title, entries)| {
        let about = ta(asked_for.language, "feed-dataset-about", &[("title", text(title.clone()))]);
        asked_for.answer(title, about, &format!("/catalogue/{}", domain::text::escaped(&id)), entries)
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
    let found = feeds::of_corrections(&state.services, asked_for.site(), query).await.map(|entries| {
        let lang = asked_for.language;
        asked_for.answer(t(lang, "corrections-title"), t(lang, "corrections-lead"), "/corrections", entries)
    });
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
    let found = feeds::of_releases(&state.services, &ctx, asked_for.site(), query).await.map(|entries| {
        let lang = asked_for.language;
        asked_for.answer(t(lang, "releases-title"), t(lang, "releases-lead"), "/releases", entries)
    });
    or_missing(state, &ctx, request, found).await
}
