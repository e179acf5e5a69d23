//! Audit records, written in the transaction of what they record.
//!
//! Records leave with the commit, numbered and hashed (`persistence::events`); the functions here only say what happened.

use chrono::{DateTime, Utc};
use domain::actor::{Actor, Caller};
use domain::bundle::BundleState;
use domain::event::{Event, Happened};
use persistence::{Tx, events};
use serde::Serialize;
use serde_json::Value;

use crate::{Ctx, Result, ServiceError, ids};

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

pub(crate) const fn user(id: &str) -> About<'_> {
    About { resource_type: "user", resource_id: id }
}

pub(crate) const fn topic(id: &str) -> About<'_> {
    About { resource_type: "topic", resource_id: id }
}

pub(crate) const fn release(id: &str) -> About<'_> {
    About { resource_type: "release", resource_id: id }
}

/// Records anything else.
pub(crate) async fn note(
    tx: &Tx,
    ctx: &Ctx,
    by: &Caller,
    about: About<'_>,
    event_type: &str,
    details: Value,
) -> Result<()> {
    Entry::new(ctx, &by.actor, about, event_type).details(details).write(tx);
    Ok(())
}

/// Records an edit: of two objects the fields in which they differ are kept, of anything else the whole.
///
/// What is made new has `&()` before, what is deleted has `&()` after. Leave secrets out of both.
#[expect(clippy::too_many_arguments, reason = "each is one plain word of the record")]
pub(crate) async fn change(
    tx: &Tx,
    ctx: &Ctx,
    by: &Caller,
    about: About<'_>,
    event_type: &str,
    before: &(impl Serialize + Sync),
    after: &(impl Serialize + Sync),
) -> Result<()> {
    Entry::new(ctx, &by.actor, about, event_type).change(before, after)?.write(tx);
    Ok(())
}

/// The mark of an approval that a waiver of four eyes made possible, of a token or of the whole office.
pub(crate) fn waiver(waived: bool) -> Value {
    if waived { serde_json::json!({"four_eyes_waived": true}) } else { serde_json::json!({}) }
}

/// Where a bundle stands, as records tell it: the state's word with its evidence beside it.
pub(crate) fn standing(state: &BundleState) -> Result<Value> {
    let evidence = serde_json::to_value(state)
        .map_err(|e| ServiceError::Internal(format!("a record that cannot be written: {e}")))?;
    let mut standing = serde_json::Map::new();
    if let Value::Object(variants) = evidence {
        standing.extend(
            variants
                .into_iter()
                .filter_map(|(_, fields)| match fields {
                    Value::Object(fields) => Some(fields),
                    _ => None,
                })
                .flatten(),
        );
    }
    standing.insert("state".to_owned(), Value::from(state.stage().as_str()));
    Ok(Value::Object(standing))
}

/// A record in the making, for those that need more than [`step`], [`note`] or [`change`].
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    ctx: &'a Ctx,
    by: &'a Actor,
    about: About<'a>,
    event_type: &'a str,
    at: DateTime<Utc>,
    happened: Option<&'a Happened>,
    bundle_id: Option<String>,
    reason: Option<String>,
    details: Value,
    before: Option<Value>,
    after: Option<Value>,
}

impl<'a> Entry<'a> {
    /// A record of something that happened at the time of the request.
    pub(crate) fn new(ctx: &'a Ctx, by: &'a Actor, about: About<'a>, event_type: &'a str) -> Self {
        Self {
            ctx,
            by,
            about,
            event_type,
            at: ctx.now,
            happened: None,
            bundle_id: (about.resource_type == "bundle").then(|| about.resource_id.to_owned()),
            reason: None,
            details: Value::Object(serde_json::Map::new()),
            before: None,
            after: None,
        }
    }

    /// The same, as a step of a state machine.
    pub(crate) const fn step(mut self, happened: &'a Happened) -> Self {
        self.happened = Some(happened);
        self
    }

    /// The same, belonging to a bundle.
    pub(crate) fn in_bundle(mut self, id: Option<String>) -> Self {
        self.bundle_id = id.or(self.bundle_id);
        self
    }

    /// The same with the reason that somebody gave.
    pub(crate) fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// The same with more about it.
    pub(crate) fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// The same with what it was before and what it became.
    pub(crate) fn change(mut self, before: &impl Serialize, after: &impl Serialize) -> Result<Self> {
        let value = |value: serde_json::Result<Value>| {
            value.map_err(|e| ServiceError::Internal(format!("a record that cannot be written: {e}")))
        };
        let (mut before, mut after) = (value(serde_json::to_value(before))?, value(serde_json::to_value(after))?);
        if let (Value::Object(before), Value::Object(after)) = (&mut before, &mut after) {
            before.retain(|name, was| match after.get(name) {
                Some(now) if now == was => {
                    after.remove(name);
                    false
                }
                _ => true,
            });
        }
        self.before = Some(before).filter(|value| !value.is_null());
        self.after = Some(after).filter(|value| !value.is_null());
        Ok(self)
    }

    /// Hands the record to the transaction.
    pub(crate) fn write(self, tx: &Tx) {
        let happened = self.happened;
        events::append(
            tx,
            Event {
                id: ids::new_id(self.at),
                event_type: self.event_type.to_owned(),
                resource_type: self.about.resource_type.to_owned(),
                resource_id: self.about.resource_id.to_owned(),
                actor: self.by.clone(),
                from_state: happened.map(|step| step.from_state.to_owned()),
                to_state: happened.map(|step| step.to_state.to_owned()),
                reason: happened.and_then(|step| step.reason.clone()).or(self.reason),
                timestamp: self.at,
                details: self.details,
                before: self.before,
                after: self.after,
                bundle_id: self.bundle_id,
                via: self.ctx.via.clone(),
                client: self.ctx.client.map(|address| address.to_string()),
                trace_id: self.ctx.request_id.clone(),
            },
        );
    }
}
