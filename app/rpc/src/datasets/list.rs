//! The portal's list of datasets.

use domain::dataset::desk::{DatasetDesk, DatasetQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// The datasets that an address asks for, with what the last change of several did.
#[server(prefix = "/rpc", endpoint = "datasets/list")]
pub async fn list(query: DatasetQuery) -> Result<DatasetDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let desk = services::datasets::desk(&services, &ctx, query).await?;
    Ok(DatasetDesk { changed: super::change_several::last(), ..desk })
}
