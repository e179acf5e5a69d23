//! Corrections and notices on what is public.

use domain::correction::{CorrectionsPage, CorrectionsQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// A page of corrections and notices.
#[server(prefix = "/rpc", endpoint = "catalogue/corrections")]
pub async fn corrections(query: CorrectionsQuery) -> Result<CorrectionsPage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::corrections::page(&services, &query).await?)
}
