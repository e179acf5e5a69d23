//! Beginning a version.

use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use domain::version::{Version, VersionMetadata, VersionState};
use persistence::{PersistenceError, editions, versions};

use crate::imports::Did;
use crate::{Ctx, Result, Services, ids, records};

/// A version to begin.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// What editors say about it.
    pub metadata: VersionMetadata,
}

/// Begins the next version of an edition; numbers count up without gaps.
pub async fn create(services: &Services, ctx: &Ctx, new: NewVersion) -> Result<Version> {
    let tx = services.db.begin().await?;
    let (dataset, caller) =
        crate::datasets::find_to_change(&tx, ctx, Permission::DatasetsWrite, &new.dataset_id).await?;
    let edition = editions::find_visible_to(&tx, &ctx.reach(), &dataset.id, &new.edition).await?;
    let edition = edition.ok_or(Refusal::NotFound)?;
    all_valid(new.metadata.problems())?;
    let mut metadata = new.metadata;
    super::alerts::name_alerts(ctx, &mut metadata);
    let version = Version {
        id: ids::new_id(ctx.now),
        version: versions::next_number(&tx, &dataset.id, &edition.edition).await?,
        dataset_id: dataset.id,
        edition: edition.edition,
        edition_title: edition.title,
        state: VersionState::Created,
        metadata,
        created_by: caller.actor.clone(),
        last_edited_by: caller.actor.clone(),
        approved_by: None,
        approved_at: None,
        published_at: None,
        last_updated: ctx.now,
        revision: 1,
    };
    match versions::insert(&tx, &version).await {
        Err(PersistenceError::Duplicate(_)) => {
            return Err(
                Refusal::blocked("version_taken", "Somebody else has just begun this version. Try again.").into()
            );
        }
        other => other?,
    }
    let reference = version.reference();
    records::change(&tx, ctx, caller, records::version(&reference), "created", &(), &version.metadata).await?;
    crate::imports::keep(&tx, ctx, Did::BeganVersion(&version)).await?;
    persistence::db::commit(tx).await?;
    Ok(version)
}

/// What the next version of an edition begins with, from the last one that the caller sees.
pub async fn carried_forward(
    services: &Services,
    ctx: &Ctx,
    dataset_id: &str,
    edition: &str,
) -> Result<VersionMetadata> {
    let known = versions::list_visible_to(services.db.pool(), &ctx.reach(), dataset_id, edition).await?;
    Ok(known.first().map(|last| last.metadata.carried_forward()).unwrap_or_default())
}
