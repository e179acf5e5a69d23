//! The page of an output, for readers of public versions.

use domain::filter::{FilterOutput, OutputDownload, OutputPage};
use domain::selection::Place;
use persistence::output_jobs;

use super::{NewFilter, create, find_output, formats_of, submit};
use crate::catalogue::{Scope, version_page};
use crate::{Ctx, Result, Services, data};

/// Keeps a selection that stands in an address, and makes an output of it, in one step.
///
/// # Errors
/// What `create` and `submit` refuse.
pub async fn keep(services: &Services, ctx: &Ctx, new: NewFilter) -> Result<FilterOutput> {
    let (saved, _) = create(services, ctx, new, &Place::in_address).await?;
    submit(services, ctx, &saved).await
}

/// The output with this id, with its files and the public version that it is a part of.
///
/// # Errors
/// `NotFound` for one that does not exist, is over, or speaks of a version that is not public.
pub async fn output_page(services: &Services, ctx: &Ctx, id: &str) -> Result<OutputPage> {
    let output = find_output(services, ctx, id).await?;
    let scope = Scope {
        dataset_id: output.dataset_id.clone(),
        edition: Some(output.edition.clone()),
        version: Some(output.version),
    };
    let version = version_page(services, ctx, &scope).await?;
    let newest_has_table = data::newest_has_table(services, &version).await?;
    let mut downloads = Vec::new();
    for format in formats_of(output.rows) {
        let made = match output.job {
            Some(_) => output_jobs::file(services.db.pool(), id, format).await?,
            None => None,
        };
        downloads.push(OutputDownload { format, size: made.map(|file| file.size) });
    }
    Ok(OutputPage { version, output, downloads, newest_has_table })
}
