//! Changing an entry: its words, its bundle, its date; or deleting one that was never announced.

use domain::actor::Caller;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::release::{PublicReason, Release, ReleaseAction, ReleaseCommand, ReleaseDate, ReleaseDetails};
use persistence::{Tx, releases};

use super::{
    bundle_named, department_problem, find_to_change, instant_of, is_hidden, may, must_agree, must_be_current,
    must_hold, save, taken,
};
use crate::ctx::forbidden;
use crate::{Ctx, Result, Services, records};

/// An entry as it is to be.
#[derive(Clone, Debug)]
pub struct ReleaseChange {
    /// What editors say about it.
    pub details: ReleaseDetails,
    /// When it will come.
    pub date: ReleaseDate,
    /// The bundle that will publish it.
    pub bundle_id: Option<String>,
    /// Why the date changes, for the public; needed once a date was confirmed.
    pub reason: Option<PublicReason>,
}

/// Replaces what is said about a release; a change of its date follows the rules of its state.
pub async fn edit(services: &Services, ctx: &Ctx, id: &str, expected: i64, change: ReleaseChange) -> Result<Release> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let before = find_to_change(&tx, ctx, id).await?;
    let hidden = match &before.bundle_id {
        Some(id) => is_hidden(&tx, caller, id).await?,
        None => false,
    };
    let named = change.bundle_id.clone().filter(|_| hidden || change.bundle_id != before.bundle_id);
    // Whoever is not told of a release's bundle cannot mean to take it away: their change leaves the link as it is.
    let kept = before.bundle_id.clone().filter(|_| hidden && named.is_none());
    let change = ReleaseChange { bundle_id: kept.or(change.bundle_id), ..change };
    let said = change.details != before.details || change.bundle_id != before.bundle_id;
    let moved = change.date != before.date;
    let step = moved.then(|| ReleaseCommand::Move { date: change.date, reason: change.reason.clone() });
    check_rights(caller, &before, &change.details, said, step.as_ref())?;
    let mut problems = change.details.problems();
    problems.extend(department_problem(&tx, change.details.department.as_deref()).await?);
    match &step {
        Some(command) => problems.extend(before.problems_of(command, ctx.now)),
        None if change.reason.is_some() => {
            problems.push(FieldProblem::new("reason", "date_unchanged", "A reason belongs to a change of the date."));
        }
        None => {}
    }
    let bundle = link_problem(&tx, caller, named.as_deref(), &mut problems).await?;
    all_valid(problems)?;
    if hidden && named.is_some() {
        return Err(
            taken("Something else comes out with this release already. Leave the bundle out of your change.").into()
        );
    }
    must_be_current(&before, Some(expected))?;
    ReleaseAction::Edit.check_from(before.state)?;
    let linked = Release { details: change.details, bundle_id: change.bundle_id, ..before.clone() };
    let mut after = match step {
        Some(command) => linked.apply(command, caller, ctx.now)?.0,
        None => linked,
    };
    after = agree_with_new_bundle(after, bundle, caller, ctx)?;
    if after.date != before.date {
        must_agree(&tx, caller, &after, after.date).await?;
    }
    after.last_edited_by = caller.actor.clone();
    after.last_modified = ctx.now;
    save(&tx, &after).await?;
    records::change(&tx, ctx, caller, records::release(id), event_of(&before, &after), &before, &after).await?;
    persistence::db::commit(tx).await?;
    Ok(Release { revision: after.revision + 1, ..after })
}

fn event_of(before: &Release, after: &Release) -> &'static str {
    match (before.date == after.date, before.changes.len() == after.changes.len()) {
        (true, _) => "edited",
        (false, true) => "date_set",
        (false, false) => "date_changed",
    }
}

/// Words and bundle need the editors' right, dates the right that the table names; both for the old and the new department.
fn check_rights(
    caller: &Caller,
    before: &Release,
    details: &ReleaseDetails,
    said: bool,
    step: Option<&ReleaseCommand>,
) -> Result<(), Refusal> {
    if let Some(command) = step {
        must_hold(caller, command.action(before.state).rule().permission, before)?;
    }
    if said {
        must_hold(caller, Permission::ReleasesWrite, before)?;
        if !may(caller, Permission::ReleasesWrite, details.department.as_deref()) {
            return Err(forbidden(Permission::ReleasesWrite));
        }
    }
    if step.is_none() && !said {
        let either = must_hold(caller, Permission::ReleasesApprove, before);
        return either.or_else(|_| must_hold(caller, Permission::ReleasesWrite, before));
    }
    Ok(())
}

/// The instant of a bundle that is newly named, or the problem of naming it.
async fn link_problem(
    tx: &Tx,
    caller: &Caller,
    named: Option<&str>,
    problems: &mut Vec<FieldProblem>,
) -> Result<Option<ReleaseDate>> {
    let Some(id) = named else { return Ok(None) };
    match bundle_named(tx, caller, id).await? {
        Ok(bundle) => Ok(instant_of(&bundle)),
        Err(problem) => {
            problems.push(problem);
            Ok(None)
        }
    }
}

/// A date that nobody was promised follows the bundle; a promised one has to be the bundle's already.
fn agree_with_new_bundle(
    release: Release,
    instant: Option<ReleaseDate>,
    caller: &Caller,
    ctx: &Ctx,
) -> Result<Release, Refusal> {
    match instant {
        Some(date) if date != release.date => {
            let command = ReleaseCommand::Move { date, reason: None };
            if command.action(release.state) == ReleaseAction::ChangeDate && !release.date.admits(date) {
                return Err(Refusal::blocked(
                    "dates_differ",
                    "The bundle is scheduled for another instant than the one that was announced. Change one of them first.",
                ));
            }
            Ok(release.apply(command, caller, ctx.now)?.0)
        }
        _ => Ok(release),
    }
}

/// Deletes an entry that was never announced.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let release = find_to_change(&tx, ctx, id).await?;
    must_hold(caller, ReleaseAction::Delete.rule().permission, &release)?;
    must_be_current(&release, Some(expected))?;
    ReleaseAction::Delete.check_from(release.state)?;
    if !releases::delete_draft(&tx, id, release.revision).await? {
        return Err(Refusal::Stale.into());
    }
    records::change(&tx, ctx, caller, records::release(id), "deleted", &release, &()).await?;
    Ok(persistence::db::commit(tx).await?)
}
