//! Uploading a file to a version.

use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};

use crate::error::RpcError;

/// Takes every file of the form in as it arrives; the fields `dataset_id`, `edition`, `version` and `title` come before it.
///
/// Browsers without scripts are sent back to the version's page; scripts get the refusal itself and then load the page.
#[server(prefix = "/rpc", endpoint = "files/upload", input = MultipartFormData)]
pub async fn upload(data: MultipartData) -> Result<(), RpcError> {
    let (form, outcome) = super::receive::receive(data).await?;
    super::receive::answer(&form, outcome)
}
