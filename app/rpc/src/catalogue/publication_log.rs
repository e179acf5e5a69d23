//! The public log of publications.

use domain::publication_log::{LogPage, LogQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// A page of the log, newest first.
#[server(prefix = "/rpc", endpoint = "catalogue/publication-log", input = leptos::server_fn::codec::Json)]
pub async fn publication_log(query: LogQuery) -> Result<LogPage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::publication_log::page(&services, query).await?)
}
