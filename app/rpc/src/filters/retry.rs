//! Having files made again.

use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Has the files of an output tried again that could not be made.
#[server(prefix = "/rpc", endpoint = "filters/retry")]
pub async fn retry(#[server(default)] language: Language, #[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = format!("{}{}", language.path_prefix(), domain::filter::output_page_path(&id));
    let outcome = match services::filters::find_output(&services, &ctx, &id).await {
        Ok(output) => services::filters::retry_output(&services, &ctx, &output).await,
        Err(error) => Err(error),
    };
    crate::form::done("filters/retry", outcome, &page, |_| (page.clone(), String::new()))
}
