//! Beginning a version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Begins the next version of an edition and goes to its page, or to the step that `step` names; `carry` takes over what stays true
/// from the last one.
#[server(prefix = "/rpc", endpoint = "versions/create")]
pub async fn create(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] release_date: String,
    #[server(default)] carry: String,
    #[server(default)] step: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = format!("/admin/datasets/{dataset_id}");
    let outcome = match super::fields::read_date(&release_date) {
        Ok(release_date) => {
            let carried = if carry.is_empty() {
                Ok(domain::version::VersionMetadata::default())
            } else {
                services::versions::carried_forward(&services, &ctx, &dataset_id, &edition).await
            };
            match carried {
                Ok(carried) => {
                    let metadata = domain::version::VersionMetadata { release_date, ..carried };
                    let new = services::versions::NewVersion { dataset_id, edition, metadata };
                    services::versions::create(&services, &ctx, new).await
                }
                Err(error) => Err(error),
            }
        }
        Err(problems) => Err(domain::refusal::Refusal::Invalid { problems }.into()),
    };
    crate::form::done("versions/create", outcome, &page, |version| {
        let page = version.admin_path();
        let next = domain::review::WizardStep::parse(&step).map_or_else(|| page.clone(), |step| step.path(&page));
        (next, "The version was created. Upload its files.".to_owned())
    })
}
