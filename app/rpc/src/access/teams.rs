//! Making, editing and deleting teams.

use leptos::prelude::*;

use crate::error::RpcError;

/// Makes a team and goes to its page.
#[server(prefix = "/rpc", endpoint = "access/create-team")]
pub async fn create_team(#[server(default)] name: String, #[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let id = Some(id.trim().to_owned()).filter(|id| !id.is_empty());
    let new = services::teams::NewTeam { id, name: name.trim().to_owned(), members: Vec::new() };
    let outcome = services::teams::create(&services, &ctx, new).await;
    crate::form::done("access/create-team", outcome, "/admin/teams", |team| {
        (format!("/admin/teams/{}", team.id), "The team was made. Say who is in it.".to_owned())
    })
}

/// Replaces a team's name and members.
#[server(prefix = "/rpc", endpoint = "access/edit-team")]
pub async fn edit_team(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] name: String,
    #[server(default)] members: Vec<String>,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let new = services::teams::NewTeam { id: None, name: name.trim().to_owned(), members };
    let outcome = services::teams::edit(&services, &ctx, &id, crate::bundles::number(&revision), new).await;
    let page = format!("/admin/teams/{id}");
    crate::form::done("access/edit-team", outcome, &page, |_| (page.clone(), "The team was saved.".to_owned()))
}

/// Deletes a team that no bundle is shared with.
#[server(prefix = "/rpc", endpoint = "access/delete-team")]
pub async fn delete_team(#[server(default)] id: String, #[server(default)] revision: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::teams::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    crate::form::done("access/delete-team", outcome, &format!("/admin/teams/{id}"), |()| {
        ("/admin/teams".to_owned(), "The team was deleted.".to_owned())
    })
}
