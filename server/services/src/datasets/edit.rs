//! Changing a dataset's draft, or deleting what was never public.

use domain::actor::Caller;
use domain::dataset::{Dataset, DatasetMetadata};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use persistence::{PersistenceError, Tx, datasets};

use super::create::unknown_topics;
use crate::imports::Did;
use crate::{Ctx, Result, Services, records};

/// Replaces the draft; what is public stays as it is until the next publication.
pub async fn edit(services: &Services, ctx: &Ctx, id: &str, expected: i64, draft: DatasetMetadata) -> Result<Dataset> {
    let tx = services.db.begin().await?;
    let (mut dataset, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsWrite, id).await?;
    let mut problems = draft.problems();
    problems.extend(unknown_topics(&tx, &draft).await?);
    all_valid(problems)?;
    if dataset.revision != expected {
        return Err(Refusal::Stale.into());
    }
    crate::imports::keep(&tx, ctx, Did::EditedDraft(&dataset)).await?;
    put_draft(&tx, ctx, caller, &mut dataset, draft).await?;
    persistence::db::commit(tx).await?;
    Ok(dataset)
}

/// Gives a dataset, which was found for the caller, another draft, and records that.
pub(crate) async fn put_draft(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    dataset: &mut Dataset,
    draft: DatasetMetadata,
) -> Result<()> {
    dataset.last_edited_by = caller.actor.clone();
    dataset.last_updated = ctx.now;
    if !datasets::save_draft(tx, dataset, &draft).await? {
        return Err(Refusal::Stale.into());
    }
    let id = &dataset.id;
    super::drafts::must_not_be_approved(tx, ctx, id, None).await?;
    super::drafts::tell_reviewers(tx, ctx, id).await?;
    records::change(tx, ctx, caller, records::dataset(id), "edited", &dataset.working(), &draft).await?;
    dataset.draft = Some(draft);
    dataset.revision += 1;
    Ok(())
}

/// Deletes a dataset that was never public, unless a version of it is in a bundle.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let tx = services.db.begin().await?;
    let (dataset, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsWrite, id).await?;
    if dataset.revision != expected {
        return Err(Refusal::Stale.into());
    }
    if dataset.published_at.is_some() {
        return Err(Refusal::blocked("published", "A published dataset cannot be deleted.").into());
    }
    remove(&tx, ctx, caller, &dataset).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Takes a dataset away that was never public and was found for the caller, and records that.
pub(crate) async fn remove(tx: &Tx, ctx: &Ctx, caller: &Caller, dataset: &Dataset) -> Result<()> {
    let id = &dataset.id;
    match datasets::delete_unpublished(tx, id, dataset.revision).await {
        Err(PersistenceError::Reference(_)) => {
            return Err(
                Refusal::blocked("in_bundle", "A version of this dataset is in a bundle. Take it out first.").into()
            );
        }
        Ok(false) => return Err(Refusal::Stale.into()),
        other => other?,
    };
    let before = serde_json::json!({"type": dataset.kind, "department": dataset.department, "draft": dataset.draft});
    records::change(tx, ctx, caller, records::dataset(id), "deleted", &before, &()).await
}
