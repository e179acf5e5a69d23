//! A forgotten password.

use leptos::prelude::*;

use crate::error::RpcError;

/// Asks for a letter with a link; the answer is the same whoever has an account.
#[server(prefix = "/rpc", endpoint = "account/forgotten")]
pub async fn forgotten(#[server(default)] email: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::ask_for_link(&services, &ctx, &email).await;
    crate::form::done("account/forgotten", outcome, "/account/forgotten", |()| {
        let notice = "If there is an account with this address, a letter with a link is on its way. The link works for half an hour.";
        ("/account/forgotten".to_owned(), notice.to_owned())
    })
}
