//! Datasets with their versions, and bundles in every state.

use std::path::Path;

use chrono::Duration;
use domain::bundle::{BundleCommand, BundleDetails, BundleKind, BundleStage, Schedule};
use domain::page::Paging;
use domain::version::{VersionAction, VersionMetadata, VersionState};
use persistence::bundles::BundleFilter;
use persistence::datasets;

use super::fault;
use super::files::{BundleFile, DatasetFile, EditionFile, VersionFile, read, read_dataset};
use super::people::People;
use crate::bundles::{add_content, create, publish_due, take_step};
use crate::datasets::{NewDataset, NewEdition};
use crate::files::{NewFile, attach, receive};
use crate::versions::{NewVersion, VersionKey};
use crate::{Result, Services, versions};

const EDITOR: &str = "editor@example.org";
const APPROVER: &str = "approver@example.org";
const OPERATOR: &str = "operator@example.org";
const BACK_CATALOGUE: &str = "Back catalogue";

/// What was begun, and which versions of it are to be public from the start.
#[derive(Default)]
pub(super) struct Begun {
    pub datasets: usize,
    to_publish: Vec<VersionKey>,
}

/// Loads the datasets that are not there yet, up to the approval of their versions.
pub(super) async fn load_datasets(
    services: &Services,
    folder: &Path,
    people: &People,
    tell: &mut dyn FnMut(&str),
) -> Result<Begun> {
    let root = folder.join("datasets");
    let entries = std::fs::read_dir(&root).map_err(|e| fault(&format!("{} cannot be read: {e}", root.display())))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    let mut begun = Begun::default();
    let total = folders.len();
    for (i, path) in folders.iter().enumerate() {
        let (file, metadata) = read_dataset(&path.join("dataset.json"))?;
        if datasets::exists(services.db.pool(), &file.id).await? {
            continue;
        }
        tell(&format!("Loading dataset {} of {total}: {}", i + 1, metadata.title));
        let ctx = people.acting(services, EDITOR).await?;
        let new =
            NewDataset { id: file.id.clone(), kind: file.kind.clone(), department: file.department.clone(), metadata };
        crate::datasets::create(services, &ctx, new).await?;
        for edition in &file.editions {
            load_edition(services, path, people, &file, edition, &mut begun).await?;
        }
        begun.datasets += 1;
    }
    Ok(begun)
}

async fn load_edition(
    services: &Services,
    path: &Path,
    people: &People,
    file: &DatasetFile,
    edition: &EditionFile,
    begun: &mut Begun,
) -> Result<()> {
    let ctx = people.acting(services, EDITOR).await?;
    let new = NewEdition {
        dataset_id: file.id.clone(),
        edition: edition.edition.clone(),
        title: edition.title.clone(),
        title_cy: edition.title_cy.clone(),
    };
    crate::datasets::create_edition(services, &ctx, new).await?;
    for version in &edition.versions {
        let key =
            VersionKey { dataset_id: file.id.clone(), edition: edition.edition.clone(), version: version.version };
        load_version(services, path, people, &key, version).await?;
        if version.state == VersionState::Published {
            begun.to_publish.push(key);
        }
    }
    Ok(())
}

async fn load_version(
    services: &Services,
    path: &Path,
    people: &People,
    key: &VersionKey,
    file: &VersionFile,
) -> Result<()> {
    let ctx = people.acting(services, EDITOR).await?;
    let metadata = VersionMetadata {
        release_date: Some(file.release_date),
        quality_designation: None,
        usage_notes: file.usage_notes.clone(),
        latest_changes: file.latest_changes.clone(),
        alerts: file.alerts.clone(),
        temporal_coverage: file.temporal_coverage.clone(),
        lowest_geography: file.lowest_geography.clone(),
        temporal: file.temporal.clone(),
        column_notes: file.column_notes.clone(),
    };
    let new = NewVersion { dataset_id: key.dataset_id.clone(), edition: key.edition.clone(), metadata };
    let version = versions::create(services, &ctx, new).await?;
    if version.version != key.version {
        return Err(fault(&format!("{} is numbered {} here", version.reference(), key.version)));
    }
    for entry in &file.files {
        let from = path.join(&entry.path);
        let bytes = std::fs::read(&from).map_err(|e| fault(&format!("{} cannot be read: {e}", from.display())))?;
        let received = receive(services, &ctx, futures::stream::iter([Ok(bytes.into())])).await?;
        let new = NewFile {
            version: key.clone(),
            filename: entry.filename.clone(),
            title: Some(entry.title.clone()),
            licence: None,
            licence_url: None,
        };
        attach(services, &ctx, received, new).await.map_err(|e| fault(&format!("{}: {e}", from.display())))?;
    }
    if file.state != VersionState::Created {
        versions::take_step(services, &ctx, key, VersionAction::Submit, None, None).await?;
    }
    if matches!(file.state, VersionState::Approved | VersionState::Published | VersionState::Archived) {
        let approver = people.acting(services, APPROVER).await?;
        versions::take_step(services, &approver, key, VersionAction::Approve, None, None).await?;
    }
    Ok(())
}

/// Publishes everything that is to be public from the start, as one bundle.
pub(super) async fn publish_back_catalogue(services: &Services, people: &People, begun: &Begun) -> Result<()> {
    if begun.to_publish.is_empty() {
        return Ok(());
    }
    let editor = people.acting(services, EDITOR).await?;
    let details = BundleDetails {
        title: BACK_CATALOGUE.to_owned(),
        description: "Everything that was public before this catalogue began.".to_owned(),
        kind: BundleKind::Manual,
        preview_teams: Vec::new(),
    };
    let bundle = create(services, &editor, details).await?;
    for key in &begun.to_publish {
        add_content(services, &editor, &bundle.id, None, key).await?;
    }
    take_step(services, &editor, &bundle.id, None, BundleCommand::Submit).await?;
    let approver = people.acting(services, APPROVER).await?;
    take_step(services, &approver, &bundle.id, None, BundleCommand::Approve).await?;
    publish_now(services, people, &bundle.id).await
}

async fn publish_now(services: &Services, people: &People, id: &str) -> Result<()> {
    let operator = people.acting(services, OPERATOR).await?;
    let command = BundleCommand::PublishNow { reason: Some("Demonstration content".to_owned()) };
    take_step(services, &operator, id, None, command).await?;
    publish_due(services).await?;
    Ok(())
}

/// Loads the bundles that are not there yet and takes each to its state.
pub(super) async fn load_bundles(services: &Services, folder: &Path, people: &People) -> Result<()> {
    let listed: Vec<BundleFile> = read(&folder.join("bundles.json"))?;
    let ctx = crate::Ctx::system("seed", services.clock.now());
    for file in listed {
        let filter = BundleFilter { title: Some(file.title.clone()), ..BundleFilter::default() };
        let known = crate::bundles::list(services, &ctx, &filter, Paging::WHOLE).await?;
        if known.items.iter().all(|bundle| bundle.details.title != file.title) {
            load_bundle(services, folder, people, &file).await?;
        }
    }
    Ok(())
}

async fn load_bundle(services: &Services, folder: &Path, people: &People, file: &BundleFile) -> Result<()> {
    let editor = people.acting(services, &file.created_by).await?;
    let details = BundleDetails {
        title: file.title.clone(),
        description: file.description.clone(),
        kind: file.kind,
        preview_teams: file.preview_teams.clone(),
    };
    let id = create(services, &editor, details).await?.id;
    for item in &file.contents {
        let key =
            VersionKey { dataset_id: item.dataset_id.clone(), edition: item.edition.clone(), version: item.version };
        add_content(services, &editor, &id, None, &key).await?;
    }
    super::calendar::load_of_bundle(services, folder, people, &file.title).await?;
    if matches!(file.state, BundleStage::Created | BundleStage::InProgress) {
        return Ok(());
    }
    take_step(services, &editor, &id, None, BundleCommand::Submit).await?;
    if file.state == BundleStage::ReadyForReview {
        return Ok(());
    }
    let approver = people.acting(services, file.approved_by.as_deref().unwrap_or(APPROVER)).await?;
    take_step(services, &approver, &id, None, BundleCommand::Approve).await?;
    match file.state {
        BundleStage::Scheduled => {
            let minutes = file.publication_offset_minutes.unwrap_or(3 * 24 * 60);
            let schedule = Schedule {
                publication_date: approver.now + Duration::minutes(minutes),
                notification_channels: crate::deliveries::usable_channels(services).await?,
            };
            take_step(services, &approver, &id, None, BundleCommand::Schedule(schedule)).await?;
            Ok(())
        }
        BundleStage::Published => publish_now(services, people, &id).await,
        BundleStage::Failed => fail_honestly(services, people, file, &id).await,
        _ => Ok(()),
    }
}

/// Lets the bytes of an item be missing at the instant, so that publication is refused for a real reason; then mends them.
async fn fail_honestly(services: &Services, people: &People, file: &BundleFile, id: &str) -> Result<()> {
    let db = services.db.pool();
    let item = file.contents.first().ok_or_else(|| fault("a failed bundle needs an item"))?;
    let key = VersionKey { dataset_id: item.dataset_id.clone(), edition: item.edition.clone(), version: item.version };
    let ctx = people.acting(services, OPERATOR).await?;
    let version = versions::find(services, &ctx, &key).await?;
    let stored = persistence::files::list_of_version(db, &version).await?;
    let stored = stored.into_iter().next().ok_or_else(|| fault("a failed bundle needs a file"))?;
    let bytes = services.storage.read(&stored.object_key).await?.ok_or_else(|| fault("bytes are missing"))?;
    services.storage.delete(&stored.object_key).await?;
    publish_now(services, people, id).await?;
    services.storage.put(&stored.object_key, &stored.file.media_type, bytes).await?;
    Ok(())
}
