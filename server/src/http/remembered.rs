//! Remembers answers that everybody gets alike, by the catalogue's revision: what one reader was told need not be made
//! again for the next, and one number makes every stale copy stale (docs/adr/0017).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::operations::CacheSight;
use futures::FutureExt;
use moka::future::Cache;

use super::places::Place;
use super::trace::{self, Meters};
use crate::api::none_match_holds;
use crate::state::AppState;
use crate::telemetry;

/// The most bytes of all remembered answers together.
const MAX_TOTAL: u64 = 64 << 20;
/// The most bytes of one answer that is remembered.
const MAX_ANSWER: usize = 512 << 10;
/// What makes an answer personal or partial; a request with one of these is always answered anew.
const PERSONAL: [HeaderName; 5] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::RANGE,
    header::ORIGIN,
    HeaderName::from_static("subscription-token"),
];

/// What an answer depends on, given that nobody in particular asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    revision: u64,
    index: u64,
    /// The second, for pages: they speak of the time.
    second: i64,
    /// The address, and what the reader accepts: one a line, as none of them can hold a line's end.
    asked: String,
}

impl Key {
    fn of(state: &AppState, revision: u64, uri: &Uri, headers: &HeaderMap) -> Self {
        let address = uri.path_and_query().map(PathAndQuery::as_str).unwrap_or_default();
        let (accept, encodings) = (text(headers, &header::ACCEPT), text(headers, &header::ACCEPT_ENCODING));
        let mut asked = String::with_capacity(address.len() + accept.len() + encodings.len() + 2);
        for (place, line) in [address, accept, encodings].into_iter().enumerate() {
            asked.extend((place > 0).then_some('\n'));
            asked.push_str(line);
        }
        Self {
            revision,
            index: state.services.index.cursor(),
            second: if Place::of(uri.path()) == Place::Page { state.services.clock.now().timestamp() } else { 0 },
            asked,
        }
    }
}

/// An answer as it left the handlers, and later as it left the program.
#[derive(Debug)]
pub struct Kept {
    headers: HeaderMap,
    body: Bytes,
    route: Option<String>,
    complete: OnceLock<Complete>,
}

/// What is sent, and what counts it.
#[derive(Debug)]
pub struct Complete {
    /// All headers but those of one request.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The path, as it may stand in the log.
    pub path: String,
    /// The meters of its route.
    pub meters: Meters,
}

impl Kept {
    /// What is sent, its headers completed by `complete` the first time.
    pub fn completed(&self, place: Place, path: &str, complete: impl FnOnce(&mut HeaderMap)) -> &Complete {
        self.complete.get_or_init(|| {
            let mut headers = self.headers.clone();
            complete(&mut headers);
            let meters = Meters::of(place, self.route.as_deref(), path);
            Complete { headers, body: self.body.clone(), path: telemetry::masked(&trace::loggable(path)), meters }
        })
    }
}

/// Marks an answer whose body is made while it is sent and may be of any size: it is never gathered to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Streamed;

/// The remembered answers of this node; cheap to clone.
#[derive(Clone)]
pub struct Remembered(Cache<Key, Arc<Kept>>, Arc<Found>);

/// How often an answer was remembered, and how often it had to be made.
#[derive(Debug, Default)]
struct Found {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Remembered {
    /// The answer, if it is remembered; whether it is given is seen later.
    #[must_use]
    pub fn recall(&self, key: &Key) -> Option<Arc<Kept>> {
        // Reading waits for nobody; were it ever to, the router answers as well.
        self.0.get(key).now_or_never().flatten()
    }

    /// Counts an answer that was given from here.
    pub fn note_hit(&self) {
        self.1.hits.fetch_add(1, Ordering::Relaxed);
    }

    /// How often an answer was found here.
    #[must_use]
    pub fn sight(&self) -> CacheSight {
        CacheSight {
            name: "Answers that everybody gets alike".to_owned(),
            hits: self.1.hits.load(Ordering::Relaxed),
            misses: self.1.misses.load(Ordering::Relaxed),
            entries: self.0.entry_count(),
        }
    }
}

impl Default for Remembered {
    fn default() -> Self {
        let size =
            |key: &Key, kept: &Arc<Kept>| u32::try_from(kept.body.len() + key.asked.len() + 1024).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MAX_TOTAL).weigher(size).build(), Arc::default())
    }
}

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Remembered").field(&self.0.entry_count()).finish()
    }
}

/// Under what the answer to a request would be remembered now; nothing where it is not to be shared.
#[must_use]
pub fn key(state: &AppState, request: &Request) -> Option<Key> {
    let revision = may_be_shared(request).then(|| state.services.memory.known_revision()).flatten()?;
    Some(Key::of(state, revision, request.uri(), request.headers()))
}

/// Answers from memory where it can; many who ask for the same at once are answered by one making.
pub async fn answer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !may_be_shared(&request) {
        return next.run(request).await;
    }
    let Ok(revision) = state.services.memory.revision(&state.services.db).await else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let key = Key::of(&state, revision, &parts.uri, &parts.headers);
    let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // The whole answer is made, so that it can be kept; whether the reader has it already is asked afterwards.
    let asked = parts.headers.clone();
    parts.headers.remove(header::IF_NONE_MATCH);
    if let Some(kept) = state.remembered.0.get(&key).await {
        state.remembered.note_hit();
        return send(&asked, &kept);
    }
    state.remembered.1.misses.fetch_add(1, Ordering::Relaxed);
    let again = again(&parts);
    let unkept: Mutex<Option<Response>> = Mutex::new(None);
    let made = state
        .remembered
        .0
        .try_get_with(key, async {
            match keep(next.clone().run(Request::from_parts(parts, body)).await, route).await {
                Ok(kept) => Ok(Arc::new(kept)),
                Err(other) => {
                    *unkept.lock().unwrap_or_else(PoisonError::into_inner) = Some(*other);
                    Err(())
                }
            }
        })
        .await;
    let own = unkept.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (made, own) {
        (Ok(kept), _) => send(&asked, &kept),
        // What is never kept was made without knowing what the reader has.
        (Err(_), Some(own)) if own.status() == StatusCode::OK && has_it(&asked, own.headers()) => {
            not_modified(own.headers().clone())
        }
        (Err(_), Some(own)) => own,
        // Somebody else made it, and it was not one to be shared.
        (Err(_), None) => next.clone().run(again).await,
    }
}

/// Reads by nobody in particular: of the API, and public pages.
fn may_be_shared(request: &Request) -> bool {
    let path = request.uri().path();
    let place = Place::of(path);
    let read = matches!(place, Place::PublicApi | Place::Page)
        && !path.starts_with("/v1/files")
        && !path.starts_with("/files");
    *request.method() == Method::GET && read && !PERSONAL.iter().any(|name| request.headers().contains_key(name))
}

/// The same request once more, for somebody whose turn it was not.
fn again(parts: &axum::http::request::Parts) -> Request {
    Request::from_parts(parts.clone(), Body::empty())
}

/// Takes an answer in where it says itself that it is public and the same for all; any other is given back.
async fn keep(answer: Response, route: Option<String>) -> Result<Kept, Box<Response>> {
    let public = text(answer.headers(), &header::CACHE_CONTROL).starts_with("public");
    let tagged = answer.headers().contains_key(header::ETAG) && !answer.headers().contains_key(header::SET_COOKIE);
    let size = http_body::Body::size_hint(answer.body()).upper().and_then(|size| usize::try_from(size).ok());
    let small = size.is_none_or(|size| size <= MAX_ANSWER);
    let whole = answer.extensions().get::<Streamed>().is_none();
    if answer.status() != StatusCode::OK || !public || !tagged || !small || !whole {
        return Err(Box::new(answer));
    }
    let (parts, body) = answer.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Ok(Kept { headers: parts.headers, body, route, complete: OnceLock::new() }),
        Err(error) => {
            tracing::warn!(%error, "an answer broke off while it was made");
            Err(Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
        }
    }
}

/// The kept answer, or 304 for a reader who has it already.
fn send(asked: &HeaderMap, kept: &Kept) -> Response {
    let headers = kept.headers.clone();
    if has_it(asked, &headers) { not_modified(headers) } else { whole(headers, kept.body.clone()) }
}

/// Whether the reader has what these headers belong to.
#[must_use]
pub fn has_it(asked: &HeaderMap, headers: &HeaderMap) -> bool {
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or("");
    asked.contains_key(header::IF_NONE_MATCH) && none_match_holds(asked, tag)
}

/// 304 with the headers of what the reader has.
#[must_use]
pub fn not_modified(mut headers: HeaderMap) -> Response {
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        headers.remove(name);
    }
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NOT_MODIFIED;
    *answer.headers_mut() = headers;
    answer
}

/// 200 with headers and body.
#[must_use]
pub fn whole(headers: HeaderMap, body: Bytes) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.headers_mut() = headers;
    answer
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}
