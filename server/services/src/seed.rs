//! Loading the demonstration content through the same use cases that people use; safe to repeat.

mod calendar;
mod files;
mod people;
mod releases;

use std::path::Path;

use crate::{Result, ServiceError, Services, catalogue, tasks};

/// Loads what is in `folder` and is not there yet; tells its progress, and returns a closing line.
pub async fn load(services: &Services, folder: &Path, tell: &mut dyn FnMut(&str)) -> Result<String> {
    tell("Loading topics, departments and people");
    people::load_taxonomy(services, folder).await?;
    let people = people::load(services, folder).await?;
    let begun = releases::load_datasets(services, folder, &people, tell).await?;
    tell("Publishing the back catalogue");
    releases::publish_back_catalogue(services, &people, &begun).await?;
    tell("Loading bundles, one in each state");
    releases::load_bundles(services, folder, &people).await?;
    tell("Loading the release calendar, one entry in each state");
    calendar::load(services, folder, &people).await?;
    catalogue::sync_index(services).await?;
    while tasks::run_due(services).await? > 0 {}
    Ok(format!("Loaded {} new datasets; the search index holds {}.", begun.datasets, services.index.count()))
}

fn fault(what: &str) -> ServiceError {
    ServiceError::Internal(format!("the demonstration content: {what}"))
}
