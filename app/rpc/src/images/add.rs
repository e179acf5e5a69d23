//! Adding an image to a version.

use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};

use crate::error::RpcError;

/// Adds an image to a version; the fields `dataset_id`, `edition`, `version`, `alt` and `caption` come before the file.
#[server(prefix = "/rpc", endpoint = "images/add", input = MultipartFormData)]
pub async fn add(data: MultipartData) -> Result<(), RpcError> {
    let (fields, outcome) = super::receive::receive(data).await?;
    let key = super::receive::key(&fields);
    let page = crate::versions::page_of(&key);
    let added = |_: &domain::image::Image| (format!("{page}#images"), "The image was added.".to_owned());
    crate::form::done_keeping("images/add", fields, outcome, &page, added)
}
