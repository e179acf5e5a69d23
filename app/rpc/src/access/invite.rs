//! Invitations to accounts that were made for somebody.

use leptos::prelude::*;

use crate::error::RpcError;

/// Invites somebody, or invites again; where no letter is sent, the link is shown on the next page and never again.
#[server(prefix = "/rpc", endpoint = "access/invite")]
pub async fn invite(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = format!("/admin/users/{id}");
    let outcome = services::accounts::invite(&services, &ctx, &id).await;
    let outcome = outcome.and_then(|(_, link)| native::sealed(&services, &ctx, link));
    crate::form::done("access/invite", outcome, &page, |sealed| {
        (page.clone(), told(sealed.as_deref(), "The invitation is on its way."))
    })
}

/// Takes an invitation back.
#[server(prefix = "/rpc", endpoint = "access/withdraw-invitation")]
pub async fn withdraw_invitation(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::withdraw_invitation(&services, &ctx, &id).await;
    crate::form::done("access/withdraw-invitation", outcome, "/admin/users", |()| {
        ("/admin/users".to_owned(), "The invitation was taken back. Its link no longer works.".to_owned())
    })
}

#[cfg(not(target_family = "wasm"))]
pub(super) use native::{sealed, told};

#[cfg(not(target_family = "wasm"))]
mod native {
    use services::{Ctx, Result, Services};

    /// The link of an invitation, sealed, where no letter is sent.
    pub fn sealed(services: &Services, ctx: &Ctx, link: Option<String>) -> Result<Option<String>> {
        link.map(|link| services::accounts::seal_codes(services, ctx, &[link])).transpose()
    }

    /// The notice of an invitation by letter; a link instead is left for the next page, which tells of it.
    pub fn told(sealed: Option<&str>, by_letter: &str) -> String {
        match sealed {
            Some(sealed) => {
                let notice = "This site sends no mail. Copy the link now and hand it over yourself.";
                crate::access::leave_secret("access/invite", sealed, notice);
                String::new()
            }
            None => by_letter.to_owned(),
        }
    }
}
