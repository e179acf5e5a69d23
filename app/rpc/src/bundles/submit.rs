//! Asks for approval.

use leptos::prelude::*;

use crate::error::RpcError;

/// Asks for approval; `acknowledged` says how many amber checks were looked at, where there are any.
#[server(prefix = "/rpc", endpoint = "bundles/submit")]
pub async fn submit(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] acknowledged: String,
) -> Result<(), RpcError> {
    let (command, said) = native::read(&id, &acknowledged).await?;
    super::step_saying("bundles/submit", (&id, &revision), command, said, "The bundle was sent for review.").await
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::readiness::{acknowledged_words, to_acknowledge};
    use domain::bundle::{BundleCommand, BundleStage};
    use domain::refusal::Refusal;
    use services::bundles::{Said, find, readiness};

    use crate::error::RpcError;

    type Read = (Result<BundleCommand, Refusal>, Said);

    /// The command with what was acknowledged, or what has to be looked at first.
    pub async fn read(id: &str, acknowledged: &str) -> Result<Read, RpcError> {
        let (services, ctx) = crate::request::context()?;
        // Who may not see the bundle, or comes too late, is told so by the step itself.
        let waits = find(&services, &ctx, id).await.is_ok_and(|bundle| bundle.stage() == BundleStage::InProgress);
        if !waits {
            return Ok((Ok(BundleCommand::Submit), Said::default()));
        }
        let checks = readiness(&services, &ctx, id).await?;
        let amber = to_acknowledge(&checks);
        let note = acknowledged_words(&amber);
        let command = match acknowledged.trim() {
            seen if amber.is_empty() || seen == amber.len().to_string() => Ok(BundleCommand::Submit),
            "" => Err("Say that you have looked at each point that could be better, or mend it first."),
            _ => Err("The points that could be better are not those you saw. Look at them once more."),
        };
        let command = command.map_err(|message| Refusal::field("acknowledged", "not_acknowledged", message));
        Ok((command, Said { note, ..Said::default() }))
    }
}
