//! Audit records, written in the transaction of what they record.

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::event::{Event, Happened};
use persistence::{Tx, events};

use crate::{Ctx, Result, ids};

/// What a record is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub resource_type: &'a str,
    pub resource_id: &'a str,
}

pub(crate) const fn bundle(id: &str) -> About<'_> {
    About { resource_type: "bundle", resource_id: id }
}

pub(crate) const fn version(reference: &str) -> About<'_> {
    About { resource_type: "version", resource_id: reference }
}

pub(crate) const fn dataset(id: &str) -> About<'_> {
    About { resource_type: "dataset", resource_id: id }
}

pub(crate) const fn topic(id: &str) -> About<'_> {
    About { resource_type: "topic", resource_id: id }
}

pub(crate) const fn release(id: &str) -> About<'_> {
    About { resource_type: "release", resource_id: id }
}

/// Records a step of a state machine.
pub(crate) async fn step(
    tx: &Tx,
    ctx: &Ctx,
    by: &Caller,
    about: About<'_>,
    happened: &Happened,
    at: DateTime<Utc>,
) -> Result<()> {
    let event = Event {
        from_state: Some(happened.from_state.to_owned()),
        to_state: Some(happened.to_state.to_owned()),
        reason: happened.reason.clone(),
        ..plain(by, about, happened.event_type, at, serde_json::json!({}))
    };
    Ok(events::append(tx, &event, &ctx.request_id).await?)
}

/// Records anything else.
pub(crate) async fn note(
    tx: &Tx,
    ctx: &Ctx,
    by: &Caller,
    about: About<'_>,
    event_type: &str,
    details: serde_json::Value,
) -> Result<()> {
    let event = plain(by, about, event_type, ctx.now, details);
    Ok(events::append(tx, &event, &ctx.request_id).await?)
}

fn plain(by: &Caller, about: About<'_>, event_type: &str, at: DateTime<Utc>, details: serde_json::Value) -> Event {
    Event {
        id: ids::new_id(at),
        event_type: event_type.to_owned(),
        resource_type: about.resource_type.to_owned(),
        resource_id: about.resource_id.to_owned(),
        actor: by.actor.clone(),
        from_state: None,
        to_state: None,
        reason: None,
        timestamp: at,
        details,
    }
}
