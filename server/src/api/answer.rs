//! Answers that succeed: tags, caching and pages.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::page::Page;
use serde::Serialize;
use services::Ctx;
use utoipa::ToSchema;

use super::Answer;
use super::ctx::Asked;
use super::etag::{none_match_holds, tag_of};

/// Answers depend on who asks and what they accept.
const VARY: &str = "Authorization, Cookie, Accept";

/// A part of a list, with the way to the parts beside it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PageOf)]
pub struct PageBody<T> {
    /// The items of this part.
    items: Vec<T>,
    /// How many they are.
    #[schema(example = 20)]
    count: usize,
    /// The most items that were asked for.
    #[schema(example = 20)]
    limit: u32,
    /// Items skipped.
    #[schema(example = 0)]
    offset: u32,
    /// The size of the whole list.
    #[schema(example = 45)]
    total_count: u64,
    /// The address of the next part.
    next: Option<String>,
    /// The address of the part before.
    previous: Option<String>,
}

impl<T> PageBody<T> {
    /// The part of a list that was asked for under `uri`.
    #[must_use]
    pub fn new(uri: &Uri, page: Page<T>) -> Self {
        let end = u64::from(page.offset).saturating_add(u64::from(page.limit));
        let before = page.offset.saturating_sub(page.limit);
        Self {
            count: page.items.len(),
            next: u32::try_from(end).ok().filter(|_| end < page.total_count).map(|offset| at(uri, page.limit, offset)),
            previous: (page.offset > 0).then(|| at(uri, page.limit, before)),
            items: page.items,
            limit: page.limit,
            offset: page.offset,
            total_count: page.total_count,
        }
    }
}

/// The same address with another place in the list.
fn at(uri: &Uri, limit: u32, offset: u32) -> String {
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(uri.query().unwrap_or("")).unwrap_or_default();
    pairs.retain(|(name, _)| name != "limit" && name != "offset");
    pairs.push(("limit".to_owned(), limit.to_string()));
    pairs.push(("offset".to_owned(), offset.to_string()));
    format!("{}?{}", uri.path(), serde_urlencoded::to_string(pairs).unwrap_or_default())
}

/// Answers a read, or 304 to somebody who has it already; the revision is for those who may base a change on it.
pub fn read<T: Serialize>(asked: &Asked, revision: Option<i64>, body: &T) -> Answer {
    let bytes = serde_json::to_vec(body)?;
    let tag = tag_of(revision, &bytes);
    let mut headers = caching(&asked.ctx);
    put(&mut headers, header::ETAG, &tag);
    if none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    put(&mut headers, header::CONTENT_TYPE, "application/json");
    Ok((headers, bytes).into_response())
}

/// Answers with JSON that is kept ready, or 304 to somebody who has it already.
pub fn kept(asked: &Asked, tag: &str, bytes: Bytes) -> Response {
    let mut headers = caching(&asked.ctx);
    put(&mut headers, header::ETAG, tag);
    if none_match_holds(&asked.headers, tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    put(&mut headers, header::CONTENT_TYPE, "application/json");
    (headers, bytes).into_response()
}

/// Answers a page of a list.
pub fn page<T: Serialize>(asked: &Asked, page: Page<T>) -> Answer {
    read(asked, None, &PageBody::new(&asked.uri, page))
}

/// Answers a change with the changed object.
pub fn changed<T: Serialize>(revision: Option<i64>, body: &T) -> Answer {
    written(StatusCode::OK, None, revision, body)
}

/// Answers a creation with the new object and its address.
pub fn created<T: Serialize>(location: &str, revision: Option<i64>, body: &T) -> Answer {
    written(StatusCode::CREATED, Some(location), revision, body)
}

/// Answers that something has begun, and where to look how it goes.
pub fn accepted<T: Serialize>(location: &str, revision: Option<i64>, body: &T) -> Answer {
    written(StatusCode::ACCEPTED, Some(location), revision, body)
}

/// Answers a deletion.
#[must_use]
pub fn deleted() -> Response {
    (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "private, no-store")]).into_response()
}

fn written<T: Serialize>(status: StatusCode, location: Option<&str>, revision: Option<i64>, body: &T) -> Answer {
    let bytes = serde_json::to_vec(body)?;
    let mut headers = HeaderMap::new();
    put(&mut headers, header::CACHE_CONTROL, "private, no-store");
    put(&mut headers, header::CONTENT_TYPE, "application/json");
    if revision.is_some() {
        put(&mut headers, header::ETAG, &tag_of(revision, &bytes));
    }
    if let Some(location) = location {
        put(&mut headers, header::LOCATION, location);
    }
    Ok((status, headers, bytes).into_response())
}

/// What caches may do with a read: the public's is looked at again each time, anybody else's is never kept.
#[must_use]
pub fn caching(ctx: &Ctx) -> HeaderMap {
    let control = if ctx.caller.is_some() { "private, no-store" } else { "public, max-age=0, must-revalidate" };
    let mut headers = HeaderMap::new();
    put(&mut headers, header::CACHE_CONTROL, control);
    put(&mut headers, header::VARY, VARY);
    headers
}

/// Sets a header; a value that cannot be one is left out.
pub fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use domain::page::Paging;

    use super::*;

    #[test]
    fn pages_lead_to_the_parts_beside_them_and_keep_the_question() {
        let uri: Uri = "/v1/datasets?q=a%26b&offset=20&limit=10".parse().unwrap();
        let body = PageBody::new(&uri, Page::new(vec![1, 2], 45, Paging { limit: 10, offset: 20 }));
        assert_eq!(body.next.as_deref(), Some("/v1/datasets?q=a%26b&limit=10&offset=30"));
        assert_eq!(body.previous.as_deref(), Some("/v1/datasets?q=a%26b&limit=10&offset=10"));
        assert_eq!(body.count, 2);
    }

    #[test]
    fn the_ends_of_a_list_have_no_neighbour() {
        let uri: Uri = "/datasets".parse().unwrap();
        let body = PageBody::new(&uri, Page::new(vec![1], 1, Paging::default()));
        assert_eq!((body.next, body.previous), (None, None));
        let beyond = PageBody::new(&uri, Page::<u8>::new(vec![], 1, Paging { limit: 20, offset: u32::MAX }));
        assert!(beyond.next.is_none() && beyond.previous.is_some());
    }
}
