//! Confirming what was found in a file.

use domain::refusal::{FieldProblem, all_valid};
use domain::text::check_optional;
use leptos::prelude::*;

use crate::error::RpcError;

/// The longest reason, in characters.
const MAX_REASON: usize = 5000;

/// Notes why what was found in a file is meant and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "files/confirm")]
pub async fn confirm(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let reason = reason.trim().to_owned();
    let mut problems = Vec::new();
    if reason.is_empty() {
        problems.push(FieldProblem::required("reason"));
    }
    check_optional(&mut problems, "reason", &reason, MAX_REASON, true);
    let outcome = match all_valid(problems) {
        Ok(()) => services::files::confirm(&services, &ctx, &id, reason).await.map(|_| ()),
        Err(refusal) => Err(refusal.into()),
    };
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("files/confirm", outcome, &page, |()| (page.clone(), "It was confirmed.".to_owned()))
}
