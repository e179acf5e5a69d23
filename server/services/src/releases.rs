//! The release calendar: preparing entries, announcing them, keeping their dates, and what the public reads.

mod create;
mod edit;
mod of_bundle;
mod read;
mod step;

pub use create::{NewRelease, create};
pub use edit::{ReleaseChange, delete, edit};
pub use persistence::releases::{ReleaseFilter, ReleaseOrder};
pub use read::{Inside, calendar, entry, feed, find, inside, inside_of, list, page, told, versions};
pub use step::take_step;

pub(crate) use of_bundle::{follow_schedule, must_tell, publish, to_publish_with};

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleStage};
use domain::event::Happened;
use domain::policy::{Permission, Reach};
use domain::refusal::{Blocker, FieldProblem, Refusal};
use domain::release::{Release, ReleaseDate, ReleaseState};
use persistence::{PersistenceError, Tx, bundles, releases, revisions, topics};

use crate::ctx::forbidden;
use crate::{Ctx, Result, records};

/// Whether the caller holds a permission for releases of this department; without one the whole office has to be reached.
#[must_use]
pub fn may(caller: &Caller, permission: Permission, department: Option<&str>) -> bool {
    match department {
        Some(department) => caller.may_for(permission, department, ""),
        None => caller.reach(permission) == Reach::All,
    }
}

/// Refuses somebody without the permission for the release.
pub fn must_hold(caller: &Caller, permission: Permission, release: &Release) -> Result<(), Refusal> {
    let held = may(caller, permission, release.details.department.as_deref());
    if held { Ok(()) } else { Err(forbidden(permission)) }
}

/// How far the caller sees what is not announced.
fn reach(ctx: &Ctx) -> Reach {
    ctx.caller.as_ref().map_or(Reach::PublishedOnly, |caller| caller.reach(Permission::ReleasesRead))
}

/// The release for somebody who wants to change it.
async fn find_to_change(tx: &Tx, ctx: &Ctx, id: &str) -> Result<Release> {
    ctx.caller()?;
    Ok(releases::find_to_change(tx, &reach(ctx), id).await?.ok_or(Refusal::NotFound)?)
}

/// Refuses a change that is based on another revision than the present one.
fn must_be_current(release: &Release, expected: Option<i64>) -> Result<(), Refusal> {
    if expected.is_some_and(|revision| revision != release.revision) { Err(Refusal::Stale) } else { Ok(()) }
}

/// The problem of a department that does not exist.
async fn department_problem(tx: &Tx, department: Option<&str>) -> Result<Option<FieldProblem>> {
    let Some(department) = department else { return Ok(None) };
    let known = topics::department_exists(tx, department).await?;
    Ok((!known).then(|| FieldProblem::new("department", "unknown", "Choose one of the departments.")))
}

/// The bundle that a release names, if the caller may see it and it is still to be published.
async fn bundle_named(tx: &Tx, caller: &Caller, id: &str) -> Result<Result<Bundle, FieldProblem>> {
    Ok(match bundles::find_visible_to(tx, caller, id).await? {
        None => Err(FieldProblem::new("bundle_id", "unknown", format!("There is no bundle {id}."))),
        Some(bundle) if bundle.stage() == BundleStage::Published => {
            Err(FieldProblem::new("bundle_id", "published", "This bundle is published already."))
        }
        Some(bundle) => Ok(bundle),
    })
}

/// The instant at which a bundle will be public, where that is fixed.
fn instant_of(bundle: &Bundle) -> Option<ReleaseDate> {
    let fixed = matches!(bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing);
    bundle.state.schedule().filter(|_| fixed).map(|schedule| ReleaseDate::At(schedule.publication_date))
}

/// Refuses a date other than the instant for which the release's bundle is scheduled; which bundle and instant these are is
/// told to those who may see the bundle.
async fn must_agree(tx: &Tx, caller: &Caller, release: &Release, date: ReleaseDate) -> Result<()> {
    let Some(id) = &release.bundle_id else { return Ok(()) };
    let system = Caller::system("calendar");
    let bundle = bundles::find_visible_to(tx, &system, id).await?;
    match bundle.as_ref().and_then(instant_of) {
        Some(instant) if instant != date => Err(if is_hidden(tx, caller, id).await? {
            taken("The date of this release is settled by others and cannot be changed now.").into()
        } else {
            scheduled_otherwise(instant, id).into()
        }),
        _ => Ok(()),
    }
}

/// Whether the caller may not see a bundle.
async fn is_hidden(tx: &Tx, caller: &Caller, id: &str) -> Result<bool> {
    Ok(bundles::find_visible_to(tx, caller, id).await?.is_none())
}

/// The refusal of what would touch a bundle that the caller may not see: that the release is taken, and nothing else.
fn taken(message: &str) -> Refusal {
    Refusal::blocked("taken", message)
}

fn scheduled_otherwise(instant: ReleaseDate, bundle_id: &str) -> Refusal {
    let when = instant.instant().map(domain::uk_time::date_time).unwrap_or_default();
    let message = format!(
        "Its bundle is scheduled for {when}. Schedule the bundle for the new instant, with a reason for the public, or cancel its schedule first."
    );
    let blocker =
        Blocker::new("bundle_scheduled", message.clone()).about(bundle_id, Some(format!("/admin/bundles/{bundle_id}")));
    Refusal::Blocked { message, blockers: vec![blocker] }
}

fn unless_taken<T>(outcome: persistence::error::Result<T>, release: &Release) -> Result<T> {
    match outcome {
        Err(PersistenceError::Duplicate(_)) => {
            let message = match &release.bundle_id {
                Some(_) => format!("There is a release {} already, or its bundle has another release.", release.id),
                None => format!("There is a release with the id {} already.", release.id),
            };
            Err(Refusal::blocked("taken", message).into())
        }
        other => Ok(other?),
    }
}

/// Records a step with all that it changed.
fn record_step(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    before: &Release,
    after: &Release,
    happened: &Happened,
) -> Result<()> {
    let entry = records::Entry::new(ctx, &caller.actor, records::release(&after.id), happened.event_type);
    entry.step(happened).change(before, after)?.write(tx);
    Ok(())
}

/// Saves at the revision that was read, and lets pages follow where the public sees the release.
async fn save(tx: &Tx, release: &Release) -> Result<()> {
    if !unless_taken(releases::save(tx, release).await, release)? {
        return Err(Refusal::Stale.into());
    }
    if release.state != ReleaseState::Draft {
        revisions::raise(tx, &[]).await?;
    }
    Ok(())
}
