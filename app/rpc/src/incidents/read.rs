//! What the pages about alerts and incidents show.

use domain::operations::{AlertDesk, IncidentSheet};
use leptos::prelude::*;

use crate::error::RpcError;

/// What holds now, what is dealt with, and the incidents that were asked for; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "incidents/desk")]
pub async fn alert_desk_read(state: String, severity: String, q: String, page: u32) -> Result<AlertDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    services::operations::watcher(&ctx).map_err(services::ServiceError::from)?;
    let filter = services::incidents::IncidentFilter {
        states: domain::operations::IncidentState::parse(&state).into_iter().collect(),
        severities: domain::operations::IncidentSeverity::parse(&severity).into_iter().collect(),
        text: Some(q.trim().to_owned()).filter(|q| !q.is_empty()),
    };
    let firing = crate::operations::Instruments::read()?.firing;
    Ok(services::incidents::desk(&services, &ctx, firing, &filter, crate::form::paging(page)).await?)
}

/// One incident with what happened to it.
#[server(prefix = "/rpc", endpoint = "incidents/one")]
pub async fn incident_read(id: String) -> Result<IncidentSheet, RpcError> {
    let (services, ctx) = crate::request::context()?;
    services::operations::watcher(&ctx).map_err(services::ServiceError::from)?;
    let firing = crate::operations::Instruments::read()?.firing;
    Ok(services::incidents::sheet(&services, &ctx, &id, &firing).await?)
}
