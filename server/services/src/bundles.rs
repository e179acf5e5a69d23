//! Bundles: filling them, having them approved, and publishing them at their instant.

mod contents;
mod create;
mod desk;
mod digests;
mod fill;
mod held;
mod leased;
mod lost_files;
mod missing;
mod outside;
mod picker;
mod prepare;
mod preview;
mod preview_pages;
mod preview_release;
mod progress;
mod publish_due;
mod publish_overdue;
mod publish_together;
mod read;
mod readiness;
mod receivers;
mod rehearse;
mod remarks;
mod remind;
mod reschedule;
mod running;
mod schedule_plan;
mod share;
mod step;

pub use contents::{add_content, find_with_contents, remove_content, remove_contents, reorder_contents, swap_contents};
pub use create::{create, delete, edit};
pub use desk::{desk, export};
pub use fill::add_contents;
pub use held::Held;
pub(crate) use lost_files::lost_files;
pub use missing::missing_soon;
pub use persistence::bundles::{BundleFilter, BundleOrder, BundleSort};
pub(crate) use picker::in_hand;
pub use picker::{begin_with, new_form, picker, repeat};
pub use prepare::{AHEAD, Preparations, prepare_upcoming};
pub use preview::preview;
pub use preview_pages::{page_ahead, preview_comparison, preview_explorer, preview_page, preview_quality};
pub use preview_release::{preview_calendar, preview_release};
pub use progress::progress;
pub(crate) use progress::progress_alone;
pub use publish_due::{PublishOutcome, publish_one, surely_now, take_up_again};
pub use publish_together::{GivenUp, Kept, Together, next_together, publish_together};
pub(crate) use read::reader;
pub use read::{approval, export_history, find, history, list, page, queue, queue_mark, readiness, status, timeline};
pub use rehearse::{Outlook, Rehearsal, Rehearsed, outlook, rehearse};
pub use remarks::{comment, comments, item_to_review, sign_off, sign_offs, withdraw_sign_off};
pub use remind::remind_due;
pub(crate) use remind::{REMINDER, publishes, reminder_to, reminder_told, send_reminder};
pub use reschedule::{look_ahead, reschedule};
pub use running::{Running, publish_due};
pub use schedule_plan::schedule_plan;
pub use share::{share, share_plan};
pub use step::{Said, checked_channels, take_step, take_step_saying};

use domain::actor::Caller;
use domain::bundle::{Bundle, ContentItem};
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use persistence::Tx;

use crate::ctx::forbidden;
use crate::{Ctx, Result, Services};

/// The bundle with its contents, for somebody who wants to change it.
pub(crate) async fn find_to_change<'a>(
    tx: &Tx,
    ctx: &'a Ctx,
    permission: Permission,
    id: &str,
) -> Result<(Bundle, Vec<ContentItem>, &'a Caller)> {
    let caller = ctx.caller()?;
    let bundle = persistence::bundles::find_visible_to(tx, caller, id).await?.ok_or(Refusal::NotFound)?;
    let contents = persistence::contents::list_of_bundle(tx, id).await?;
    if !caller.may(permission) || !persistence::contents::all_reached(&caller.reach(permission), &contents) {
        return Err(forbidden(permission).into());
    }
    Ok((bundle, contents, caller))
}

/// The bundle, for somebody with this permission for everything in it; the change itself decides again.
pub async fn find_with(services: &Services, ctx: &Ctx, permission: Permission, id: &str) -> Result<Bundle> {
    let caller = ctx.caller()?;
    let bundle = find(services, ctx, id).await?;
    let reach = caller.reach(permission);
    let reached = match reach {
        Reach::All => true,
        _ => persistence::contents::all_reached(
            &reach,
            &persistence::contents::list_of_bundle(services.db.pool(), id).await?,
        ),
    };
    if caller.may(permission) && reached { Ok(bundle) } else { Err(forbidden(permission).into()) }
}

/// Asks for a bundle that may be held ready for its instant, until this is dropped; keep it over the change.
///
/// Who lacks the right for the change asks for nothing.
pub(crate) fn want(services: &Services, ctx: &Ctx, permission: Permission, id: &str) -> Result<Option<held::Wanting>> {
    Ok(ctx.caller()?.may(permission).then(|| services.held.want(id)))
}

/// Refuses a change that is based on another revision than the present one.
pub(crate) fn must_be_current(bundle: &Bundle, expected: Option<i64>) -> Result<(), Refusal> {
    if expected.is_some_and(|revision| revision != bundle.revision) {
        return Err(Refusal::Stale);
    }
    Ok(())
}
