//! The publish queue with hands: what waits, and publishing a bundle at once.

use domain::bundle::{Bundle, BundleCommand, BundleStage};
use domain::operations::QueueDesk;
use domain::page::Paging;
use domain::refusal::{FieldProblem, all_valid};
use persistence::bundles::BundleFilter;

use crate::{Ctx, Result, Services, bundles};

/// The publish queue, and what was approved and waits for an instant.
pub async fn queue_desk(services: &Services, ctx: &Ctx) -> Result<QueueDesk> {
    let queue = bundles::queue(services, ctx, Paging::WHOLE).await?;
    let approved = BundleFilter { stages: vec![BundleStage::Approved], ..BundleFilter::default() };
    let approved = bundles::list(services, ctx, &approved, Paging::default()).await?.items;
    let switch = super::queue_switch(services, ctx).await?;
    Ok(QueueDesk { queue, approved, switch, now: ctx.now })
}

/// Publishes a bundle at once, for a reason, by somebody who has typed its title.
pub async fn run_now(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    revision: i64,
    typed: &str,
    reason: &str,
) -> Result<Bundle> {
    let bundle = bundles::find(services, ctx, id).await?;
    let mut problems = Vec::new();
    if typed.trim() != bundle.details.title.trim() {
        let message = format!("Type the title as it stands: {}", bundle.details.title);
        problems.push(FieldProblem::new("title", "not_the_title", message));
    }
    if reason.trim().is_empty() {
        problems.push(FieldProblem::new("reason", "required", "Say why. The reason is kept in the history."));
    }
    all_valid(problems)?;
    let command = BundleCommand::PublishNow { reason: Some(reason.trim().to_owned()) };
    bundles::take_step(services, ctx, id, Some(revision), command).await
}
