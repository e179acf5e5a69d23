//! Giving a bundle its instant.

use leptos::prelude::*;

use crate::error::RpcError;

/// Schedules the bundle at a date and time on a UK clock, or at another one than before.
#[server(prefix = "/rpc", endpoint = "bundles/schedule")]
pub async fn schedule(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] publication_date: String,
    #[server(default)] publication_time: String,
    #[server(default)] publication_clock: String,
    #[server(default)] notification_channels: Vec<String>,
) -> Result<(), RpcError> {
    let moment = super::Moment { date: publication_date, time: publication_time, which: publication_clock };
    let command = super::read_schedule(&moment, &notification_channels);
    super::step("bundles/schedule", &id, &revision, command, "The bundle is scheduled.").await
}
