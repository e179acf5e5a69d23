//! What a search found, all of it, as a file to take away.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::catalogue::{Hit, SearchQuery};
use domain::page::MAX_LIMIT;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use services::{ServiceError, Services, catalogue};

use super::audit::Form;
use super::csv;
use super::ctx::Asked;
use super::export::{CSV, taken_away, told};
use super::v1::{HitBody, hit_csv_head, hit_csv_line};

/// Everything that is found, in one stream.
pub fn whole(services: Services, asked: &Asked, query: SearchQuery, form: Form) -> Response {
    let pages = pages(services, query);
    let (name, media_type, body) = if form == Form::Csv {
        let head = stream::iter([Ok::<_, ServiceError>(Bytes::from(csv::line(hit_csv_head())))]);
        let lines = pages.map_ok(|hits| Bytes::from(hits.iter().map(hit_csv_line).collect::<String>()));
        ("csv", CSV, Body::from_stream(told(head.chain(lines))))
    } else {
        let lines = pages.and_then(|hits| async move { json_lines(hits) });
        ("jsonl", "application/jsonl; charset=utf-8", Body::from_stream(told(lines)))
    };
    taken_away(media_type, &format!("datasets-{}.{name}", asked.ctx.now.format("%Y%m%dT%H%M%SZ")), body)
}

/// Page after page, until all that was found is given out.
fn pages(services: Services, query: SearchQuery) -> impl Stream<Item = Result<Vec<Hit>, ServiceError>> {
    stream::try_unfold(Some(0_u32), move |offset| {
        let (services, query) = (services.clone(), query.clone());
        async move {
            let Some(offset) = offset else { return Ok(None) };
            let asked = SearchQuery { limit: MAX_LIMIT, offset, ..query };
            let found = catalogue::search(&services, asked).await?;
            let next = offset.saturating_add(MAX_LIMIT);
            let goes_on = u64::from(next) < found.total_count && !found.items.is_empty();
            Ok(Some((found.items, goes_on.then_some(next))))
        }
    })
}

fn json_lines(hits: Vec<Hit>) -> Result<Bytes, ServiceError> {
    let mut lines = Vec::new();
    for hit in hits {
        serde_json::to_writer(&mut lines, &HitBody::from(hit))
            .map_err(|e| ServiceError::Internal(format!("a result that cannot be written: {e}")))?;
        lines.push(b'\n');
    }
    Ok(Bytes::from(lines))
}
