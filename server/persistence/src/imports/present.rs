//! What is there now of the datasets of an import, and locking it for whoever takes the import back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::actor::Actor;
use domain::imported::{ImportedItem, ImportedKind, PresentEdition, PresentVersion, Touched};
use domain::version::VersionState;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::{count, from_json, instant, word};
use crate::entities::{dataset, edition, version};
use crate::error::Result;

/// What nobody else is changing, by id; of editions dataset and id.
#[derive(Clone, Debug, Default)]
pub struct Locked {
    /// Datasets.
    pub datasets: BTreeSet<String>,
    /// Editions.
    pub editions: BTreeSet<(String, String)>,
    /// Versions, by the ids of their rows.
    pub versions: BTreeSet<String>,
}

/// Locks these things until the transaction ends, as far as nobody else is changing them: datasets, editions and versions that they
/// are themselves, and the versions of files, but not what holds these, since publications wait for it. It waits for nobody, so that
/// no two wait for each other.
pub async fn lock_free(db: &impl ConnectionTrait, items: &[&ImportedItem]) -> Result<Locked> {
    let versions: BTreeSet<&str> = items.iter().filter_map(|item| item.version_id.as_deref()).collect();
    let versions: Vec<String> = version::Entity::find()
        .select_only()
        .column(version::Column::Id)
        .filter(version::Column::Id.is_in(versions))
        .order_by_asc(version::Column::Id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    let began: Vec<&ImportedItem> = items.iter().copied().filter(|item| item.kind == ImportedKind::Edition).collect();
    let editions: Vec<(String, String)> = edition::Entity::find()
        .select_only()
        .column(edition::Column::DatasetId)
        .column(edition::Column::Id)
        .filter(edition::Column::DatasetId.is_in(began.iter().map(|item| item.dataset_id.as_str())))
        .filter(edition::Column::Id.is_in(began.iter().filter_map(|item| item.edition.as_deref())))
        .order_by_asc(edition::Column::DatasetId)
        .order_by_asc(edition::Column::Id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    let is_dataset = |item: &&&ImportedItem| matches!(item.kind, ImportedKind::Dataset | ImportedKind::Draft);
    let datasets: BTreeSet<&str> = items.iter().filter(is_dataset).map(|item| item.dataset_id.as_str()).collect();
    let datasets: Vec<String> = dataset::Entity::find()
        .select_only()
        .column(dataset::Column::Id)
        .filter(dataset::Column::Id.is_in(datasets))
        .order_by_asc(dataset::Column::Id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Locked {
        datasets: datasets.into_iter().collect(),
        editions: editions.into_iter().collect(),
        versions: versions.into_iter().collect(),
    })
}

/// The editions of these datasets, whoever may see them.
pub async fn editions_of(
    db: &impl ConnectionTrait,
    datasets: &[&str],
) -> Result<BTreeMap<(String, String), PresentEdition>> {
    let rows =
        edition::Entity::find().filter(edition::Column::DatasetId.is_in(datasets.iter().copied())).all(db).await?;
    let found = rows.into_iter().map(|row| {
        let edition = PresentEdition {
            is_busy: false,
            is_public: row.published_at.is_some(),
            revision: row.revision,
            made_at: instant(row.created_at)?,
        };
        Ok(((row.dataset_id, row.id), edition))
    });
    found.collect()
}

/// A version's columns without what is said of it.
type Columns = (String, String, String, i64, String, i64, i64, String);

/// The versions of these datasets by the ids of their rows, whoever may see them; `held` are those that a bundle holds.
pub async fn versions_of(
    db: &impl ConnectionTrait,
    datasets: &[&str],
    held: &HashSet<String>,
) -> Result<BTreeMap<String, PresentVersion>> {
    let rows: Vec<Columns> = version::Entity::find()
        .select_only()
        .columns([
            version::Column::Id,
            version::Column::DatasetId,
            version::Column::Edition,
            version::Column::Number,
            version::Column::State,
            version::Column::Revision,
            version::Column::LastUpdated,
            version::Column::LastEditedBy,
        ])
        .filter(version::Column::DatasetId.is_in(datasets.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let found = rows.into_iter().map(|(id, dataset_id, edition, number, state, revision, updated, editor)| {
        let editor: Actor = from_json(&editor)?;
        let version = PresentVersion {
            dataset_id,
            edition,
            number: count(number)?,
            is_busy: false,
            is_held: held.contains(&id),
            state: word(VersionState::parse(&state), &state)?,
            revision,
            touched: Touched { by: editor.name, at: instant(updated)? },
        };
        Ok((id, version))
    });
    found.collect()
}
