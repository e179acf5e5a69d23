//! What the checklist and the preview of a bundle need beside its items; a fixed number of statements each.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::bundle::ContentItem;
use domain::bundle::readiness::{ItemFacts, Neighbour};
use domain::dataset::DatasetMetadata;
use domain::file::FileState;
use domain::table::{Profile, Severity};
use domain::version::Version;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::{from_json, instant, maybe_json};
use crate::entities::{dataset, file, version};
use crate::error::Result;

/// What is known of each item, in their order, as far as the caller may know of other bundles.
pub async fn facts_of(db: &impl ConnectionTrait, caller: &Caller, items: &[ContentItem]) -> Result<Vec<ItemFacts>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let wanting = wanting_of(db, items).await?;
    let warnings = file_warnings_of(db, items).await?;
    let holders = holders_of_predecessors(db, caller, items).await?;
    let dates = release_dates_of(db, items).await?;
    Ok(items
        .iter()
        .map(|item| ItemFacts {
            wanting: wanting.get(&item.dataset_id).cloned().unwrap_or_default(),
            file_warnings: warnings.get(&item.version_id).cloned().unwrap_or_default(),
            predecessor_in: holders.get(&item.version_id).cloned(),
            release_date: dates.get(&item.version_id).copied(),
        })
        .collect())
}

/// The dates of release that the versions say, whatever their bundle makes of them.
async fn release_dates_of(db: &impl ConnectionTrait, items: &[ContentItem]) -> Result<HashMap<String, DateTime<Utc>>> {
    let said: Vec<(String, Option<i64>)> = version::Entity::find()
        .select_only()
        .columns([version::Column::Id, version::Column::ReleaseDate])
        .filter(version::Column::Id.is_in(items.iter().map(|item| item.version_id.as_str())))
        .into_tuple()
        .all(db)
        .await?;
    said.into_iter().filter_map(|(id, at)| at.map(|at| Ok((id, instant(at)?)))).collect()
}

async fn wanting_of(db: &impl ConnectionTrait, items: &[ContentItem]) -> Result<HashMap<String, Vec<String>>> {
    let ids = items.iter().map(|item| item.dataset_id.as_str());
    let rows = dataset::Entity::find().filter(dataset::Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let draft: DatasetMetadata = from_json(&row.draft)?;
            Ok((row.id, draft.wanting().into_iter().map(str::to_owned).collect()))
        })
        .collect()
}

/// What was found in the files of each version: the file's id and a sentence.
async fn file_warnings_of(
    db: &impl ConnectionTrait,
    items: &[ContentItem],
) -> Result<HashMap<String, Vec<(String, String)>>> {
    let rows = file::Entity::find()
        .filter(file::Column::VersionId.is_in(items.iter().map(|item| item.version_id.as_str())))
        .filter(file::Column::State.ne(FileState::Withdrawn.as_str()))
        .order_by_asc(file::Column::Position)
        .all(db)
        .await?;
    let mut warnings: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for row in rows {
        let profile: Option<Profile> = maybe_json(row.profile.as_ref())?;
        for problem in profile.map(|profile| profile.problems).unwrap_or_default() {
            if problem.severity >= Severity::Warning {
                let place = problem.line.map(|line| format!(", line {line}")).unwrap_or_default();
                let sentence = format!("{}{place}: {}", row.filename, problem.message);
                warnings.entry(row.version_id.clone()).or_default().push((row.id.clone(), sentence));
            }
        }
    }
    Ok(warnings)
}

/// For each version whose predecessor waits in another bundle that the caller may see, that bundle.
async fn holders_of_predecessors(
    db: &impl ConnectionTrait,
    caller: &Caller,
    items: &[ContentItem],
) -> Result<HashMap<String, Neighbour>> {
    let gaps: Vec<&ContentItem> = items.iter().filter(|item| item.missing_predecessor.is_some()).collect();
    if gaps.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&str> = gaps.iter().map(|item| item.version_id.as_str()).collect();
    let versions: Vec<Version> = crate::versions::list_by_ids(db, &ids).await?;
    let before = crate::contents::predecessors_of(db, versions.iter()).await?;
    let of_item: HashMap<&str, &str> = gaps
        .iter()
        .filter_map(|item| {
            let number = i64::from(item.missing_predecessor?);
            let (id, _) = before.get(&(item.dataset_id.clone(), item.edition.clone(), number))?;
            Some((item.version_id.as_str(), id.as_str()))
        })
        .collect();
    let wanted: Vec<&str> = of_item.values().copied().collect();
    let held = crate::bundles::holding_visible_to(db, caller, &wanted).await?;
    let holders = of_item.into_iter().filter_map(|(item, predecessor)| {
        let (_, bundle) = held.iter().find(|(version, _)| version == predecessor)?;
        Some((item.to_owned(), Neighbour::from(bundle)))
    });
    Ok(holders.collect())
}
