//! What the form for a new dataset offers.

use domain::views::DatasetForm;
use leptos::prelude::*;

use crate::error::RpcError;

/// Topics, and the departments in which the viewer may create.
#[server(prefix = "/rpc", endpoint = "datasets/form")]
pub async fn form() -> Result<DatasetForm, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::datasets::form(&services, &ctx).await?)
}
