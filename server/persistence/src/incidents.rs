//! Incidents: what people change at its revision, and what nodes note of their conditions without it.

use chrono::{DateTime, Utc};
use domain::operations::{Condition, Incident, IncidentSeverity, IncidentState};
use domain::page::{Page, Paging};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition as Where, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{contains, from_json, instant, json, maybe_instant, maybe_json, micros, word};
use crate::entities::incident;
use crate::error::Result;

/// Which incidents are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those that stand in one of these; empty means wherever.
    pub states: Vec<IncidentState>,
    /// Only those so grave; empty means however grave.
    pub severities: Vec<IncidentSeverity>,
    /// Only those whose title or description holds this text.
    pub text: Option<String>,
}

/// Adds an incident; while it is open there is no other of its condition.
pub async fn insert(db: &impl ConnectionTrait, incident: &Incident) -> Result<()> {
    incident::Entity::insert(to_row(incident)?.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces what people change if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn save(db: &impl ConnectionTrait, incident: &Incident) -> Result<bool> {
    let row = incident::Model { revision: incident.revision + 1, ..to_row(incident)? };
    let mut changed = row.into_active_model().reset_all();
    // What nodes have noted meanwhile stays.
    changed.last_seen_at = sea_orm::ActiveValue::NotSet;
    changed.recovered_at = sea_orm::ActiveValue::NotSet;
    let done = incident::Entity::update_many()
        .set(changed)
        .filter(incident::Column::Id.eq(&incident.id))
        .filter(incident::Column::Revision.eq(incident.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The incident with this id.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Incident>> {
    incident::Entity::find_by_id(id).one(db).await?.map(to_incident).transpose()
}

/// The same for somebody who changes it: it stays as it is until the transaction ends.
pub async fn find_to_change(db: &impl ConnectionTrait, id: &str) -> Result<Option<Incident>> {
    incident::Entity::find_by_id(id).lock_exclusive().one(db).await?.map(to_incident).transpose()
}

/// A page of the incidents, the newest first.
pub async fn list(db: &impl ConnectionTrait, filter: &IncidentFilter, paging: Paging) -> Result<Page<Incident>> {
    let query = incident::Entity::find().filter(matching(filter));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_desc(incident::Column::OpenedAt)
        .order_by_desc(incident::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.into_iter().map(to_incident).collect::<Result<_>>()?, total, paging))
}

/// Every incident that is dealt with, and every other one whose condition still holds; the gravest first, then the oldest.
pub async fn watched(db: &impl ConnectionTrait) -> Result<Vec<Incident>> {
    let holds =
        Where::all().add(incident::Column::LastSeenAt.is_not_null()).add(incident::Column::RecoveredAt.is_null());
    gravest_first(db, Where::any().add(is_live()).add(holds)).await
}

/// Every incident that is dealt with, the gravest first, then the oldest.
pub async fn live(db: &impl ConnectionTrait) -> Result<Vec<Incident>> {
    gravest_first(db, Where::all().add(is_live())).await
}

/// How many incidents are dealt with.
pub async fn count_live(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(incident::Entity::find().filter(is_live()).count(db).await?)
}

fn is_live() -> Expr {
    let live = [IncidentState::Open, IncidentState::Acknowledged, IncidentState::Mitigated];
    incident::Column::State.is_in(live.map(IncidentState::as_str))
}

async fn gravest_first(db: &impl ConnectionTrait, which: Where) -> Result<Vec<Incident>> {
    let rows = incident::Entity::find()
        .filter(which)
        .order_by_asc(incident::Column::Severity)
        .order_by_asc(incident::Column::OpenedAt)
        .order_by_asc(incident::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_incident).collect()
}

/// The incidents that the public was told of and that were not over before an instant, the newest first.
pub async fn told_of_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<Vec<Incident>> {
    let lasted =
        Where::any().add(incident::Column::ResolvedAt.is_null()).add(incident::Column::ResolvedAt.gte(micros(since)));
    let rows = incident::Entity::find()
        .filter(incident::Column::PublicUpdates.is_not_null())
        .filter(lasted)
        .order_by_desc(incident::Column::OpenedAt)
        .order_by_desc(incident::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_incident).collect()
}

/// Notes whether its condition holds (`recovered_at` none) or held until `recovered_at`; false where another node was faster.
pub async fn note_condition(
    db: &impl ConnectionTrait,
    incident: &Incident,
    last_seen_at: DateTime<Utc>,
    recovered_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let is = |column: incident::Column, at: Option<DateTime<Utc>>| match at {
        Some(at) => column.eq(micros(at)),
        None => column.is_null(),
    };
    let done = incident::Entity::update_many()
        .col_expr(incident::Column::LastSeenAt, Expr::value(micros(last_seen_at)))
        .col_expr(incident::Column::RecoveredAt, Expr::value(recovered_at.map(micros)))
        .filter(incident::Column::Id.eq(&incident.id))
        .filter(is(incident::Column::LastSeenAt, incident.last_seen_at))
        .filter(is(incident::Column::RecoveredAt, incident.recovered_at))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn matching(filter: &IncidentFilter) -> Where {
    let mut all = Where::all();
    if !filter.states.is_empty() {
        all = all.add(incident::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    if !filter.severities.is_empty() {
        all = all.add(incident::Column::Severity.is_in(filter.severities.iter().map(|one| one.as_str())));
    }
    if let Some(text) = &filter.text {
        let either = Where::any().add(contains(incident::Column::Title, text));
        all = all.add(either.add(contains(incident::Column::Description, text)));
    }
    all
}

fn to_row(incident: &Incident) -> Result<incident::Model> {
    Ok(incident::Model {
        id: incident.id.clone(),
        title: incident.title.clone(),
        description: incident.description.clone(),
        severity: incident.severity.as_str().to_owned(),
        state: incident.state.as_str().to_owned(),
        alert_condition: incident.condition.map(|condition| condition.as_str().to_owned()),
        subject: incident.subject.clone(),
        open_key: incident.key().filter(|_| incident.is_live()),
        cause: incident.cause.clone(),
        opened_by: json(&incident.opened_by)?,
        opened_at: micros(incident.opened_at),
        began_at: micros(incident.began_at),
        acknowledged_by: incident.acknowledged_by.as_ref().map(json).transpose()?,
        acknowledged_at: incident.acknowledged_at.map(micros),
        mitigated_at: incident.mitigated_at.map(micros),
        resolved_at: incident.resolved_at.map(micros),
        updated_at: micros(incident.updated_at),
        last_seen_at: incident.last_seen_at.map(micros),
        recovered_at: incident.recovered_at.map(micros),
        last_modified: micros(incident.last_modified),
        public_updates: (!incident.public_updates.is_empty()).then(|| json(&incident.public_updates)).transpose()?,
        revision: incident.revision,
    })
}

fn to_incident(row: incident::Model) -> Result<Incident> {
    let condition = row.alert_condition.as_deref().map(|name| word(Condition::parse(name), name)).transpose()?;
    Ok(Incident {
        id: row.id,
        title: row.title,
        description: row.description,
        severity: word(IncidentSeverity::parse(&row.severity), &row.severity)?,
        state: word(IncidentState::parse(&row.state), &row.state)?,
        condition,
        subject: row.subject,
        cause: row.cause,
        opened_by: from_json(&row.opened_by)?,
        opened_at: instant(row.opened_at)?,
        began_at: instant(row.began_at)?,
        acknowledged_by: maybe_json(row.acknowledged_by.as_ref())?,
        acknowledged_at: maybe_instant(row.acknowledged_at)?,
        mitigated_at: maybe_instant(row.mitigated_at)?,
        resolved_at: maybe_instant(row.resolved_at)?,
        updated_at: instant(row.updated_at)?,
        last_seen_at: maybe_instant(row.last_seen_at)?,
        recovered_at: maybe_instant(row.recovered_at)?,
        last_modified: instant(row.last_modified)?,
        public_updates: maybe_json(row.public_updates.as_ref())?.unwrap_or_default(),
        revision: row.revision,
    })
}
