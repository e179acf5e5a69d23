//! What is there now of what an import did.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::actor::Caller;
use domain::dataset::{Dataset, DatasetMetadata};
use domain::imported::{ImportedKind, Present, PresentDataset, Touched};
use domain::policy::Permission;
use persistence::imports::{self, Kept, Locked};
use persistence::{Connection, bundles, contents, datasets, files, topics};
use serde::de::DeserializeOwned;

use crate::{Result, ServiceError};

/// What is there now of what an import did, for somebody who may undo it. For whoever has locked it, what was not free counts as
/// being changed.
pub(super) async fn present(
    db: &impl Connection,
    caller: &Caller,
    kept: &[Kept],
    locked: Option<&Locked>,
) -> Result<Present> {
    let ids: Vec<&str> = distinct(kept.iter().map(|kept| kept.item.dataset_id.as_str()));
    let version_ids: Vec<&str> = distinct(kept.iter().filter_map(|kept| kept.item.version_id.as_deref()));
    let file_ids: Vec<&str> = distinct(kept.iter().filter_map(|kept| kept.item.file_id.as_deref()));
    let held: HashSet<String> = contents::held_among(db, &version_ids).await?.into_iter().collect();
    let mut present = Present {
        datasets: BTreeMap::new(),
        editions: imports::editions_of(db, &ids).await?,
        versions: imports::versions_of(db, &ids, &held).await?,
        files: files::encodings_of(db, &file_ids).await?.into_keys().collect(),
    };
    let drafts = drafts_of(kept)?;
    let topics = topics_of(db, &drafts).await?;
    for dataset in datasets::list_by_ids(db, &ids).await? {
        let mut found = as_present(caller, &dataset);
        if let Some(draft) = drafts.get(dataset.id.as_str()) {
            found.is_approved = bundles::approved_with(db, &dataset.id, None).await?.is_some();
            found.lost_topic = draft.topics.iter().find(|topic| !topics.contains(*topic)).cloned();
        }
        present.datasets.insert(dataset.id, found);
    }
    if let Some(locked) = locked {
        note_busy(&mut present, locked);
    }
    Ok(present)
}

/// What was said of a thing before, as what it was.
pub(super) fn was<T: DeserializeOwned>(kept: &Kept) -> Result<T> {
    let was = kept.was.clone().unwrap_or_default();
    serde_json::from_value(was)
        .map_err(|error| ServiceError::Internal(format!("what an import found cannot be read: {error}")))
}

fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The drafts of before the import that are still to be put back, by dataset.
fn drafts_of(kept: &[Kept]) -> Result<BTreeMap<&str, DatasetMetadata>> {
    let open = |kept: &&Kept| kept.item.kind == ImportedKind::Draft && kept.item.taken_back_at.is_none();
    kept.iter().filter(open).map(|kept| Ok((kept.item.dataset_id.as_str(), was(kept)?))).collect()
}

/// Those of the topics of these drafts that there are.
async fn topics_of(db: &impl Connection, drafts: &BTreeMap<&str, DatasetMetadata>) -> Result<BTreeSet<String>> {
    let named: BTreeSet<&String> = drafts.values().flat_map(|draft| &draft.topics).collect();
    let named: Vec<String> = named.into_iter().cloned().collect();
    Ok(topics::known(db, &named).await?.into_iter().collect())
}

fn as_present(caller: &Caller, dataset: &Dataset) -> PresentDataset {
    PresentDataset {
        may_write: caller.may_for(Permission::DatasetsWrite, &dataset.department, &dataset.id),
        is_busy: false,
        is_public: dataset.published_at.is_some(),
        revision: dataset.revision,
        touched: Touched { by: dataset.last_edited_by.name.clone(), at: dataset.last_updated },
        is_approved: false,
        lost_topic: None,
    }
}

fn note_busy(present: &mut Present, locked: &Locked) {
    for (id, dataset) in &mut present.datasets {
        dataset.is_busy = !locked.datasets.contains(id);
    }
    for (id, edition) in &mut present.editions {
        edition.is_busy = !locked.editions.contains(id);
    }
    for (id, version) in &mut present.versions {
        version.is_busy = !locked.versions.contains(id);
    }
}
