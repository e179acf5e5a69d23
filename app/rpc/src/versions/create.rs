//! Beginning a version.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::RpcError;

/// Where to go on with a new version, and what was wrong in the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BeginFields {
    /// The step to go on with; the version's page where none is named.
    pub step: String,
    /// What was wrong in the version before, where this one corrects it.
    pub correction: String,
    /// The same in Welsh.
    pub correction_cy: String,
    /// How much it changes: `minor`, `major`, or nothing.
    pub severity: String,
}

/// Begins the next version of an edition and goes on with it; `carry` takes over what stays true from the last one.
#[server(prefix = "/rpc", endpoint = "versions/create")]
pub async fn create(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] release_date: String,
    #[server(default)] carry: String,
    #[server(flatten)] fields: BeginFields,
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
                    let metadata = corrected(metadata, &fields);
                    let new = services::versions::NewVersion { dataset_id, edition, metadata };
                    services::versions::create(&services, &ctx, new).await
                }
                Err(error) => Err(error),
            }
        }
        Err(problems) => Err(domain::refusal::Refusal::Invalid { problems }.into()),
    };
    let step = domain::review::WizardStep::parse(&fields.step);
    crate::form::done("versions/create", outcome, &page, |version| {
        let page = version.admin_path();
        let next = step.map_or_else(|| page.clone(), |step| step.path(&page));
        (next, "The version was created. Upload its files.".to_owned())
    })
}

/// The same with what was wrong in the version before, where that is said.
#[cfg(not(target_family = "wasm"))]
fn corrected(metadata: domain::version::VersionMetadata, fields: &BeginFields) -> domain::version::VersionMetadata {
    if fields.correction.trim().is_empty() {
        return metadata;
    }
    let typed = super::AlertFields {
        description: fields.correction.clone(),
        description_cy: fields.correction_cy.clone(),
        severity: fields.severity.clone(),
        ..super::AlertFields::default()
    };
    metadata.correcting(typed.read())
}
