//! The views of a list.

use domain::saved_view::{ListOfViews, SavedViews};
use leptos::prelude::*;

use crate::error::RpcError;

/// The views of a list that the caller keeps or a team of theirs sees.
#[server(prefix = "/rpc", endpoint = "saved-views/list")]
pub async fn saved_views_read(list: ListOfViews) -> Result<SavedViews, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::saved_views::list(&services, &ctx, list).await?)
}
