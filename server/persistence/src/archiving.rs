//! What departments keep in standard storage, what is held there, and what could leave it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::archiving::{ArchivePolicy, Candidate};
use domain::file::FileState;
use domain::version::VersionState;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{count, maybe_instant, micros};
use crate::entities::{archive_hold, archive_policy, dataset, file, version};
use crate::error::Result;

/// The revision of a policy that was never set.
const UNSET: i64 = 1;

/// The policy of a department with its revision; without one nothing is archived, as of the first revision.
pub async fn policy_of(db: &impl ConnectionTrait, department: &str) -> Result<(ArchivePolicy, i64)> {
    match archive_policy::Entity::find_by_id(department).one(db).await? {
        Some(row) => Ok((to_policy(&row)?, row.revision)),
        None => Ok((ArchivePolicy::default(), UNSET)),
    }
}

/// The departments whose policy is carried out.
pub async fn enabled(db: &impl ConnectionTrait) -> Result<Vec<(String, ArchivePolicy)>> {
    let rows = archive_policy::Entity::find().filter(archive_policy::Column::Enabled.eq(true));
    let rows = rows.order_by_asc(archive_policy::Column::Department).all(db).await?;
    rows.iter().map(|row| Ok((row.department.clone(), to_policy(row)?))).collect()
}

/// Sets the policy of a department that is of this revision; false where it is not.
pub async fn set_policy(
    db: &impl ConnectionTrait,
    department: &str,
    policy: &ArchivePolicy,
    revision: i64,
) -> Result<bool> {
    let row = archive_policy::Model {
        department: department.to_owned(),
        enabled: policy.enabled,
        keep_versions: policy.keep_versions.map(i64::from),
        keep_months: policy.keep_months.map(i64::from),
        revision: revision + 1,
    };
    if revision == UNSET {
        let known = OnConflict::column(archive_policy::Column::Department).do_nothing().to_owned();
        let added = archive_policy::Entity::insert(row.into_active_model()).on_conflict(known);
        return Ok(added.exec_without_returning(db).await? == 1);
    }
    let done = archive_policy::Entity::update_many()
        .col_expr(archive_policy::Column::Enabled, Expr::value(row.enabled))
        .col_expr(archive_policy::Column::KeepVersions, Expr::value(row.keep_versions))
        .col_expr(archive_policy::Column::KeepMonths, Expr::value(row.keep_months))
        .col_expr(archive_policy::Column::Revision, Expr::value(row.revision))
        .filter(archive_policy::Column::Department.eq(department))
        .filter(archive_policy::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Holds a version in standard storage, or gives another reason for it.
pub async fn hold(
    db: &impl ConnectionTrait,
    version_id: &str,
    reason: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let row = archive_hold::Model {
        version_id: version_id.to_owned(),
        reason: reason.to_owned(),
        held_by: by.to_owned(),
        held_at: micros(at),
    };
    let again = OnConflict::column(archive_hold::Column::VersionId)
        .update_columns([archive_hold::Column::Reason, archive_hold::Column::HeldBy, archive_hold::Column::HeldAt])
        .to_owned();
    archive_hold::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Why a version is held, if it is.
pub async fn hold_of(db: &impl ConnectionTrait, version_id: &str) -> Result<Option<String>> {
    Ok(archive_hold::Entity::find_by_id(version_id).one(db).await?.map(|row| row.reason))
}

/// Lets a version go; false where it was not held.
pub async fn release(db: &impl ConnectionTrait, version_id: &str) -> Result<bool> {
    Ok(archive_hold::Entity::delete_by_id(version_id).exec(db).await?.rows_affected == 1)
}

/// Every published version of a department's datasets, the newest of each edition first.
pub async fn candidates(db: &impl ConnectionTrait, department: &str) -> Result<Vec<Candidate>> {
    let versions = version::Entity::find()
        .filter(published_of(department))
        .order_by_asc(version::Column::DatasetId)
        .order_by_asc(version::Column::Edition)
        .order_by_desc(version::Column::Number)
        .all(db)
        .await?;
    let held: HashMap<String, String> =
        archive_hold::Entity::find().all(db).await?.into_iter().map(|row| (row.version_id, row.reason)).collect();
    let of_versions = Query::select()
        .column(version::Column::Id)
        .from(version::Entity)
        .cond_where(published_of(department))
        .to_owned();
    let files: Vec<(String, i64, String)> = file::Entity::find()
        .select_only()
        .column(file::Column::VersionId)
        .column(file::Column::Size)
        .column(file::Column::State)
        .filter(file::Column::VersionId.in_subquery(of_versions))
        .into_tuple()
        .all(db)
        .await?;
    let mut sizes: HashMap<String, u64> = HashMap::new();
    for (version_id, size, state) in files {
        // What is in the public bucket takes its room a second time.
        let copies = if state == FileState::Moved.as_str() { 2 } else { 1 };
        *sizes.entry(version_id).or_default() += copies * count::<u64>(size)?;
    }
    let mut found: Vec<Candidate> = Vec::with_capacity(versions.len());
    for row in versions {
        let newer = found
            .last()
            .filter(|last| last.dataset_id == row.dataset_id && last.edition == row.edition)
            .map_or(0, |last| last.newer + 1);
        found.push(Candidate {
            version: count(row.number)?,
            published_at: maybe_instant(row.published_at)?,
            newer,
            hold: held.get(&row.id).cloned(),
            bytes: sizes.get(&row.id).copied().unwrap_or(0),
            id: row.id,
            dataset_id: row.dataset_id,
            edition: row.edition,
        });
    }
    Ok(found)
}

/// The archived versions of a department's datasets: dataset, edition and number.
pub async fn archived(db: &impl ConnectionTrait, department: &str, limit: u64) -> Result<Vec<(String, String, u32)>> {
    let rows = version::Entity::find()
        .filter(in_state_of(department, VersionState::Archived))
        .order_by_asc(version::Column::DatasetId)
        .order_by_asc(version::Column::Edition)
        .order_by_desc(version::Column::Number)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((row.dataset_id, row.edition, count(row.number)?))).collect()
}

fn published_of(department: &str) -> Condition {
    in_state_of(department, VersionState::Published)
}

fn in_state_of(department: &str, state: VersionState) -> Condition {
    let datasets = Query::select()
        .column(dataset::Column::Id)
        .from(dataset::Entity)
        .and_where(dataset::Column::Department.eq(department))
        .to_owned();
    Condition::all()
        .add(version::Column::DatasetId.in_subquery(datasets))
        .add(version::Column::State.eq(state.as_str()))
}

fn to_policy(row: &archive_policy::Model) -> Result<ArchivePolicy> {
    Ok(ArchivePolicy {
        enabled: row.enabled,
        keep_versions: row.keep_versions.map(count).transpose()?,
        keep_months: row.keep_months.map(count).transpose()?,
    })
}
