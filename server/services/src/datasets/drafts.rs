//! Drafts in bundles: what is approved stays as it is until it is public, and what is under review changes before the reviewers' eyes.

use domain::refusal::{Blocker, Refusal};
use persistence::{Tx, bundles};

use crate::{Ctx, Result, records};

/// Refuses a change of what becomes public with a bundle that is approved; the bundle is named to those who may see it.
///
/// Call with the dataset's row locked, so that no approval comes in between.
pub(super) async fn must_not_be_approved(tx: &Tx, ctx: &Ctx, id: &str, edition: Option<&str>) -> Result<()> {
    let Some(holder) = bundles::approved_with(tx, id, edition).await? else { return Ok(()) };
    let seen = bundles::find_visible_to(tx, ctx.caller()?, &holder.id).await?;
    let what = if edition.is_some() { "This edition" } else { "This dataset" };
    let (named, holder) = match seen {
        Some(bundle) => {
            (format!("the bundle {}", bundle.details.title), Some((bundle.id.clone(), bundle.admin_path())))
        }
        None => ("a bundle".to_owned(), None),
    };
    let message = format!(
        "{what} has a version in {named}, which is approved and not yet published, and becomes public with it as it \
         was approved. Have changes requested on the bundle first, then have it approved again."
    );
    let mut blocker = Blocker::new("in_bundle", message.clone());
    if let Some((id, page)) = holder {
        blocker = blocker.about(id, Some(page));
    }
    Err(Refusal::Blocked { message, blockers: vec![blocker] }.into())
}

/// Makes the approvals out of date that were begun before this change, and notes it in the history of each bundle.
pub(super) async fn tell_reviewers(tx: &Tx, ctx: &Ctx, id: &str) -> Result<()> {
    let caller = ctx.caller()?;
    for bundle in bundles::touch_under_review(tx, id, &caller.actor, ctx.now).await? {
        let details = serde_json::json!({"dataset": id});
        records::note(tx, ctx, caller, records::bundle(&bundle), "draft_edited", details).await?;
    }
    Ok(())
}
