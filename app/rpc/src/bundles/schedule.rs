//! Giving a bundle its instant.

use leptos::prelude::*;

use super::Moment;
use crate::error::RpcError;

/// Schedules the bundle at a date and time on a UK clock, or at another one than before.
#[server(prefix = "/rpc", endpoint = "bundles/schedule")]
pub async fn schedule(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(default)] notification_channels: Vec<String>,
    #[server(flatten)] moment: Moment,
) -> Result<(), RpcError> {
    let command = super::read_schedule(&moment, &notification_channels);
    let command = native::with_reason(&id, &reason, command).await?;
    let said = moment.told(&reason);
    super::step_saying("bundles/schedule", (&id, &revision), command, said, "The bundle is scheduled.").await
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::{BundleCommand, BundleStage};
    use domain::refusal::{FieldProblem, Refusal};

    use crate::error::RpcError;

    type Read = Result<BundleCommand, Refusal>;

    /// Refuses, beside whatever else is wrong, to take an instant that others count on without a word to them.
    pub async fn with_reason(id: &str, reason: &str, command: Read) -> Result<Read, RpcError> {
        let (services, ctx) = crate::request::context()?;
        // Who may not see the bundle is told so by the step itself.
        let found = services::bundles::find(&services, &ctx, id).await;
        let moves = found.is_ok_and(|bundle| bundle.stage() == BundleStage::Scheduled);
        if !moves || !reason.trim().is_empty() {
            return Ok(command);
        }
        let mut problems = match command {
            Err(Refusal::Invalid { problems }) => problems,
            Err(other) => return Ok(Err(other)),
            Ok(_) => Vec::new(),
        };
        problems.push(FieldProblem::new(
            "reason",
            "required",
            "Say why the time changes, so that your colleagues know.",
        ));
        Ok(Err(Refusal::Invalid { problems }))
    }
}
