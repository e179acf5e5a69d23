//! The chain: every record carries a number and a hash over itself and the record before.
//!
//! # The canonical form, `audit-1`
//!
//! The hash is SHA-256, in lower-case hexadecimal, over the UTF-8 bytes of one JSON array without spaces, in this order:
//! the word `audit-1`; the number; the previous record's hash (64 zeros before the first); the id; the instant in
//! microseconds since 1970-01-01 UTC; event type; resource type; resource id; bundle id; actor (its JSON as stored);
//! actor id; via (`kind:id`); client address; request id; state before; state after; reason; details, before and after
//! (their JSON as stored). Numbers are JSON numbers, everything else is a JSON string, what is missing is `null`; in
//! strings only `"`, `\` and characters below U+0020 are escaped, shortly where JSON has a short form. Nothing of a
//! record is left out.

use domain::event::{Break, Event, Verdict};
use sea_orm::sea_query::{Expr, Query, SubQueryStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};

use crate::convert::{json, micros};
use crate::entities::{event, event_chain};
use crate::error::{PersistenceError, Result};

/// The name of the canonical form, so that another one can follow it one day.
const FORM: &str = "audit-1";
/// What stands for the record before the first.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Rows written or read at once.
const BATCH: u64 = 500;

/// Writes the records of a transaction at the end of the chain.
///
/// The head stays locked until the transaction ends, so that the order is total; the database moves it on itself with
/// each record, and refuses a record that does not follow it.
pub(crate) async fn write(tx: &DatabaseTransaction, records: &[Event]) -> Result<()> {
    let head = event_chain::Entity::find_by_id(1).lock_exclusive().one(tx).await?;
    let mut head = head.ok_or_else(no_head)?;
    let mut rows = Vec::with_capacity(records.len());
    for event in records {
        let mut row = to_row(event)?;
        row.sequence = head.sequence + 1;
        row.previous_hash = std::mem::take(&mut head.hash);
        row.hash = hash_of(&row);
        (head.sequence, head.hash) = (row.sequence, row.hash.clone());
        rows.push(row.into_active_model());
    }
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(usize::try_from(BATCH).unwrap_or(usize::MAX)));
        event::Entity::insert_many(rows).exec_without_returning(tx).await?;
        rows = rest;
    }
    Ok(())
}

/// Reads the whole chain from the first record on and tells the first that does not hold.
///
/// A tail that was cut off shows by the head, which knows how many records there are and the hash of the newest.
pub async fn verify(db: &impl ConnectionTrait) -> Result<Verdict> {
    let head = event_chain::Entity::find_by_id(1).one(db).await?.ok_or_else(no_head)?;
    let (mut last, mut last_hash) = (0, NOTHING.to_owned());
    let broken = loop {
        let rows = event::Entity::find()
            .filter(event::Column::Sequence.gt(last))
            .filter(event::Column::Sequence.lte(head.sequence))
            .order_by_asc(event::Column::Sequence)
            .limit(BATCH)
            .all(db)
            .await?;
        if rows.is_empty() {
            break at_the_end(db, &head, last, &last_hash).await?;
        }
        let mut broken = None;
        for row in rows {
            broken = flaw_of(&row, last, &last_hash);
            if broken.is_some() {
                break;
            }
            (last, last_hash) = (row.sequence, row.hash);
        }
        if broken.is_some() {
            break broken;
        }
    };
    Ok(Verdict { sound: u64::try_from(last).unwrap_or(0), head_sequence: head.sequence, head_hash: head.hash, broken })
}

/// What is wrong with a record that should follow the number and hash given.
fn flaw_of(row: &event::Model, last: i64, last_hash: &str) -> Option<Break> {
    let of_row =
        |problem: &str| Break { sequence: row.sequence, id: Some(row.id.clone()), problem: problem.to_owned() };
    if row.sequence != last + 1 {
        let problem = format!("The record is missing; the next one is number {}.", row.sequence);
        Some(Break { sequence: last + 1, id: None, problem })
    } else if row.previous_hash != last_hash {
        Some(of_row("The record does not follow the one before: that one was exchanged, or this one was put in."))
    } else if hash_of(row) != row.hash {
        Some(of_row("The record was changed: its contents do not fit its hash."))
    } else {
        None
    }
}

/// What is wrong with the end of a chain whose records all hold.
async fn at_the_end(
    db: &impl ConnectionTrait,
    head: &event_chain::Model,
    last: i64,
    last_hash: &str,
) -> Result<Option<Break>> {
    if last < head.sequence {
        let problem = format!("The newest records are missing, {} in number.", head.sequence - last);
        return Ok(Some(Break { sequence: last + 1, id: None, problem }));
    }
    if last_hash != head.hash {
        let problem = "The newest record is not the one that the head of the chain tells of.".to_owned();
        let row = event::Entity::find().filter(event::Column::Sequence.eq(last)).one(db).await?;
        return Ok(Some(Break { sequence: last, id: row.map(|row| row.id), problem }));
    }
    // Asked in one statement, for others go on writing meanwhile.
    let head_now = Query::select().column(event_chain::Column::Sequence).from(event_chain::Entity).to_owned();
    let beyond = event::Entity::find()
        .filter(Expr::col(event::Column::Sequence).gt(Expr::from(SubQueryStatement::from(head_now))))
        .order_by_asc(event::Column::Sequence)
        .one(db)
        .await?;
    Ok(beyond.map(|row| Break {
        sequence: row.sequence,
        id: Some(row.id),
        problem: "The record lies beyond the head of the chain.".to_owned(),
    }))
}

fn no_head() -> PersistenceError {
    PersistenceError::Inconsistent("the audit trail has no head".to_owned())
}

/// The hash of a record in its canonical form.
fn hash_of(row: &event::Model) -> String {
    let fields = serde_json::json!([
        FORM,
        row.sequence,
        row.previous_hash,
        row.id,
        row.at,
        row.event_type,
        row.resource_type,
        row.resource_id,
        row.bundle_id,
        row.actor,
        row.actor_id,
        row.via,
        row.client,
        row.request_id,
        row.from_state,
        row.to_state,
        row.reason,
        row.details,
        row.before,
        row.after,
    ]);
    hex::encode(Sha256::digest(fields.to_string()))
}

/// The row of an event that has no place in the chain yet.
fn to_row(event: &Event) -> Result<event::Model> {
    Ok(event::Model {
        sequence: 0,
        id: event.id.clone(),
        event_type: event.event_type.clone(),
        resource_type: event.resource_type.clone(),
        resource_id: event.resource_id.clone(),
        bundle_id: event.bundle_id.clone(),
        actor: json(&event.actor)?,
        actor_id: event.actor.id.clone(),
        via: event.via.as_ref().map(ToString::to_string),
        client: event.client.clone(),
        from_state: event.from_state.clone(),
        to_state: event.to_state.clone(),
        reason: event.reason.clone(),
        at: micros(event.timestamp),
        request_id: event.trace_id.clone(),
        details: json(&event.details)?,
        before: event.before.as_ref().map(json).transpose()?,
        after: event.after.as_ref().map(json).transpose()?,
        previous_hash: String::new(),
        hash: String::new(),
    })
}
