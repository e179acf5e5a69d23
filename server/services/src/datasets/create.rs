//! Beginning a dataset or an edition.

use domain::dataset::{Dataset, DatasetMetadata, Edition};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::slug::Slug;
use persistence::{PersistenceError, datasets, editions, topics};

use crate::ctx::forbidden;
use crate::imports::Did;
use crate::{Ctx, Result, Services, records};

/// A dataset to begin.
#[derive(Clone, Debug)]
pub struct NewDataset {
    /// The slug.
    pub id: String,
    /// `static`.
    pub kind: String,
    /// The owning department's slug.
    pub department: String,
    /// What editors say about it.
    pub metadata: DatasetMetadata,
}

/// Begins a dataset; nothing of it is public until a version of it is published.
pub async fn create(services: &Services, ctx: &Ctx, new: NewDataset) -> Result<Dataset> {
    let caller = ctx.caller_with(Permission::DatasetsWrite)?;
    let tx = services.db.begin().await?;
    let mut problems = new.metadata.problems();
    if let Err(problem) = Slug::parse_beside_new("id", &new.id) {
        problems.push(problem);
    }
    if !topics::department_exists(&tx, &new.department).await? {
        problems.push(FieldProblem::new("department", "unknown", "Choose one of the departments."));
    }
    problems.extend(unknown_topics(&tx, &new.metadata).await?);
    all_valid(problems)?;
    if !caller.may_for(Permission::DatasetsWrite, &new.department, &new.id) {
        return Err(forbidden(Permission::DatasetsWrite).into());
    }
    let dataset = Dataset {
        id: new.id,
        kind: new.kind,
        department: new.department,
        published: None,
        draft: Some(new.metadata),
        published_at: None,
        last_updated: ctx.now,
        created_by: caller.actor.clone(),
        last_edited_by: caller.actor.clone(),
        revision: 1,
    };
    match datasets::insert(&tx, &dataset).await {
        Err(PersistenceError::Duplicate(_)) => {
            drop(tx);
            return Err(taken(services, ctx, &dataset.id).await?.into());
        }
        other => other?,
    }
    let after = serde_json::json!({"type": dataset.kind, "department": dataset.department, "draft": dataset.draft});
    records::change(&tx, ctx, caller, records::dataset(&dataset.id), "created", &(), &after).await?;
    crate::imports::keep(&tx, ctx, Did::MadeDataset(&dataset)).await?;
    persistence::db::commit(tx).await?;
    Ok(dataset)
}

/// The refusal of an id that another dataset has. Where the caller may not know of that one, it says no more than that the
/// id cannot be had, and the try is recorded: to find hidden datasets by guessing leaves a trail (docs/adr/0016).
async fn taken(services: &Services, ctx: &Ctx, id: &str) -> Result<Refusal> {
    if datasets::find_visible_to(services.db.pool(), &ctx.reach(), id).await?.is_some() {
        return Ok(Refusal::blocked("id_taken", format!("There is a dataset with the id {id} already.")));
    }
    let tx = services.db.begin().await?;
    let details = serde_json::json!({"why": "a dataset that the caller may not see has the id"});
    records::note(&tx, ctx, ctx.caller()?, records::dataset(id), "id_refused", details).await?;
    persistence::db::commit(tx).await?;
    Ok(Refusal::blocked("id_taken", format!("The id {id} cannot be used. Choose another.")))
}

/// The problems of topics that do not exist; those that do stay until the transaction ends.
pub(super) async fn unknown_topics(tx: &persistence::Tx, metadata: &DatasetMetadata) -> Result<Vec<FieldProblem>> {
    let known = topics::known(tx, &metadata.topics).await?;
    Ok(metadata
        .topics
        .iter()
        .enumerate()
        .filter(|(_, id)| !known.contains(id))
        .map(|(i, id)| FieldProblem::new(&format!("topics.{i}"), "unknown", format!("There is no topic {id}.")))
        .collect())
}

/// An edition to begin.
#[derive(Clone, Debug)]
pub struct NewEdition {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The title.
    pub title: String,
    /// The title in Welsh.
    pub title_cy: Option<String>,
}

/// Begins an edition.
pub async fn create_edition(services: &Services, ctx: &Ctx, new: NewEdition) -> Result<Edition> {
    let tx = services.db.begin().await?;
    let (dataset, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsWrite, &new.dataset_id).await?;
    let mut problems = Vec::new();
    if let Err(problem) = Slug::parse("edition", &new.edition) {
        problems.push(problem);
    }
    problems.extend(super::editions::title_problems(&new.title, new.title_cy.as_deref()));
    all_valid(problems)?;
    super::editions::must_be_only(&tx, &dataset.id, &new.edition, &new.title).await?;
    let edition = Edition {
        dataset_id: dataset.id,
        edition: new.edition,
        title: new.title,
        title_cy: new.title_cy,
        published_at: None,
        latest_version: None,
        latest_release: None,
        revision: 1,
    };
    match editions::insert(&tx, &edition, &caller.actor, ctx.now).await {
        Err(PersistenceError::Duplicate(_)) => {
            let message = format!("The dataset has an edition {} already.", edition.edition);
            return Err(Refusal::blocked("edition_taken", message).into());
        }
        other => other?,
    }
    let about = records::dataset(&edition.dataset_id);
    let entry = records::Entry::new(ctx, &caller.actor, about, "edition_created");
    let after = serde_json::json!({"edition": edition.edition, "title": edition.title, "title_cy": edition.title_cy});
    entry.details(serde_json::json!({"edition": edition.edition})).change(&(), &after)?.write(&tx);
    crate::imports::keep(&tx, ctx, Did::BeganEdition(&edition)).await?;
    persistence::db::commit(tx).await?;
    Ok(edition)
}
