//! What a node does with the conditions that it sees: open an incident once, and note when they end and come back.

use chrono::{DateTime, TimeDelta, Utc};
use domain::operations::{Firing, Incident};
use persistence::{PersistenceError, incidents, silences};

use super::{about, insert};
use crate::{Ctx, Result, ServiceError, Services, ids, records};

/// How often a node writes down that a condition still holds.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// A condition that no node has seen for so long holds no more.
const SILENCE: TimeDelta = TimeDelta::minutes(3);
/// A condition that holds on for so long after its incident was resolved opens another.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// What came of a look.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// What is dealt with, the gravest first.
    pub live: Vec<Incident>,
    /// What ended.
    pub recovered: Vec<Incident>,
}

/// Opens an incident for each condition that has held long enough, has none and is not silenced, and notes what ended and what came back.
///
/// Nodes may look at the same time: of each change one node makes it. It costs one read while all is well.
pub async fn watch(services: &Services, firing: &[Firing]) -> Result<Watched> {
    let ctx = Ctx::system("housekeeping", services.clock.now());
    let mut known = incidents::watched(services.db.pool()).await?;
    let mut watched = Watched::default();
    let mut opened = Vec::new();
    let due: Vec<&Firing> = firing.iter().filter(|one| one.is_due && one.condition.rule().opens).collect();
    let silenced = if due.is_empty() { Vec::new() } else { silences::list(services.db.pool(), ctx.now).await? };
    for one in due {
        let key = one.key();
        let of_condition = known.iter().filter(|incident| incident.key().as_ref() == Some(&key));
        let present = of_condition.max_by_key(|incident| (incident.is_live(), incident.opened_at));
        match present {
            Some(incident) if incident.resolved_at.is_none_or(|at| ctx.now < at + AGAIN) => {
                seen(services, &ctx, incident).await?;
            }
            _ if silenced.iter().any(|silence| silence.covers(one.condition, &one.subject)) => {}
            _ => opened.extend(open(services, &ctx, one).await?),
        }
    }
    for incident in &known {
        let held = firing.iter().any(|one| Some(one.key()) == incident.key());
        let last_seen = incident.last_seen_at.filter(|_| incident.recovered_at.is_none() && !held);
        let Some(last_seen) = last_seen.filter(|at| *at + SILENCE <= ctx.now) else { continue };
        if note(services, &ctx, incident, "condition_recovered", (last_seen, Some(last_seen))).await? {
            watched.recovered.push(incident.clone());
        }
    }
    known.extend(opened);
    known.retain(Incident::is_live);
    watched.live = known;
    Ok(watched)
}

/// Opens the incident, unless another node has just done so.
async fn open(services: &Services, ctx: &Ctx, firing: &Firing) -> Result<Option<Incident>> {
    let by = ctx.caller()?;
    let incident = Incident::by_condition(ids::new_id(ctx.now), firing, by.actor.clone(), ctx.now);
    let tx = services.db.begin().await?;
    match insert(&tx, services, ctx, by, &incident).await {
        Err(ServiceError::Persistence(PersistenceError::Duplicate(_))) => return Ok(None),
        other => other?,
    }
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(Some(incident))
}

/// Notes that a condition holds: that it came back, or once in a while that it is still so.
async fn seen(services: &Services, ctx: &Ctx, incident: &Incident) -> Result<()> {
    if incident.recovered_at.is_some() {
        note(services, ctx, incident, "condition_returned", (ctx.now, None)).await?;
    } else if incident.last_seen_at.is_none_or(|at| at + EVERY <= ctx.now) {
        incidents::note_condition(services.db.pool(), incident, ctx.now, None).await?;
    }
    Ok(())
}

/// Writes down how a condition stands, with a record; false where another node was faster.
async fn note(
    services: &Services,
    ctx: &Ctx,
    incident: &Incident,
    event: &str,
    (last_seen, recovered): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Result<bool> {
    let tx = services.db.begin().await?;
    if !incidents::note_condition(&tx, incident, last_seen, recovered).await? {
        return Ok(false);
    }
    let details = serde_json::json!({"condition": incident.condition, "subject": incident.subject});
    records::note(&tx, ctx, ctx.caller()?, about(&incident.id), event, details).await?;
    persistence::db::commit(tx).await?;
    Ok(true)
}
