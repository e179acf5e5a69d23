//! Making, editing and deleting entries of the calendar.

use leptos::prelude::*;

use super::ReleaseFields;
use crate::error::RpcError;

/// Begins an entry; the public sees nothing of it until it is announced.
#[server(prefix = "/rpc", endpoint = "releases/create")]
pub async fn create_release(
    #[server(default)] id: String,
    #[server(flatten)] fields: ReleaseFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match fields.date() {
        Ok(date) => {
            let (details, bundle_id) = (fields.details(), fields.bundle());
            let id = Some(id.trim().to_owned()).filter(|id| !id.is_empty());
            let new = services::releases::NewRelease { id, details, date, bundle_id };
            services::releases::create(&services, &ctx, new).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    crate::form::done("releases/create", outcome, "/admin/releases/new", |release| {
        (format!("/admin/releases/{}", release.id), "The entry was made. Nobody outside sees it yet.".to_owned())
    })
}

/// Replaces what is said about an entry; another date follows the rules of its state.
#[server(prefix = "/rpc", endpoint = "releases/edit")]
pub async fn edit_release(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: ReleaseFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match fields.date() {
        Ok(date) => {
            let (details, bundle_id) = (fields.details(), fields.bundle());
            let change = services::releases::ReleaseChange { details, date, bundle_id, reason: fields.reason() };
            services::releases::edit(&services, &ctx, &id, crate::bundles::number(&revision), change).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let page = format!("/admin/releases/{id}");
    crate::form::done("releases/edit", outcome, &page, |_| (page.clone(), "The entry was saved.".to_owned()))
}

/// Deletes an entry that was never announced.
#[server(prefix = "/rpc", endpoint = "releases/delete")]
pub async fn delete_release(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::releases::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    crate::form::done("releases/delete", outcome, &format!("/admin/releases/{id}"), |()| {
        ("/admin/releases".to_owned(), "The entry was deleted.".to_owned())
    })
}
