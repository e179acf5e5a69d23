//! What the operations desk shows.

use domain::bundle::BundleStage;
use domain::operations::{
    Casualty, DatabaseDesk, FileDesk, IndexDesk, Integrations, LimitsDesk, LogAsked, LogDesk, Overview,
    PerformanceDesk, PublicationRun, QueueDesk, Readings,
};
use domain::page::Page;
use domain::subscription::{SubscriberDesk, SubscribersAsked};
use leptos::prelude::*;

use crate::error::RpcError;

/// How everything stands, against the runbook's thresholds.
#[server(prefix = "/rpc", endpoint = "operations/overview")]
pub async fn overview_read() -> Result<Overview, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let readings = super::Instruments::read()?;
    Ok(services::operations::overview(&services, &ctx, readings).await?)
}

/// What this process tells of itself: health and everything that is measured.
#[server(prefix = "/rpc", endpoint = "operations/readings")]
pub async fn readings_read() -> Result<Readings, RpcError> {
    let (_, ctx) = crate::request::context()?;
    services::operations::watcher(&ctx).map_err(services::ServiceError::from)?;
    super::Instruments::read()
}

/// How much one caller may ask for, who asks most, and who is blocked.
#[server(prefix = "/rpc", endpoint = "operations/limits")]
pub async fn limits_desk_read() -> Result<LimitsDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let readings = super::Instruments::read()?;
    Ok(services::callers::desk(&services, &ctx, readings).await?)
}

/// What takes time on the node that answers: endpoints, statements, and what is remembered.
#[server(prefix = "/rpc", endpoint = "operations/performance")]
pub async fn performance_desk_read() -> Result<PerformanceDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let readings = super::Instruments::read()?;
    Ok(services::operations::performance_desk(&services, &ctx, readings)?)
}

/// The log of the node that answers, as far as its memory reaches; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "operations/logs")]
pub async fn log_desk_read(#[server(default)] asked: LogAsked, page: u32) -> Result<LogDesk, RpcError> {
    const LINES: u32 = 100;
    let (services, ctx) = crate::request::context()?;
    let log = super::Instruments::log()?;
    let paging = domain::page::Paging { limit: LINES, offset: page.saturating_sub(1).saturating_mul(LINES) };
    // Only the newest lines come by themselves.
    let follows = paging.offset == 0 && crate::request::asked_by_itself();
    Ok(services::operations::log_desk(&services, &ctx, &asked, log, paging, follows).await?)
}

/// The database: size, schema, connections, statements, leases and the last backup.
#[server(prefix = "/rpc", endpoint = "operations/database")]
pub async fn database_desk_read() -> Result<DatabaseDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::operations::database_desk(&services, &ctx).await?)
}

/// The public's subscriptions, with masked addresses; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "operations/subscribers")]
pub async fn subscriber_desk_read(
    #[server(default)] asked: SubscribersAsked,
    page: u32,
) -> Result<SubscriberDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::subscriptions::subscriber_desk(&services, &ctx, &asked, crate::form::paging(page)).await?)
}

/// The publish queue, and what was approved and waits for an instant.
#[server(prefix = "/rpc", endpoint = "operations/queue")]
pub async fn queue_desk_read() -> Result<QueueDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::operations::queue_desk(&services, &ctx).await?)
}

/// Runs of publications, those under way first and then the newest; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "operations/publications")]
pub async fn publications(state: Option<BundleStage>, page: u32) -> Result<Page<PublicationRun>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::operations::publications(&services, &ctx, state, crate::form::paging(page)).await?)
}

/// Publications that need somebody, each with the runbook's root causes; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "operations/casualties")]
pub async fn casualties(page: u32) -> Result<Page<Casualty>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::operations::casualties(&services, &ctx, crate::form::paging(page)).await?)
}

/// The receivers and what is owed to them; the one of this word is asked whether it is up. `page` counts what fails from 1.
#[server(prefix = "/rpc", endpoint = "operations/integrations")]
pub async fn integrations_read(ask: String, page: u32) -> Result<Integrations, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let ask = domain::delivery::Sink::parse(&ask);
    Ok(services::operations::integrations(&services, &ctx, ask, crate::form::paging(page)).await?)
}

/// The queue of files that are looked into, and how the storage was found.
#[server(prefix = "/rpc", endpoint = "operations/files")]
pub async fn file_desk_read() -> Result<FileDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let storage = super::Instruments::read()?.components.into_iter().find(|component| component.name == "Storage");
    Ok(services::operations::file_desk(&services, &ctx, storage).await?)
}

/// This node's search index beside the catalogue; `dataset` is the id of one that somebody misses, or empty.
#[server(prefix = "/rpc", endpoint = "operations/search-index")]
pub async fn index_desk_read(dataset: String) -> Result<IndexDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::catalogue::index_desk(&services, &ctx, &dataset).await?)
}
