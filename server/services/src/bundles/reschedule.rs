//! Giving several bundles another instant: looked at first, then each in a transaction of its own.

use domain::bundle::reschedule::{MOST, Move, MoveFields, MovePlan, Moved};
use domain::bundle::{Bundle, BundleAction, BundleCommand, Schedule};
use domain::refusal::Refusal;
use persistence::contents;

use super::{Said, find, find_with, take_step_saying};
use crate::several::{Turns, reasons_keeping};
use crate::{Ctx, Result, ServiceError, Services, Several};

/// What a move would do to each of these bundles; nothing is changed. Without a move it tells where they stand.
///
/// # Errors
/// `Forbidden` for who may not schedule at all, `Invalid` for too many bundles.
pub async fn look_ahead(services: &Services, ctx: &Ctx, ids: &[String], fields: MoveFields) -> Result<MovePlan> {
    ctx.caller_with(BundleAction::Schedule.rule().1)?;
    if ids.len() > MOST {
        return Err(Refusal::field("chosen", "count", how_many()).into());
    }
    let (wanted, problems) = match fields.read() {
        _ if fields.is_empty() => (None, Vec::new()),
        Ok(wanted) => (Some(wanted), Vec::new()),
        Err(problems) => (None, problems),
    };
    let mut bundles: Vec<Moved> = Vec::new();
    for id in ids {
        if bundles.iter().all(|known| known.id != *id) {
            bundles.push(look(services, ctx, id, wanted).await?);
        }
    }
    Ok(MovePlan { bundles, fields, problems, done: false })
}

async fn look(services: &Services, ctx: &Ctx, id: &str, wanted: Option<Move>) -> Result<Moved> {
    let bundle = match find(services, ctx, id).await {
        Ok(bundle) => bundle,
        Err(ServiceError::Refused(refusal)) => return Ok(unseen(id, &refusal)),
        Err(fault) => return Err(fault),
    };
    let mut moved = standing(&bundle);
    let Some(wanted) = wanted else { return Ok(moved) };
    match may_move(services, ctx, &bundle, wanted).await {
        Ok(command) => moved.after = instant_of(&command),
        Err(ServiceError::Refused(refusal)) => moved.refused = refusal.reasons(),
        Err(fault) => return Err(fault),
    }
    Ok(moved)
}

/// The step that moves a bundle, if it may be taken now by the rules of bundles; what a release that is tied to it asks for is
/// told when it is taken.
async fn may_move(services: &Services, ctx: &Ctx, bundle: &Bundle, wanted: Move) -> Result<BundleCommand> {
    find_with(services, ctx, BundleAction::Schedule.rule().1, &bundle.id).await?;
    let command = command_of(bundle, wanted)?;
    let items = contents::list_of_bundle(services.db.pool(), &bundle.id).await?;
    bundle.clone().apply(command.clone(), &items, ctx.caller()?, ctx.now)?;
    Ok(command)
}

/// The step that moves a bundle; whom it tells stays.
fn command_of(bundle: &Bundle, wanted: Move) -> Result<BundleCommand, Refusal> {
    let present = bundle.state.schedule();
    let at = wanted.of(present.map(|schedule| schedule.publication_date));
    let publication_date = at.map_err(|message| Refusal::field("publication_date", "cannot_move", message))?;
    let notification_channels = bundle.state.channels().to_vec();
    Ok(BundleCommand::Schedule(Schedule { publication_date, notification_channels }))
}

fn how_many() -> String {
    format!("Choose between 1 and {MOST} bundles.")
}

/// Moves each of these bundles, told by id and the revision that was looked at, if it may be; the others stay as they are, as do
/// those after a fault.
///
/// # Errors
/// `Forbidden` for who may not schedule at all, `Invalid` for none or too many bundles and for a move that cannot be read.
pub async fn reschedule(
    services: &Services,
    ctx: &Ctx,
    chosen: &[(String, i64)],
    fields: MoveFields,
    said: Said,
) -> Result<Several<MovePlan>> {
    ctx.caller_with(BundleAction::Schedule.rule().1)?;
    if chosen.is_empty() || chosen.len() > MOST {
        return Err(Refusal::field("chosen", "count", how_many()).into());
    }
    let wanted = fields.read().map_err(|problems| Refusal::Invalid { problems })?;
    let mut bundles: Vec<Moved> = Vec::with_capacity(chosen.len());
    let (mut turns, mut refused_right) = (Turns::default(), None);
    for (id, revision) in chosen {
        if bundles.iter().any(|known| known.id == *id) {
            continue;
        }
        let turn = move_one(services, ctx, (id, *revision), wanted, said.clone(), &mut refused_right);
        bundles.push(turns.take(id, turn).await.unwrap_or_else(|refused| {
            let (id, title) = (id.clone(), id.clone());
            Moved { id, title, revision: *revision, before: None, after: None, refused }
        }));
    }
    Ok(Several { done: MovePlan { bundles, fields, problems: Vec::new(), done: true }, refused_right })
}

async fn move_one(
    services: &Services,
    ctx: &Ctx,
    (id, revision): (&str, i64),
    wanted: Move,
    said: Said,
    refused_right: &mut Option<Refusal>,
) -> Result<Moved> {
    let bundle = match find(services, ctx, id).await {
        Ok(bundle) => bundle,
        Err(ServiceError::Refused(refusal)) => return Ok(unseen(id, &refusal)),
        Err(fault) => return Err(fault),
    };
    let mut moved = standing(&bundle);
    // What the public is told belongs to a release; a bundle without one moves without words.
    let has_release = persistence::releases::of_bundle(services.db.pool(), id).await?.is_some();
    let said = Said { told: said.told.filter(|_| has_release), note: said.note };
    let done = match command_of(&bundle, wanted) {
        // The revision is the one that was looked at: what changed since is not moved unseen.
        Ok(command) => take_step_saying(services, ctx, id, Some(revision), command, said).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(bundle) => moved.after = bundle.state.schedule().map(|schedule| schedule.publication_date),
        Err(ServiceError::Refused(refusal)) => moved.refused = reasons_keeping(refused_right, &refusal),
        Err(fault) => return Err(fault),
    }
    Ok(moved)
}

fn standing(bundle: &Bundle) -> Moved {
    Moved {
        id: bundle.id.clone(),
        title: bundle.details.title.clone(),
        revision: bundle.revision,
        before: bundle.state.schedule().map(|schedule| schedule.publication_date),
        after: None,
        refused: Vec::new(),
    }
}

fn unseen(id: &str, refusal: &Refusal) -> Moved {
    Moved {
        id: id.to_owned(),
        title: id.to_owned(),
        revision: 0,
        before: None,
        after: None,
        refused: refusal.reasons(),
    }
}

fn instant_of(command: &BundleCommand) -> Option<chrono::DateTime<chrono::Utc>> {
    match command {
        BundleCommand::Schedule(schedule) => Some(schedule.publication_date),
        _ => None,
    }
}
