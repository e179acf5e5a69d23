//! Reading, exporting and verifying the trail.

use domain::event::{Event, Record, Verdict};
use domain::page::{Page, Paging};
use domain::refusal::Refusal;
use futures::{Stream, TryStreamExt, stream};
use persistence::events::{self, EventFilter};
use serde_json::json;

use super::{AuditQuery, must_read_all};
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services};

/// Records that an export holds in memory at once.
const BATCH: u64 = 500;

/// A page of the trail, in the order of the chain.
pub async fn list(services: &Services, ctx: &Ctx, query: &AuditQuery, paging: Paging) -> Result<Page<Record>> {
    must_read_all(ctx)?;
    let filter = query.filter(services).await?;
    Ok(events::list(services.db.pool(), &filter, paging).await?)
}

/// A page of what the caller did themselves, the newest first; not for a token, which may reach a part of that alone.
pub async fn own(services: &Services, ctx: &Ctx, paging: Paging) -> Result<Page<Event>> {
    let caller = ctx.caller()?;
    if ctx.is_through_token() {
        return Err(Refusal::Unauthenticated.into());
    }
    let filter = EventFilter { actors: vec![caller.actor.id.clone()], ..EventFilter::default() };
    Ok(events::list(services.db.pool(), &filter, paging).await?.map(|record| record.event))
}

/// Everything that the query finds, record by record, as it was when the export began; the export is itself recorded.
pub async fn export(
    services: &Services,
    ctx: &Ctx,
    query: AuditQuery,
    format: &str,
) -> Result<impl Stream<Item = Result<Record>> + Send + use<>> {
    must_read_all(ctx)?;
    let filter = query.filter(services).await?;
    let upto = events::newest(services.db.pool()).await?;
    let tx = services.db.begin().await?;
    let about = About { resource_type: "audit", resource_id: "trail" };
    let details = json!({"format": format, "query": query, "up_to_sequence": upto});
    // A record belongs to one bundle at most.
    let bundle = query.bundles.first().cloned().filter(|_| query.bundles.len() == 1);
    Entry::new(ctx, &ctx.caller()?.actor, about, "exported").details(details).in_bundle(bundle).write(&tx);
    persistence::db::commit(tx).await?;
    let db = services.db.clone();
    let batches = stream::try_unfold(None, move |last| {
        let (db, filter) = (db.clone(), filter.clone());
        async move {
            let records = events::batch(db.pool(), &filter, last, upto, BATCH).await?;
            let next = records.last().map(|record| record.sequence);
            Ok::<_, crate::ServiceError>(next.map(|next| (records, Some(next))))
        }
    });
    Ok(batches.map_ok(|records| stream::iter(records.into_iter().map(Ok))).try_flatten())
}

/// Checks the whole chain; the verdict names the first record that does not hold.
pub async fn verify(services: &Services, ctx: &Ctx) -> Result<Verdict> {
    must_read_all(ctx)?;
    Ok(events::verify(services.db.pool()).await?)
}
