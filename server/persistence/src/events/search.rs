//! Looking through the audit trail.

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::event::{PREVIEWED, Record};
use domain::page::{Page, Paging};
use domain::policy::Reach;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::Value;

use super::to_event;
use crate::convert::{contains, from_json, micros};
use crate::entities::event;
use crate::error::Result;

/// Which records are asked for.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only those of one of these actors, by id.
    pub actors: Vec<String>,
    /// Only those of one of these kinds.
    pub event_types: Vec<String>,
    /// Only those about one of these kinds of things.
    pub resource_types: Vec<String>,
    /// Only those about one of these things, by id.
    pub resource_ids: Vec<String>,
    /// Only those of one of these bundles, and of the versions in it.
    pub bundles: Vec<BundleOfRecords>,
    /// Only those from here on.
    pub from: Option<DateTime<Utc>>,
    /// Only those up to here.
    pub to: Option<DateTime<Utc>>,
    /// Only those that hold this text in the reason, the id of the thing, the actor, the details, or what it was before or after.
    pub text: Option<String>,
    /// Of the records about versions only those of datasets that this reaches, as a whole: neither the public nor previews
    /// count. Records about anything else are left out.
    pub versions_within: Option<Reach>,
    /// Oldest first rather than newest first.
    pub oldest_first: bool,
}

/// A bundle and what it holds, as records name it.
#[derive(Clone, Debug, Default)]
pub struct BundleOfRecords {
    /// The bundle's id.
    pub id: String,
    /// The references of its versions.
    pub versions: Vec<String>,
}

/// A page of records in the order of the chain.
pub async fn list(db: &impl ConnectionTrait, filter: &EventFilter, paging: Paging) -> Result<Page<Record>> {
    let query = event::Entity::find().filter(matching(filter, db.get_database_backend()));
    let total = query.clone().count(db).await?;
    let query = if filter.oldest_first {
        query.order_by_asc(event::Column::Sequence)
    } else {
        query.order_by_desc(event::Column::Sequence)
    };
    let rows = query.limit(u64::from(paging.limit)).offset(u64::from(paging.offset)).all(db).await?;
    Ok(Page::new(rows.iter().map(to_record).collect::<Result<_>>()?, total, paging))
}

/// The next records of a long list: those after the number `last` in the order of the filter, up to the number `upto`.
pub async fn batch(
    db: &impl ConnectionTrait,
    filter: &EventFilter,
    last: Option<i64>,
    upto: i64,
    limit: u64,
) -> Result<Vec<Record>> {
    let mut query = event::Entity::find()
        .filter(matching(filter, db.get_database_backend()))
        .filter(event::Column::Sequence.lte(upto))
        .limit(limit);
    query = if filter.oldest_first {
        query.order_by_asc(event::Column::Sequence)
    } else {
        query.order_by_desc(event::Column::Sequence)
    };
    if let Some(last) = last {
        query = query.filter(if filter.oldest_first {
            event::Column::Sequence.gt(last)
        } else {
            event::Column::Sequence.lt(last)
        });
    }
    query.all(db).await?.iter().map(to_record).collect()
}

/// The actors whose name, as the trail keeps it, holds a text, as pairs of id and name; at most so many.
pub async fn actors_named(db: &impl ConnectionTrait, name: &str, most: usize) -> Result<Vec<(String, String)>> {
    let query =
        event::Entity::find().select_only().column(event::Column::ActorId).column(event::Column::Actor).distinct();
    let query = query.filter(contains(event::Column::Actor, name)).order_by_asc(event::Column::ActorId);
    let found: Vec<(String, String)> = query.into_tuple().all(db).await?;
    let wanted = name.to_lowercase();
    let mut named: Vec<(String, String)> = Vec::new();
    for (id, kept) in found {
        // The text is looked for in all that is kept of an actor, and meant of the name alone.
        let actor: Actor = from_json(&kept)?;
        let known = named.iter().any(|(known, _)| *known == id);
        if !known && actor.name.to_lowercase().contains(&wanted) {
            named.push((id, actor.name));
        }
    }
    named.truncate(most);
    Ok(named)
}

/// Whether the trail holds a record of what somebody of exactly this id did.
pub async fn holds_actor(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    let query = event::Entity::find().filter(event::Column::ActorId.eq(id)).select_only();
    Ok(query.column(event::Column::Sequence).limit(1).into_tuple::<i64>().one(db).await?.is_some())
}

/// Whether the trail holds a record about something of exactly this id, of this kind where one is told.
pub async fn holds_resource(db: &impl ConnectionTrait, resource_type: &str, id: &str) -> Result<bool> {
    let mut query = event::Entity::find().filter(event::Column::ResourceId.eq(id));
    if !resource_type.is_empty() {
        query = query.filter(event::Column::ResourceType.eq(resource_type));
    }
    Ok(query.select_only().column(event::Column::Sequence).limit(1).into_tuple::<i64>().one(db).await?.is_some())
}

/// The number of the newest record.
pub async fn newest(db: &impl ConnectionTrait) -> Result<i64> {
    let head = crate::entities::event_chain::Entity::find_by_id(1).one(db).await?;
    Ok(head.map_or(0, |head| head.sequence))
}

/// The number of a record; nothing where there is no such record.
pub async fn number_of(db: &impl ConnectionTrait, id: &str) -> Result<Option<i64>> {
    Ok(event::Entity::find_by_id(id).select_only().column(event::Column::Sequence).into_tuple().one(db).await?)
}

/// Whether somebody has left a record of this kind with exactly these details since an instant.
pub async fn has_noted(
    db: &impl ConnectionTrait,
    actor_id: &str,
    event_type: &str,
    details: &Value,
    since: DateTime<Utc>,
) -> Result<bool> {
    let rows: Vec<String> = event::Entity::find()
        .select_only()
        .column(event::Column::Details)
        .filter(event::Column::EventType.eq(event_type))
        .filter(event::Column::ActorId.eq(actor_id))
        .filter(event::Column::At.gte(micros(since)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.iter().any(|row| from_json::<Value>(row).is_ok_and(|known| known == *details)))
}

/// Who looked at a bundle or what is in it before its release, oldest first.
pub async fn previews_of(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<Record>> {
    let rows = event::Entity::find()
        .filter(event::Column::BundleId.eq(bundle_id))
        .filter(event::Column::EventType.eq(PREVIEWED))
        .order_by_asc(event::Column::Sequence)
        .all(db)
        .await?;
    rows.iter().map(to_record).collect()
}

fn matching(filter: &EventFilter, backend: DbBackend) -> Condition {
    let mut all = Condition::all();
    let words = [
        (event::Column::ActorId, &filter.actors),
        (event::Column::EventType, &filter.event_types),
        (event::Column::ResourceType, &filter.resource_types),
        (event::Column::ResourceId, &filter.resource_ids),
    ];
    for (column, wanted) in words {
        if !wanted.is_empty() {
            all = all.add(column.is_in(wanted));
        }
    }
    if !filter.bundles.is_empty() {
        let any = filter.bundles.iter().fold(Condition::any(), |any, bundle| {
            let of_versions = Condition::all()
                .add(event::Column::ResourceType.eq("version"))
                .add(event::Column::ResourceId.is_in(&bundle.versions));
            any.add(event::Column::BundleId.eq(&bundle.id)).add(of_versions)
        });
        all = all.add(any);
    }
    if let Some(reach) = &filter.versions_within {
        all = all.add(event::Column::ResourceType.eq("version")).add(dataset_within(reach, backend));
    }
    if let Some(from) = filter.from {
        all = all.add(event::Column::At.gte(micros(from)));
    }
    if let Some(to) = filter.to {
        all = all.add(event::Column::At.lte(micros(to)));
    }
    if let Some(text) = &filter.text {
        let columns = [
            event::Column::Reason,
            event::Column::ResourceId,
            event::Column::Actor,
            event::Column::Details,
            event::Column::Before,
            event::Column::After,
        ];
        all = all.add(columns.into_iter().fold(Condition::any(), |any, column| any.add(contains(column, text))));
    }
    all
}

/// Whether the dataset of a record about a version is reached; the record names it before the first slash.
pub(super) fn dataset_within(reach: &Reach, backend: DbBackend) -> Condition {
    let (departments, datasets) = match reach {
        Reach::All => return Condition::all(),
        Reach::PublishedOnly => return Condition::all().add(Expr::value(1).eq(2)),
        Reach::Limited { departments, datasets, .. } => (departments, datasets),
    };
    let dataset = Expr::cust(match backend {
        DbBackend::Sqlite => "substr(events.resource_id, 1, instr(events.resource_id, '/') - 1)",
        _ => "split_part(events.resource_id, '/', 1)",
    });
    Condition::all().add(dataset.in_subquery(crate::datasets::reached(departments, datasets)))
}

pub(super) fn to_record(row: &event::Model) -> Result<Record> {
    Ok(Record {
        sequence: row.sequence,
        previous_hash: row.previous_hash.clone(),
        hash: row.hash.clone(),
        event: to_event(row)?,
    })
}
