//! From the configuration to a program that serves: used by `main` and by tests.

mod accounts;
mod outlets;

use std::path::Path;
use std::sync::Arc;

use domain::office::SessionLimits;
use migrations::{Migrator, MigratorTrait};
use persistence::Database;
use search::SearchIndex;
use services::bundles::{Held, Preparations};
use services::data::TableFiles;
use services::{Clock, Memory, Nudges, Services, Settings};
use storage::{Storage, StorageError};
use tokio_util::sync::CancellationToken;

use crate::api::described::Document;
use crate::background::Conditions;
use crate::config::Config;
use crate::faults::ScriptFaults;
use crate::health::HealthBoard;
use crate::http::at_once::AtOnce;
use crate::http::callers::Callers;
use crate::http::rates::Rates;
use crate::http::remembered::Remembered;
use crate::live::Streams;
use crate::state::{AppState, Shared};
use crate::{metrics, router};

/// Why the program did not start, as one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {source}. {mend}")]
pub struct StartError {
    doing: &'static str,
    mend: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
}

fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    doing: &'static str,
    mend: &'static str,
) -> impl FnOnce(E) -> StartError {
    move |source| StartError { doing, mend, source: source.into() }
}

/// Opens database, storage and index, and brings the schema up to date.
pub async fn open_services(config: &Config, clock: Clock) -> Result<Services, StartError> {
    open(config, clock, false).await
}

/// The same beside a running server, for commands that touch no object: nothing is taken from it.
pub async fn open_beside(config: &Config, clock: Clock) -> Result<Services, StartError> {
    open(config, clock, true).await
}

async fn open(config: &Config, clock: Clock, beside: bool) -> Result<Services, StartError> {
    prepare_folder(&config.data_dir)?;
    let db = Database::connect(&config.database)
        .await
        .map_err(failed("The database cannot be opened", "Check DATABASE_URL and that the database runs."))?;
    Migrator::up(db.pool(), None).await.map_err(failed(
        "The database schema cannot be brought up to date",
        "Check the rights of the database user.",
    ))?;
    let storage =
        if beside { Storage::open_beside(&config.storage).await } else { Storage::open(&config.storage).await };
    let storage = storage.map_err(without_storage)?;
    let folder = config.data_dir.join("index");
    let index = tokio::task::spawn_blocking(move || SearchIndex::open(&folder))
        .await
        .map_err(failed("The search index cannot be opened", "Start again."))?
        .map_err(failed(
            "The search index cannot be opened",
            "Remove the folder index in DATA_DIR; it is made anew.",
        ))?;
    let folder = config.data_dir.join("tables");
    let tables = if beside { TableFiles::beside(&folder) } else { TableFiles::open(&folder) }
        .map_err(failed("The folder of open tables cannot be made", "Check DATA_DIR and its rights."))?;
    let lease = chrono::Duration::from_std(config.publication_lease).unwrap_or_else(|_| chrono::Duration::seconds(30));
    let outlets = Arc::new(outlets::outlets(config, &storage)?);
    let services = Services {
        db,
        storage,
        index,
        indexing: Arc::default(),
        settings: Arc::new(Settings {
            node: node_name(&config.data_dir)?,
            started_at: clock.now(),
            max_upload_bytes: config.max_upload_bytes,
            examine_at_once: config.examine_at_once_bytes,
            output_at_once_cells: config.output_at_once_cells,
            compare_at_once_cells: config.compare_at_once_cells,
            output_max_bytes: config.output_max_bytes,
            filters_kept_max: config.filters_kept_max,
            service_auth_token: config.service_auth_token.clone(),
            search_queries_counted: config.search_queries_counted,
            lease,
            session_limits: SessionLimits {
                idle: config.session_idle_timeout.as_secs(),
                longest: config.session_absolute_timeout.as_secs(),
            },
            rate_limits: config.edge.limits.quotas(),
        }),
        clock,
        accounts: Arc::new(accounts::settings(config)?),
        outlets,
        tables,
        nudges: Nudges::default(),
        memory: Memory::default(),
        rebuilding: services::catalogue::Rebuilding::default(),
        asked_queries: services::search_desk::AskedQueries::default(),
        uses: services::uses::Uses::default(),
        preparations: Preparations::default(),
        held: Held::default(),
        blocks: services::callers::Blocks::default(),
    };
    services::callers::follow(&services)
        .await
        .map_err(failed("The callers that are blocked cannot be read", "Check that the database runs."))?;
    if !beside {
        services::datasets::note_outlooks(&services)
            .await
            .map_err(failed("The drafts of datasets cannot be read", "Check that the database runs."))?;
        services::datasets::sort_titles(&services)
            .await
            .map_err(failed("The titles of datasets cannot be sorted", "Check that the database runs."))?;
        services::uploads::clear_unfinished(&services)
            .await
            .map_err(failed("The storage cannot be tidied", "Check DATA_DIR and its rights."))?;
    }
    Ok(services)
}

/// Why the storage was not opened: taken by a program that runs, or not to be reached.
fn without_storage(error: StorageError) -> StartError {
    match error {
        StorageError::InUse { .. } => failed(
            "The storage is taken",
            "Stop that program, such as `catalogue serve`, then run this command, and start it again.",
        )(error),
        other => failed("The storage cannot be opened", "Check DATA_DIR, or the AWS and S3 settings.")(other),
    }
}

/// The router over opened services.
pub fn build(config: Arc<Config>, services: Services) -> (AppState, AtOnce) {
    if any_spawner::Executor::init_tokio().is_err() {
        tracing::debug!("the pages' executor was set up before");
    }
    let state = AppState::from(Shared {
        health: HealthBoard::new(services.clock.now()),
        conditions: Conditions::new(services.clock.now()),
        rates: Rates::new(&config.edge.limits, &services.clock, &services.memory),
        callers: Callers::default(),
        metrics: metrics::handle(),
        remembered: Remembered::default(),
        streams: Streams::default(),
        faults: ScriptFaults::default(),
        document: Document::new(Arc::clone(&config)),
        ending: CancellationToken::new(),
        services,
        config,
    });
    (state.clone(), router::router(state))
}

fn prepare_folder(folder: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(folder).map_err(failed("The data folder cannot be made", "Check DATA_DIR and its rights."))
}

/// The name of this node: made once and kept in its data folder, so that a restarted node knows its own leases.
fn node_name(folder: &Path) -> Result<String, StartError> {
    let mend = "Check DATA_DIR and its rights.";
    let path = folder.join("node");
    if let Ok(name) = std::fs::read_to_string(&path)
        && !name.trim().is_empty()
    {
        return Ok(name.trim().to_owned());
    }
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = format!("{}-{:08x}", host.trim(), random());
    std::fs::write(&path, &name).map_err(failed("The node's name cannot be kept", mend))?;
    Ok(name)
}

#[expect(clippy::disallowed_methods, reason = "the edge at which a process gets its name")]
fn random() -> u32 {
    use rand::Rng;
    rand::rng().random()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_while_a_catalogue_runs_is_sent_to_that_one_and_not_to_the_settings_of_s3() {
        let held = StorageError::InUse { folder: "data/objects".into(), holder: " as process 7".into() };
        assert_eq!(
            without_storage(held).to_string(),
            "The storage is taken: another catalogue is running as process 7 and has the storage folder data/objects. \
             Stop that program, such as `catalogue serve`, then run this command, and start it again."
        );
        let away = StorageError::Unreachable { bucket: "private".into(), source: "no route".into() };
        assert!(without_storage(away).to_string().ends_with("Check DATA_DIR, or the AWS and S3 settings."));
    }
}
