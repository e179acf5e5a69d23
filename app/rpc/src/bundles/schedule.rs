//! Giving a bundle its instant.

use leptos::prelude::*;

use super::Moment;
use crate::error::RpcError;

/// Schedules the bundle at a date and time on a UK clock, or at another one than before.
#[server(prefix = "/rpc", endpoint = "bundles/schedule")]
pub async fn schedule(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] notification_channels: Vec<String>,
    #[server(flatten)] moment: Moment,
) -> Result<(), RpcError> {
    let command = super::read_schedule(&moment, &notification_channels);
    super::step_saying("bundles/schedule", (&id, &revision), command, moment.told(), "The bundle is scheduled.").await
}
