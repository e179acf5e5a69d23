//! Between rows of bundles and the domain's bundles.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleStage, BundleState, Mark, Schedule};
use sea_orm::sea_query::{Expr, Query, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::{count, from_json, instant, json, maybe_instant, maybe_json, micros, word};
use crate::entities::{bundle, bundle_content, bundle_team};
use crate::error::{PersistenceError, Result};

/// The teams of a bundle as they are from `at` on.
pub(super) async fn save_teams(db: &impl ConnectionTrait, bundle: &Bundle, at: DateTime<Utc>) -> Result<()> {
    let mut was: Vec<String> = bundle_team::Entity::find()
        .select_only()
        .column(bundle_team::Column::TeamId)
        .filter(bundle_team::Column::BundleId.eq(&bundle.id))
        .order_by_asc(bundle_team::Column::TeamId)
        .into_tuple()
        .all(db)
        .await?;
    let mut now = bundle.details.preview_teams.clone();
    now.sort_unstable();
    was.sort_unstable();
    if was == now {
        return Ok(());
    }
    bundle_team::Entity::delete_many().filter(bundle_team::Column::BundleId.eq(&bundle.id)).exec(db).await?;
    for team_id in &bundle.details.preview_teams {
        let row = bundle_team::Model { bundle_id: bundle.id.clone(), team_id: team_id.clone() };
        bundle_team::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    crate::access::note_sharing(db, &bundle.id, &was, &now, at).await
}

pub(super) async fn one(db: &impl ConnectionTrait, row: Option<bundle::Model>) -> Result<Option<Bundle>> {
    Ok(many(db, row.into_iter().collect()).await?.into_iter().next())
}

pub(super) async fn many(db: &impl ConnectionTrait, rows: Vec<bundle::Model>) -> Result<Vec<Bundle>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut around: HashMap<String, (Vec<String>, i64)> = HashMap::with_capacity(rows.len());
    for (id, team, items) in teams_and_counts(db, ids).await? {
        let (teams, held) = around.entry(id).or_default();
        teams.extend(team);
        *held += items;
    }
    rows.iter()
        .map(|row| {
            let (shared, items) = around.remove(&row.id).unwrap_or_default();
            to_bundle(row, shared, count(items)?)
        })
        .collect()
}

/// A row for each team of each bundle, and one for each bundle with how many items it holds: one statement for both.
async fn teams_and_counts(db: &impl ConnectionTrait, ids: Vec<&str>) -> Result<Vec<(String, Option<String>, i64)>> {
    let counts = Query::select()
        .column(bundle_content::Column::BundleId)
        .expr(Expr::cust("CAST(NULL AS TEXT)"))
        .expr(bundle_content::Column::Id.count())
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.is_in(ids.clone()))
        .group_by_col(bundle_content::Column::BundleId)
        .to_owned();
    let mut query = bundle_team::Entity::find()
        .select_only()
        .columns([bundle_team::Column::BundleId, bundle_team::Column::TeamId])
        .expr(Expr::cust("CAST(0 AS BIGINT)"))
        .filter(bundle_team::Column::BundleId.is_in(ids));
    QuerySelect::query(&mut query).union(UnionType::All, counts);
    Ok(query.into_tuple().all(db).await?)
}

pub(super) fn to_row(bundle: &Bundle) -> Result<bundle::Model> {
    let state = &bundle.state;
    let schedule = state.schedule();
    let submitted = match state {
        BundleState::ReadyForReview { submitted } => Some(json(submitted)?),
        _ => None,
    };
    Ok(bundle::Model {
        id: bundle.id.clone(),
        title: bundle.details.title.clone(),
        description: bundle.details.description.clone(),
        kind: bundle.details.kind.as_str().to_owned(),
        state: bundle.stage().as_str().to_owned(),
        submitted,
        approval: state.approval().map(json).transpose()?,
        publication_date: schedule.map(|s| micros(s.publication_date)),
        channels: json(&state.channels())?,
        started_at: state.started_at().map(micros),
        published_at: state.published_at().map(micros),
        failure: state.failure().map(json).transpose()?,
        created_by: json(&bundle.created_by)?,
        created_at: micros(bundle.created_at),
        last_edited_by: json(&bundle.last_edited_by)?,
        last_modified: micros(bundle.last_modified),
        attempts: i64::from(bundle.attempts),
        lease_node: None,
        lease_expires_at: None,
        revision: bundle.revision,
        release_reason: state.told().map(json).transpose()?,
    })
}

fn to_bundle(row: &bundle::Model, preview_teams: Vec<String>, item_count: u32) -> Result<Bundle> {
    Ok(Bundle {
        id: row.id.clone(),
        details: BundleDetails {
            title: row.title.clone(),
            description: row.description.clone(),
            kind: word(BundleKind::parse(&row.kind), &row.kind)?,
            preview_teams,
        },
        state: to_state(row)?,
        item_count,
        created_by: from_json(&row.created_by)?,
        created_at: instant(row.created_at)?,
        last_edited_by: from_json(&row.last_edited_by)?,
        last_modified: instant(row.last_modified)?,
        attempts: count(row.attempts)?,
        revision: row.revision,
    })
}

fn to_state(row: &bundle::Model) -> Result<BundleState> {
    let lacks =
        |what: &str| PersistenceError::Inconsistent(format!("bundle {} is {} without {what}", row.id, row.state));
    let approval = || maybe_json::<Mark>(row.approval.as_ref())?.ok_or_else(|| lacks("approval"));
    let schedule = match row.publication_date {
        Some(at) => Some(Schedule { publication_date: instant(at)?, notification_channels: from_json(&row.channels)? }),
        None => None,
    };
    let at = |column: Option<i64>, what: &str| maybe_instant(column)?.ok_or_else(|| lacks(what));
    Ok(match word(BundleStage::parse(&row.state), &row.state)? {
        BundleStage::Created => BundleState::Created,
        BundleStage::InProgress => BundleState::InProgress,
        BundleStage::ReadyForReview => BundleState::ReadyForReview {
            submitted: maybe_json(row.submitted.as_ref())?.ok_or_else(|| lacks("submission"))?,
        },
        BundleStage::Approved => {
            BundleState::Approved { approval: approval()?, kept_channels: from_json(&row.channels)? }
        }
        BundleStage::Scheduled => {
            BundleState::Scheduled { approval: approval()?, schedule: schedule.ok_or_else(|| lacks("an instant"))? }
        }
        BundleStage::Publishing => BundleState::Publishing {
            approval: approval()?,
            schedule,
            started_at: at(row.started_at, "a start")?,
            told: maybe_json(row.release_reason.as_ref())?,
        },
        BundleStage::Published => BundleState::Published {
            approval: approval()?,
            schedule,
            started_at: at(row.started_at, "a start")?,
            published_at: at(row.published_at, "an instant of publication")?,
        },
        BundleStage::Failed => BundleState::Failed {
            approval: approval()?,
            schedule,
            failure: maybe_json(row.failure.as_ref())?.ok_or_else(|| lacks("a failure"))?,
        },
    })
}
