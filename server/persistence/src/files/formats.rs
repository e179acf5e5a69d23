//! What versions come as.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalogue::FormatSize;
use domain::file::FileState;
use domain::version::{AlertKind, VersionMetadata};
use domain::views::ComesAs;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use crate::convert::{count, from_json};
use crate::entities::{file, version};
use crate::error::Result;

/// A version's edition and number, and its metadata where there are alerts in it; a format and a state of its files, and how many
/// bytes those are together.
type Columns = (String, i64, String, String, String, i64);

/// What versions of a dataset, given by edition and number, that were found for the caller come as: formats in the order of the
/// files, and the kinds of alerts. In one statement, however many they are.
pub async fn come_as(
    db: &impl ConnectionTrait,
    dataset_id: &str,
    wanted: &BTreeSet<(&str, u32)>,
) -> Result<Vec<ComesAs>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let metadata = Expr::col((version::Entity, version::Column::Metadata));
    let alerts: Expr = Expr::case(version::Column::Alerted.eq(true), metadata).finally("").into();
    let rows: Vec<Columns> = file::Entity::find()
        .select_only()
        .column(version::Column::Edition)
        .column(version::Column::Number)
        .column_as(alerts, "alerts")
        .column(file::Column::Format)
        .column(file::Column::State)
        .column_as(Expr::cust("CAST(SUM(size) AS BIGINT)"), "bytes")
        .join(JoinType::InnerJoin, file::Relation::Version.def())
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.is_in(wanted.iter().map(|(edition, _)| *edition)))
        .filter(version::Column::Number.is_in(wanted.iter().map(|(_, number)| i64::from(*number))))
        .group_by(version::Column::Id)
        .group_by(file::Column::Format)
        .group_by(file::Column::State)
        .order_by_asc(file::Column::Position.min())
        .order_by_asc(file::Column::Format)
        .into_tuple()
        .all(db)
        .await?;
    let mut told: BTreeMap<(String, u32), ComesAs> = BTreeMap::new();
    for (edition, number, metadata, format, state, bytes) in rows {
        let number: u32 = count(number)?;
        // Other editions have versions of these numbers, too.
        if !wanted.contains(&(edition.as_str(), number)) {
            continue;
        }
        let alerts = if metadata.is_empty() { Vec::new() } else { kinds(&metadata)? };
        let place = (edition.clone(), number);
        let new = ComesAs { edition, version: number, formats: Vec::new(), alerts };
        let of_version = told.entry(place).or_insert(new);
        if state != FileState::Withdrawn.as_str() {
            add(&mut of_version.formats, format, count(bytes)?);
        }
    }
    Ok(told.into_values().collect())
}

fn kinds(metadata: &str) -> Result<Vec<AlertKind>> {
    let metadata: VersionMetadata = from_json(metadata)?;
    let is_told = |kind: &AlertKind| metadata.alerts.iter().any(|alert| alert.kind == *kind);
    Ok(AlertKind::ALL.iter().copied().filter(is_told).collect())
}

/// Files of one format may be in several states.
fn add(formats: &mut Vec<FormatSize>, format: String, bytes: u64) {
    match formats.iter_mut().find(|known| known.format == format) {
        Some(known) => known.bytes += bytes,
        None => formats.push(FormatSize { format, bytes }),
    }
}
