//! Setting a department's policy, and holding versions in standard storage.

use leptos::prelude::*;

use crate::error::RpcError;

/// A policy as a form or an address has it; nothing where neither number was given.
#[cfg(not(target_family = "wasm"))]
pub(super) fn policy_of(
    enabled: &str,
    keep_versions: &str,
    keep_months: &str,
) -> Option<domain::archiving::ArchivePolicy> {
    let number = |text: &str| text.trim().parse().ok();
    let (keep_versions, keep_months) = (number(keep_versions), number(keep_months));
    let given = keep_versions.is_some() || keep_months.is_some();
    given.then(|| domain::archiving::ArchivePolicy { enabled: enabled == "true", keep_versions, keep_months })
}

/// Sets what a department keeps.
#[server(prefix = "/rpc", endpoint = "archive/set-policy")]
pub async fn set_archive_policy(
    #[server(default)] department: String,
    #[server(default)] revision: String,
    #[server(default)] enabled: String,
    #[server(default)] keep_versions: String,
    #[server(default)] keep_months: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let policy = policy_of(&enabled, &keep_versions, &keep_months);
    let policy = policy.unwrap_or_else(|| domain::archiving::ArchivePolicy {
        enabled: enabled == "true",
        ..domain::archiving::ArchivePolicy::default()
    });
    let revision = crate::bundles::number(&revision);
    let outcome = services::archiving::set_policy(&services, &ctx, &department, policy, revision).await;
    let page = format!("/admin/archive?department={department}");
    crate::form::done("archive/set-policy", outcome, &page, |(policy, _)| {
        let said = if policy.enabled {
            "The policy is carried out once an hour."
        } else {
            "The policy is kept and not carried out."
        };
        (page.clone(), said.to_owned())
    })
}

/// Holds a version in standard storage, for a reason.
#[server(prefix = "/rpc", endpoint = "archive/hold")]
pub async fn hold_version(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = crate::versions::key(&dataset_id, &edition, &version);
    let outcome = services::archiving::hold(&services, &ctx, &key, reason.trim()).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/archive".to_owned());
    crate::form::done("archive/hold", outcome, &page, |()| (page.clone(), "The version stays where it is.".to_owned()))
}

/// Lets a version go again.
#[server(prefix = "/rpc", endpoint = "archive/let-go")]
pub async fn let_go(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = crate::versions::key(&dataset_id, &edition, &version);
    let outcome = services::archiving::release(&services, &ctx, &key).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/archive".to_owned());
    crate::form::done("archive/let-go", outcome, &page, |()| {
        (page.clone(), "The policy decides about the version again.".to_owned())
    })
}
