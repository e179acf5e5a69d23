//! How this node's search index stands beside the catalogue, and having it made anew while searches go on.

use std::sync::{Arc, Mutex, PoisonError};

use domain::operations::{IndexDesk, IndexRebuild, SoughtDataset};
use domain::policy::{Permission, Reach};
use domain::refusal::{FieldProblem, Refusal};
use persistence::datasets::{self, DatasetFilter};
use persistence::revisions;

use crate::records::{self, About};
use crate::{Ctx, Result, ServiceError, Services, operations};

/// The last making anew of this node's index that somebody asked for.
#[derive(Clone, Debug, Default)]
pub struct Rebuilding(Arc<Mutex<Option<IndexRebuild>>>);

impl Rebuilding {
    fn last(&self) -> Option<IndexRebuild> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// When the last ended without an index, if it did.
    pub(crate) fn failed_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.last().filter(|rebuild| rebuild.datasets.is_none()).and_then(|rebuild| rebuild.finished_at)
    }

    /// Notes a beginning, unless one goes on.
    fn begin(&self, now: chrono::DateTime<chrono::Utc>) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|rebuild| rebuild.finished_at.is_none()) {
            return false;
        }
        *last = Some(IndexRebuild { started_at: now, finished_at: None, so_far: 0, datasets: None });
        true
    }

    /// Tells how many datasets were read for the one that goes on, if one does.
    pub(super) fn has_read(&self, datasets: usize) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rebuild) = last.as_mut().filter(|rebuild| rebuild.finished_at.is_none()) {
            rebuild.so_far = u64::try_from(datasets).unwrap_or(u64::MAX);
        }
    }

    fn end(&self, now: chrono::DateTime<chrono::Utc>, datasets: Option<u64>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rebuild) = last.as_mut() {
            (rebuild.finished_at, rebuild.datasets) = (Some(now), datasets);
        }
    }
}

/// This node's index beside the catalogue; `sought` is the id of a dataset that somebody misses, or empty.
///
/// # Errors
/// `Forbidden` for who does not run the program; and where database or index fail.
pub async fn index_desk(services: &Services, ctx: &Ctx, sought: &str) -> Result<IndexDesk> {
    operations::watcher(ctx)?;
    let db = services.db.pool();
    let public = datasets::count_visible_to(db, &Reach::PublishedOnly, &DatasetFilter::default()).await?;
    let revision = revisions::current(db).await?;
    let index = services.index.clone();
    let asked = sought.trim().to_owned();
    let id = asked.clone();
    let (held, bytes, is_held) = tokio::task::spawn_blocking(move || {
        let is_held = !id.is_empty() && index.holds(&id)?;
        Ok::<_, search::SearchError>((index.count(), index.bytes()?, is_held))
    })
    .await
    .map_err(|e| ServiceError::Internal(format!("a search thread stopped: {e}")))??;
    let sought = if asked.is_empty() {
        None
    } else {
        let is_public = datasets::find_visible_to(db, &Reach::PublishedOnly, &asked).await?.is_some();
        Some(SoughtDataset { id: asked, is_public, is_held })
    };
    Ok(IndexDesk {
        node: services.settings.node.clone(),
        cursor: services.index.cursor(),
        revision,
        held,
        public,
        bytes,
        rebuild: services.rebuilding.last(),
        sought,
    })
}

/// Begins to make this node's index anew from the database; searches find in the old one until the new one is whole.
///
/// # Errors
/// `Forbidden` without the right, `Blocked` while one is being made.
pub async fn begin_rebuild(services: &Services, ctx: &Ctx) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    if !services.rebuilding.begin(ctx.now) {
        let message = "The index is being made anew already. Wait until that is done.";
        return Err(Refusal::blocked("index_rebuilding", message).into());
    }
    if let Err(error) = noted(services, ctx, by).await {
        services.rebuilding.end(ctx.now, None);
        return Err(error);
    }
    let services = services.clone();
    tokio::spawn(async move {
        let of = services.clone();
        // In a task of its own, so that even one that stops halfway has an end, after which another can begin.
        let joined = tokio::spawn(async move { super::rebuild_index(&of).await }).await;
        let made = joined.unwrap_or_else(|e| Err(ServiceError::Internal(format!("making the index stopped: {e}"))));
        match &made {
            Ok(datasets) => tracing::info!(datasets, "the search index was made anew"),
            Err(error) => {
                let error = error as &dyn std::error::Error;
                tracing::error!(error, "the search index could not be made anew; the one of before is used");
            }
        }
        services.rebuilding.end(services.clock.now(), made.ok().map(|datasets| datasets as u64));
    });
    Ok(())
}

/// Has this node's index read one dataset again; true where it is public, so that search finds it now.
///
/// # Errors
/// `Invalid` without an id, `Forbidden` without the right; and where database or index fail.
pub async fn read_again(services: &Services, ctx: &Ctx, id: &str) -> Result<bool> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let id = id.trim();
    if id.is_empty() {
        return Err(Refusal::Invalid { problems: vec![FieldProblem::required("dataset")] }.into());
    }
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "search_index" };
    let details = serde_json::json!({"node": services.settings.node, "dataset": id});
    records::note(&tx, ctx, by, about, "index_dataset_read", details).await?;
    persistence::db::commit(tx).await?;
    super::sync_index::read_again(services, id).await?;
    let found = datasets::find_visible_to(services.db.pool(), &Reach::PublishedOnly, id).await?;
    Ok(found.is_some())
}

async fn noted(services: &Services, ctx: &Ctx, by: &domain::actor::Caller) -> Result<()> {
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "search_index" };
    let details = serde_json::json!({"node": services.settings.node});
    records::note(&tx, ctx, by, about, "index_rebuild_begun", details).await?;
    Ok(persistence::db::commit(tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_made_at_a_time() {
        let (rebuilding, at) = (Rebuilding::default(), |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap());
        assert!(rebuilding.begin(at(1)) && !rebuilding.begin(at(2)));
        assert_eq!(rebuilding.last().unwrap().started_at, at(1));
        rebuilding.has_read(5);
        assert_eq!(rebuilding.last().unwrap().so_far, 5);
        rebuilding.end(at(3), Some(7));
        rebuilding.has_read(9);
        assert_eq!(rebuilding.last().unwrap().so_far, 5);
        assert_eq!((rebuilding.last().unwrap().datasets, rebuilding.failed_at()), (Some(7), None));
        assert!(rebuilding.begin(at(4)));
        rebuilding.end(at(5), None);
        let last = rebuilding.last().unwrap();
        assert_eq!((last.finished_at, last.datasets), (Some(at(5)), None));
        assert_eq!(rebuilding.failed_at(), Some(at(5)));
    }
}
