//! What the versions that editions are known by come as.

use std::collections::BTreeMap;

use domain::catalogue::FormatSize;
use domain::file::FileState;
use domain::version::{AlertKind, VersionMetadata};
use domain::views::LatestOfEdition;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use crate::convert::{count, from_json};
use crate::entities::{file, version};
use crate::error::Result;

/// A version's edition, number and metadata; a format and a state of its files, and how many bytes those are together.
type Columns = (String, i64, String, String, String, i64);

/// What each of a dataset's editions, given with the number of the version that was found for the caller as its latest, comes as:
/// formats in the order of the files, and the kinds of its alerts. In one statement, however many they are.
pub async fn latest_of_editions(
    db: &impl ConnectionTrait,
    dataset_id: &str,
    latest: &[(&str, u32)],
) -> Result<BTreeMap<String, LatestOfEdition>> {
    let mut told: BTreeMap<String, LatestOfEdition> = BTreeMap::new();
    if latest.is_empty() {
        return Ok(told);
    }
    let rows: Vec<Columns> = file::Entity::find()
        .select_only()
        .column(version::Column::Edition)
        .column(version::Column::Number)
        .column(version::Column::Metadata)
        .column(file::Column::Format)
        .column(file::Column::State)
        .column_as(Expr::cust("CAST(SUM(size) AS BIGINT)"), "bytes")
        .join(JoinType::InnerJoin, file::Relation::Version.def())
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.is_in(latest.iter().map(|(edition, _)| *edition)))
        .filter(version::Column::Number.is_in(latest.iter().map(|(_, number)| i64::from(*number))))
        .group_by(version::Column::Id)
        .group_by(file::Column::Format)
        .group_by(file::Column::State)
        .order_by_asc(file::Column::Position.min())
        .order_by_asc(file::Column::Format)
        .into_tuple()
        .all(db)
        .await?;
    for (edition, number, metadata, format, state, bytes) in rows {
        let number: u32 = count(number)?;
        // Other editions have a version of that number, too.
        if !latest.contains(&(edition.as_str(), number)) {
            continue;
        }
        let of_edition = told.entry(edition).or_default();
        of_edition.alerts = kinds(&from_json(&metadata)?);
        if state != FileState::Withdrawn.as_str() {
            add(&mut of_edition.formats, format, count(bytes)?);
        }
    }
    Ok(told)
}

fn kinds(metadata: &VersionMetadata) -> Vec<AlertKind> {
    let is_told = |kind: &AlertKind| metadata.alerts.iter().any(|alert| alert.kind == *kind);
    AlertKind::ALL.iter().copied().filter(is_told).collect()
}

/// Files of one format may be in several states.
fn add(formats: &mut Vec<FormatSize>, format: String, bytes: u64) {
    match formats.iter_mut().find(|known| known.format == format) {
        Some(known) => known.bytes += bytes,
        None => formats.push(FormatSize { format, bytes }),
    }
}
