//! Renaming a file.

use leptos::prelude::*;

use crate::error::RpcError;

/// Gives a file of a version in preparation another name and title and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "files/rename")]
pub async fn rename(
    #[server(default)] id: String,
    #[server(default)] filename: String,
    #[server(default)] title: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let names = services::files::FileNames { filename, title: Some(title) };
    let outcome = services::files::rename(&services, &ctx, &id, names).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("files/rename", outcome, &page, |file| {
        (page.clone(), format!("The file is called {} now.", file.filename))
    })
}
