//! Taking several versions out of a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Takes these items out of a bundle in preparation, all or none; `versions` name them for the way back.
#[server(prefix = "/rpc", endpoint = "bundles/remove-contents")]
pub async fn remove_contents(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] items: Vec<String>,
    #[server(default)] versions: Vec<String>,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let expected = Some(super::number(&revision));
    let outcome = services::bundles::remove_contents(&services, &ctx, &id, expected, &items).await;
    let page = format!("/admin/bundles/{id}");
    crate::form::done("bundles/remove-contents", outcome, &page, |_| {
        let words = match items.len() {
            1 => "One version was taken out of the bundle.".to_owned(),
            many => format!("{many} versions were taken out of the bundle."),
        };
        super::undo::leave("bundles/remove-contents", &id, super::Undo::PutBack(versions), words);
        (page.clone(), String::new())
    })
}
