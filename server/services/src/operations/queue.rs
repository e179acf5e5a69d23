//! The publish queue with hands: what waits, and publishing a bundle at once.

use domain::bundle::{Bundle, BundleCommand, BundleStage};
use domain::operations::QueueDesk;
use domain::page::Paging;
use domain::refusal::{FieldProblem, all_valid};
use domain::release::PublicReason;
use persistence::bundles::BundleFilter;

use crate::bundles::Said;
use crate::{Ctx, Result, Services, bundles};

/// The publish queue, and what was approved and waits for an instant.
pub async fn queue_desk(services: &Services, ctx: &Ctx) -> Result<QueueDesk> {
    let queue = bundles::queue(services, ctx, Paging::WHOLE).await?;
    let approved = BundleFilter { stages: vec![BundleStage::Approved], ..BundleFilter::default() };
    let approved = bundles::list(services, ctx, &approved, Paging::default()).await?.items;
    let switch = super::queue_switch(services, ctx).await?;
    let missing = bundles::missing_soon(services, ctx).await?;
    Ok(QueueDesk { queue, approved, missing, switch, now: ctx.now })
}

/// What somebody says who publishes a bundle at once.
#[derive(Clone, Debug)]
pub struct RunOrder<'a> {
    /// The revision that they looked at.
    pub revision: i64,
    /// The bundle's title, typed once more.
    pub typed: &'a str,
    /// Why, for the history.
    pub reason: &'a str,
    /// Why, for the public, where the release calendar has promised another time.
    pub told: Option<PublicReason>,
}

/// Publishes a bundle at once, for a reason, by somebody who has typed its title.
pub async fn run_now(services: &Services, ctx: &Ctx, id: &str, order: RunOrder<'_>) -> Result<Bundle> {
    let RunOrder { revision, typed, reason, told } = order;
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
    let said = Said { note: None, told };
    bundles::take_step_saying(services, ctx, id, Some(revision), command, said).await
}
