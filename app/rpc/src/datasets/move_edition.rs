//! Moving an edition up or down in the order of its dataset.

use leptos::prelude::*;

use crate::error::RpcError;

/// Moves an edition past the one that stood beside it when its mover looked.
#[server(prefix = "/rpc", endpoint = "datasets/move-edition")]
pub async fn move_edition(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] way: String,
    #[server(default)] past: String,
) -> Result<(), RpcError> {
    use domain::dataset::EditionMove;
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let outcome = match EditionMove::parse(&way) {
        Some(way) => services::datasets::move_edition(&services, &ctx, &dataset_id, &edition, way, &past).await,
        None => Err(Refusal::field("way", "required", "Say whether the edition goes up or down.").into()),
    };
    let page = format!("/admin/datasets/{dataset_id}");
    // Its editions may stand on several pages; whoever moves one goes on where they were.
    let part = crate::request::form_page().filter(|from| from.split('?').next() == Some(page.as_str()));
    let page = part.unwrap_or(page);
    crate::form::done("datasets/move-edition", outcome, &page, |edition| {
        (page.clone(), format!("The edition {} was moved.", edition.title))
    })
}
