//! The list of all files.

use domain::file::{FilesAsked, ListedFiles};
use leptos::prelude::*;

use crate::error::RpcError;

/// The newest files that fit, of the datasets that the caller works on.
#[server(prefix = "/rpc", endpoint = "files/newest")]
pub async fn newest_files_read(#[server(default)] asked: FilesAsked) -> Result<ListedFiles, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::files::newest(&services, &ctx, &asked).await?)
}
