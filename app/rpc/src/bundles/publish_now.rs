//! Publishing a bundle by hand.

use leptos::prelude::*;

use crate::error::RpcError;

/// Publishes the bundle by hand, with a reason and its title typed once more, and a reason for the public where the release calendar
/// has promised another time.
#[server(prefix = "/rpc", endpoint = "bundles/publish-now")]
pub async fn publish_now(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(default)] confirmation: String,
    #[server(default)] release_reason: String,
    #[server(default)] release_reason_cy: String,
) -> Result<(), RpcError> {
    let command = read(&id, reason, &confirmation).await?;
    let told = super::Moment { release_reason, release_reason_cy, ..super::Moment::default() };
    let outcome = super::taken((&id, &revision), command, told.told("")).await?;
    let page = format!("/admin/bundles/{id}");
    // Where what happens next is followed.
    crate::form::done("bundles/publish-now", outcome, &page, |bundle| {
        (format!("{}/publication", bundle.admin_path()), "Publication has begun.".to_owned())
    })
}

/// The command, or everything that is missing for it.
#[cfg(not(target_family = "wasm"))]
async fn read(
    id: &str,
    reason: String,
    confirmation: &str,
) -> Result<Result<domain::bundle::BundleCommand, domain::refusal::Refusal>, RpcError> {
    use domain::bundle::BundleCommand;
    use domain::refusal::Refusal;

    let mut problems = match super::needed(reason.clone()) {
        Err(Refusal::Invalid { problems }) => problems,
        _ => Vec::new(),
    };
    let message = "Type the bundle's title exactly, so that the right one is published.";
    problems.extend(super::mistyped(id, confirmation, message).await?);
    if problems.is_empty() {
        return Ok(Ok(BundleCommand::PublishNow { reason: Some(reason) }));
    }
    Ok(Err(Refusal::Invalid { problems }))
}
