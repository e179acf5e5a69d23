//! Keeping a view, and giving it up.

use leptos::prelude::*;

use crate::error::RpcError;

/// Keeps the filters of a list under a name, and shows them to a team if one is chosen.
#[server(prefix = "/rpc", endpoint = "saved-views/save")]
pub async fn save_view(
    #[server(default)] list: String,
    #[server(default)] query: String,
    #[server(default)] name: String,
    #[server(default)] team: String,
) -> Result<(), RpcError> {
    use domain::refusal::Refusal;
    use domain::saved_view::ListOfViews;

    let (services, ctx) = crate::request::context()?;
    let team = Some(team).filter(|team| !team.is_empty());
    let outcome = match ListOfViews::parse(&list) {
        Some(list) => services::saved_views::save(&services, &ctx, list, &query, &name, team).await,
        None => Err(Refusal::field("list", "unknown", "There is no such list.").into()),
    };
    crate::form::done("saved-views/save", outcome, "/admin", |view| {
        (view.address(), format!("The view {} was saved.", view.name))
    })
}

/// Gives up a view that the caller keeps.
#[server(prefix = "/rpc", endpoint = "saved-views/delete")]
pub async fn delete_view(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::saved_views::delete(&services, &ctx, &id).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin".to_owned());
    crate::form::done("saved-views/delete", outcome, &page, |view| {
        (page.clone(), format!("The view {} was deleted.", view.name))
    })
}
