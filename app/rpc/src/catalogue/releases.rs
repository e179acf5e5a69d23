//! The release calendar.

use domain::release::{CalendarPage, CalendarQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// A page of the calendar.
#[server(prefix = "/rpc", endpoint = "catalogue/releases", input = leptos::server_fn::codec::Json)]
pub async fn releases(query: CalendarQuery) -> Result<CalendarPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::releases::calendar(&services, &ctx, &query).await?)
}
