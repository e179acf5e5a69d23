//! The calendar as readers will find it with the release of a bundle.

use domain::bundle::Previewed;
use domain::release::CalendarPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// What was published, with the bundle's release among it; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/preview-calendar")]
pub async fn preview_calendar(id: String) -> Result<Previewed<CalendarPage>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::preview_calendar(&services, &ctx, &id).await?)
}
