//! The release of a bundle: its date follows the schedule, and the bundle's publication makes it published.

use std::collections::HashMap;

use domain::actor::Caller;
use domain::bundle::Bundle;
use domain::refusal::{FieldProblem, Refusal};
use domain::release::{PublicReason, Release, ReleaseAction, ReleaseCommand, ReleaseDate, ReleaseState};
use persistence::{Tx, releases};

use super::{instant_of, must_hold, record_step, save};
use crate::{Ctx, Result};

/// Lets the release of a bundle that was just scheduled come at the same instant; part of the same transaction.
///
/// A date that nobody was promised follows silently. A promised one moves only with a reason for the public.
pub(crate) async fn follow_schedule(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    bundle: &Bundle,
    reason: Option<PublicReason>,
) -> Result<()> {
    let Some(date) = instant_of(bundle) else { return Ok(()) };
    let Some(release) = releases::of_bundle(tx, &bundle.id).await? else { return no_release(reason) };
    if release.date == date {
        return Ok(());
    }
    let command = ReleaseCommand::Move { date, reason };
    if command.action(release.state) == ReleaseAction::ChangeDate {
        must_hold(caller, ReleaseAction::ChangeDate.rule().permission, &release)?;
    }
    let problems = named_for_bundles(release.problems_of(&command, ctx.now), &release);
    domain::refusal::all_valid(problems)?;
    let (after, happened) = release.clone().apply(command, caller, ctx.now)?;
    save(tx, &after).await?;
    record_step(tx, ctx, caller, &release, &after, &happened)
}

/// Refuses the publication of a bundle by hand at another time than the calendar has promised, unless the public is told why; part
/// of the same transaction.
pub(crate) async fn must_tell(tx: &Tx, ctx: &Ctx, bundle_id: &str, reason: Option<&PublicReason>) -> Result<()> {
    let Some(release) = releases::of_bundle(tx, bundle_id).await? else { return no_release(reason.cloned()) };
    let problems = named_for_bundles(release.problems_by_hand(reason, ctx.now), &release);
    Ok(domain::refusal::all_valid(problems)?)
}

fn no_release(reason: Option<PublicReason>) -> Result<()> {
    match reason {
        Some(_) => Err(Refusal::field(
            "release_reason",
            "no_release",
            "No release of the calendar is tied to this bundle, so there is nobody to tell.",
        )
        .into()),
        None => Ok(()),
    }
}

/// In the body of a schedule, and of a publication by hand, the public's reason has a name of its own, beside the reason for colleagues.
fn named_for_bundles(problems: Vec<FieldProblem>, release: &Release) -> Vec<FieldProblem> {
    let told = match release.date {
        ReleaseDate::At(at) => format!(" The release calendar says {}.", domain::uk_time::date_time(at)),
        ReleaseDate::Month { .. } | ReleaseDate::ToBeConfirmed => String::new(),
    };
    let renamed = problems.into_iter().map(|problem| match problem.field.as_str() {
        "reason" => {
            FieldProblem { field: "release_reason".into(), message: format!("{}{told}", problem.message), ..problem }
        }
        "reason_cy" => FieldProblem { field: "release_reason_cy".into(), ..problem },
        "release_date" => FieldProblem { field: "publication_date".into(), ..problem },
        _ => problem,
    });
    renamed.collect()
}

/// The releases that are to be published with these bundles, by bundle; they stay as they are until the transaction ends.
pub(crate) async fn to_publish_with(tx: &Tx, bundle_ids: &[&str]) -> Result<HashMap<String, Release>> {
    let mut found = releases::of_bundles(tx, bundle_ids).await?;
    found.retain(|_, release| release.state != ReleaseState::Published);
    Ok(found)
}

/// Makes the release of a bundle published, whether it was announced or not; part of the bundle's publication. The public reads
/// the reason where it was promised another time.
pub(crate) async fn publish(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    release: &Release,
    reason: Option<&PublicReason>,
) -> Result<()> {
    let command = ReleaseCommand::Publish { reason: reason.cloned() };
    let (after, happened) = release.clone().apply(command, caller, ctx.now)?;
    if !releases::save(tx, &after).await? {
        return Err(Refusal::Stale.into());
    }
    record_step(tx, ctx, caller, release, &after, &happened)
}
