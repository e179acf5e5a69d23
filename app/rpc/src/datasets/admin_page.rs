//! The portal's page of a dataset.

use domain::views::DatasetAdminPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The dataset with its draft, editions and history.
#[server(prefix = "/rpc", endpoint = "datasets/admin-page")]
pub async fn admin_page(id: String) -> Result<DatasetAdminPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::datasets::admin_page(&services, &ctx, &id).await?)
}
