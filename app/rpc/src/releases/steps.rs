//! Taking an entry of the calendar through its states.

use leptos::prelude::*;

use super::ReleaseFields;
use crate::error::RpcError;

/// Tells the public.
#[server(prefix = "/rpc", endpoint = "releases/announce")]
pub async fn announce_release(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let command = Ok(domain::release::ReleaseCommand::Announce);
    native::step("releases/announce", &id, &revision, command, "The public sees the entry now.").await
}

/// Promises the exact date.
#[server(prefix = "/rpc", endpoint = "releases/confirm")]
pub async fn confirm_release(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: ReleaseFields,
) -> Result<(), RpcError> {
    let command = fields
        .date()
        .map(|date| domain::release::ReleaseCommand::Confirm { date: date.instant(), reason: fields.reason() });
    native::step("releases/confirm", &id, &revision, command, "The date is confirmed.").await
}

/// Puts the release off, with a reason that the public reads.
#[server(prefix = "/rpc", endpoint = "releases/postpone")]
pub async fn postpone_release(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: ReleaseFields,
) -> Result<(), RpcError> {
    let command = fields.date().map(|date| domain::release::ReleaseCommand::Postpone { date, reason: fields.reason() });
    native::step("releases/postpone", &id, &revision, command, "The release is postponed.").await
}

/// Calls the release off, with a reason that the public reads.
#[server(prefix = "/rpc", endpoint = "releases/cancel")]
pub async fn cancel_release(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: ReleaseFields,
) -> Result<(), RpcError> {
    let command = Ok(domain::release::ReleaseCommand::Cancel { reason: fields.reason() });
    native::step("releases/cancel", &id, &revision, command, "The release is cancelled.").await
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::refusal::Refusal;
    use domain::release::ReleaseCommand;

    use crate::error::RpcError;

    /// Takes an entry one step and goes back to its page.
    pub async fn step(
        form: &str,
        id: &str,
        revision: &str,
        command: Result<ReleaseCommand, Refusal>,
        notice: &str,
    ) -> Result<(), RpcError> {
        let (services, ctx) = crate::request::context()?;
        let expected = Some(crate::bundles::number(revision));
        let outcome = match command {
            Ok(command) => services::releases::take_step(&services, &ctx, id, expected, command).await,
            Err(refusal) => Err(refusal.into()),
        };
        let page = format!("/admin/releases/{id}");
        crate::form::done(form, outcome, &page, |_| (page.clone(), notice.to_owned()))
    }
}
