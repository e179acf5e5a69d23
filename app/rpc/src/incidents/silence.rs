//! Forms by which a condition opens no incident for a time, and does so again.

use leptos::prelude::*;

use crate::error::RpcError;

/// Has a condition open no incident for some hours, for a reason.
#[server(prefix = "/rpc", endpoint = "incidents/silence")]
pub async fn silence_condition(
    #[server(default)] key: String,
    #[server(default)] hours: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let new = domain::operations::NewSilence { key, hours: crate::bundles::number(hours.trim()), reason };
    let outcome = services::incidents::silence(&services, &ctx, &new).await;
    crate::form::done("incidents/silence", outcome, "/ops/alerts", |silence| {
        let until = domain::uk_time::date_time(silence.until);
        ("/ops/alerts".to_owned(), format!("{}: it opens no incident until {until}.", silence.title()))
    })
}

/// Has a condition open incidents again before its silence is over.
#[server(prefix = "/rpc", endpoint = "incidents/unsilence")]
pub async fn unsilence_condition(#[server(default)] key: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::incidents::unsilence(&services, &ctx, &key).await;
    crate::form::done("incidents/unsilence", outcome, "/ops/alerts", |silence| {
        ("/ops/alerts".to_owned(), format!("{}: it opens an incident again.", silence.title()))
    })
}
