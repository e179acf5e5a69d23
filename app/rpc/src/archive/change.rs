//! Setting a department's policy, and holding versions in standard storage.

use leptos::prelude::*;

use crate::error::RpcError;

/// A policy as a form or an address has it; without a number where the field is empty.
///
/// # Errors
/// `Invalid` with each number that cannot be read: one that is left out would make the policy archive more.
#[cfg(not(target_family = "wasm"))]
pub(super) fn policy_of(
    enabled: &str,
    keep_versions: &str,
    keep_months: &str,
) -> Result<domain::archiving::ArchivePolicy, domain::refusal::Refusal> {
    let mut problems = Vec::new();
    let mut number = |field: &str, text: &str| match text.trim() {
        "" => None,
        text => match text.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                let told = "Give a whole number, such as 12.";
                problems.push(domain::refusal::FieldProblem::new(field, "invalid_number", told));
                None
            }
        },
    };
    let (keep_versions, keep_months) = (number("keep_versions", keep_versions), number("keep_months", keep_months));
    domain::refusal::all_valid(problems)?;
    Ok(domain::archiving::ArchivePolicy { enabled: enabled == "true", keep_versions, keep_months })
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
    let revision = crate::bundles::number(&revision);
    let outcome = match policy_of(&enabled, &keep_versions, &keep_months) {
        Ok(policy) => services::archiving::set_policy(&services, &ctx, &department, policy, revision).await,
        Err(refusal) => Err(refusal.into()),
    };
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

#[cfg(test)]
mod tests {
    use super::policy_of;

    #[test]
    fn a_number_that_cannot_be_read_is_never_a_number_that_was_not_given() {
        let policy = policy_of("true", " 12 ", "").unwrap();
        assert_eq!((policy.enabled, policy.keep_versions, policy.keep_months), (true, Some(12), None));
        for (versions, months) in [("12 versions", "6"), ("12.0", ""), ("3", "-1")] {
            assert!(policy_of("true", versions, months).is_err(), "{versions} {months}");
        }
    }
}
