//! Taking a bundle one step through its states.

use domain::bundle::{Bundle, BundleAction, BundleCommand, BundleStage, Channel};
use domain::refusal::{FieldProblem, Refusal};
use domain::release::PublicReason;
use domain::review::Reviewed;
use persistence::bundles::Lease;
use persistence::{bundles, contents, hold, queue_pause, review_claims};

use crate::{Ctx, Result, Services, records, releases};

/// Submits, rejects, approves, schedules, cancels, retries, resets or begins publication by hand.
///
/// `expected` is the revision that the caller looked at; without it the present one is taken, and the write is still
/// conditional, so that of two callers at once exactly one succeeds.
pub async fn take_step(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: Option<i64>,
    command: BundleCommand,
) -> Result<Bundle> {
    take_step_saying(services, ctx, id, expected, command, Said::default()).await
}

/// What somebody says of a step besides what its command holds.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// A remark, kept as the reason where the command has none of its own.
    pub note: Option<String>,
    /// What the public is told where a release of the calendar has to move with the bundle, or is published at another time than
    /// was promised.
    pub told: Option<PublicReason>,
}

/// The same, with what is said of it.
pub async fn take_step_saying(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: Option<i64>,
    command: BundleCommand,
    said: Said,
) -> Result<Bundle> {
    let action = command.action();
    let (_, permission) = action.rule();
    let _wanting = super::want(services, ctx, permission, id)?;
    let tx = services.db.begin().await?;
    let (bundle, items, caller) = super::find_to_change(&tx, ctx, permission, id).await?;
    let queue = if action == BundleAction::PublishNow { Some(queue_pause::ask(&tx).await?) } else { None };
    if bundle.stage() == BundleStage::Scheduled {
        hold::wait_for_holder(&tx, id).await?;
    }
    command.check(ctx.now)?;
    crate::deliveries::must_be_usable(&tx, services, &command).await?;
    // From here to the commit no draft changes: what is looked at is what is approved. Of items that came or went since the
    // bundle was read its revision tells.
    let items = if action == BundleAction::Approve && bundles::lock_drafts(&tx, id).await? {
        contents::list_of_bundle(&tx, id).await?
    } else {
        items
    };
    super::must_be_current(&bundle, expected)?;
    if action == BundleAction::Reset && bundle.stage() == BundleStage::Publishing {
        must_be_stuck(&tx, ctx, id).await?;
    }
    let before = bundle.state.clone();
    let waived = action == BundleAction::Approve && bundle.is_waived_for(&items, caller);
    let (bundle, mut happened) = bundle.apply(command, &items, caller, ctx.now)?;
    if let Some(queue) = queue {
        queue.must_go_on()?;
    }
    happened.reason = happened.reason.or(said.note);
    let bundle = Bundle { state: bundle.state.telling(said.told.clone()), ..bundle };
    let lease = (bundle.stage() == BundleStage::Publishing).then(|| Lease::unclaimed(ctx.now));
    if !bundles::save(&tx, &bundle, lease.as_ref()).await? {
        return Err(Refusal::Stale.into());
    }
    match action {
        BundleAction::Submit => contents::mark_validated(&tx, id, ctx.now).await?,
        BundleAction::Approve => bundles::note_approved_drafts(&tx, id, ctx.now).await?,
        BundleAction::RequestChanges => bundles::forget_approved_drafts(&tx, id).await?,
        _ => {}
    }
    if matches!(action, BundleAction::Submit | BundleAction::Approve | BundleAction::Reject) {
        review_claims::end(&tx, &Reviewed::Bundle(id.to_owned())).await?;
    }
    let entry = records::Entry::new(ctx, &caller.actor, records::bundle(id), happened.event_type).step(&happened);
    let entry = entry.change(&records::standing(&before)?, &records::standing(&bundle.state)?)?;
    entry.details(records::waiver(waived)).write(&tx);
    if bundle.stage() == BundleStage::Scheduled {
        releases::follow_schedule(&tx, ctx, caller, &bundle, said.told).await?;
    } else if action == BundleAction::PublishNow {
        // After the bundle was saved, as at its publication, so that nobody waits for the other crosswise.
        releases::must_tell(&tx, ctx, id, bundle.state.told()).await?;
    }
    persistence::db::commit(tx).await?;
    services.nudges.schedule.notify_one();
    tracing::info!(bundle.id = %id, event = happened.event_type, actor.id = %caller.actor.id, "bundle {} {}", id, happened.event_type);
    Ok(Bundle { revision: bundle.revision + 1, ..bundle })
}

/// Reads channel names; unknown ones are refused by name.
pub fn checked_channels(names: &[String]) -> Result<Vec<Channel>, Refusal> {
    let mut channels = Vec::new();
    let mut problems = Vec::new();
    for (i, name) in names.iter().enumerate() {
        match Channel::parse(name) {
            Some(channel) if channels.contains(&channel) => {}
            Some(channel) => channels.push(channel),
            None => problems.push(FieldProblem::new(
                &format!("notification_channels.{i}"),
                "unknown",
                "Choose among email, webhook and slack.",
            )),
        }
    }
    domain::refusal::all_valid(problems).map(|()| channels)
}

async fn must_be_stuck(tx: &persistence::Tx, ctx: &Ctx, id: &str) -> Result<()> {
    let live = bundles::lease_of(tx, id).await?.filter(|lease| lease.expires_at > ctx.now);
    match live {
        Some(lease) => Err(Refusal::blocked(
            "lease_held",
            format!(
                "The node {} is publishing this bundle now. Wait until {}.",
                lease.node,
                lease.expires_at.to_rfc3339()
            ),
        )
        .into()),
        None => Ok(()),
    }
}
