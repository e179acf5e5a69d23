//! Deleting a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Deletes a bundle in preparation, with its title typed once more; its versions stay.
#[server(prefix = "/rpc", endpoint = "bundles/delete")]
pub async fn delete(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] confirmation: String,
) -> Result<(), RpcError> {
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let expected = Some(super::number(&revision));
    let message = "Type the bundle's title exactly, so that the right one is deleted.";
    let outcome = match super::mistyped(&id, &confirmation, message).await? {
        Some(problem) => Err(Refusal::Invalid { problems: vec![problem] }.into()),
        None => services::bundles::delete(&services, &ctx, &id, expected).await,
    };
    crate::form::done("bundles/delete", outcome, &format!("/admin/bundles/{id}"), |()| {
        ("/admin/bundles".to_owned(), "The bundle was deleted. Its versions are free for other bundles.".to_owned())
    })
}
