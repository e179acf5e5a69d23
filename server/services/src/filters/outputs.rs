//! What is made of a filter: the selection as it was, under an address whose files never change.

use std::ops::RangeInclusive;

use domain::filter::{FILES_KEPT, FilterOutput, KEPT, OutputJob, OutputState, SavedFilter};
use domain::refusal::{Refusal, all_valid};
use domain::selection::{DataFormat, Selection};
use persistence::files::StoredFile;
use persistence::filters;
use persistence::output_jobs::{self, OutputFile};
use storage::ObjectStream;

use super::note_output;
use super::room::{asker, has_plain_figures, must_have_quota, must_have_room};
use crate::versions::{self, VersionKey};
use crate::{Ctx, Result, Services, audit, data, ids};

/// Makes an output of a filter as it is now; the filter is kept for as long again.
///
/// A large one gets a job that makes its files; it is kept for a week.
///
/// # Errors
/// What `create` refuses, `TooMany` also where the caller has enough large ones or there is no room, and where the table cannot be read.
pub async fn submit(services: &Services, ctx: &Ctx, saved: &SavedFilter) -> Result<FilterOutput> {
    let stored = data::find_file(services, ctx, &super::key_of(saved), saved.file.as_ref()).await?;
    // It may have been kept when filters might say more.
    all_valid(saved.problems())?;
    let table = data::open(services, &stored).await?;
    let id = ids::unguessable();
    let rows = data::count(services, &table, &saved.selection).await?;
    let is_large = rows.saturating_mul(width(&stored, &saved.selection)) > services.settings.output_at_once_cells;
    let job = is_large.then(|| OutputJob {
        output_id: id.clone(),
        file_id: stored.file.id.clone(),
        state: OutputState::Pending,
        attempts: 0,
        forgiven: 0,
        rows_written: 0,
        last_error: None,
        available_at: ctx.now,
        created_at: ctx.now,
    });
    let output = FilterOutput {
        id,
        filter_id: saved.id.clone(),
        dataset_id: saved.dataset_id.clone(),
        edition: saved.edition.clone(),
        version: saved.version,
        file: saved.file.clone(),
        rows,
        selection: saved.selection.clone(),
        created_at: ctx.now,
        expires_at: ctx.now + if is_large { FILES_KEPT } else { KEPT },
        job,
    };
    let asker = asker(services, ctx);
    if is_large {
        must_have_room(services, &asker, false).await?;
    }
    must_have_quota(services, ctx, &saved.selection).await?;
    let tx = services.db.begin().await?;
    // How many rows fit is told with it.
    audit::note_preview_of_file(&tx, ctx, &stored).await?;
    note_output(&tx, ctx, (&saved.id, &output.id), "output_made");
    filters::insert_output(&tx, &output).await?;
    if let Some(job) = &output.job {
        output_jobs::insert(&tx, job, &asker, output.expires_at).await?;
    }
    filters::prolong(&tx, &saved.id, ctx.now + KEPT).await?;
    persistence::db::commit(tx).await?;
    services.nudges.outputs.notify_one();
    Ok(output)
}

/// How many columns a selection of a table has.
fn width(stored: &StoredFile, selection: &Selection) -> u64 {
    let all = stored.file.profile.as_ref().map_or(0, |profile| profile.columns.len());
    let chosen = if selection.columns.is_empty() { all } else { selection.columns.len() };
    chosen as u64
}

/// The output with this id, if the caller may see its version.
///
/// # Errors
/// `NotFound` for one that does not exist, is over, or speaks of a version that is hidden from the caller.
pub async fn find_output(services: &Services, ctx: &Ctx, id: &str) -> Result<FilterOutput> {
    let mut output = filters::find_output(services.db.pool(), id, ctx.now).await?.ok_or(Refusal::NotFound)?;
    versions::find(services, ctx, &key_of_output(&output)).await?;
    output.job = output_jobs::find(services.db.pool(), id).await?;
    Ok(output)
}

/// Records that the caller is told of an output that was found for it, where only what is shared with it opens the version: its rows are
/// counted, and that is told with it.
///
/// # Errors
/// Where the database fails.
pub async fn looked_at(services: &Services, ctx: &Ctx, output: &FilterOutput) -> Result<()> {
    if ctx.caller.is_none() {
        return Ok(());
    }
    let (version, dataset) = versions::find_with_dataset(services, ctx, &key_of_output(output)).await?;
    audit::preview_of_details(services, ctx, &version, &dataset).await
}

/// Has the files of an output tried again that could not be made; the output must have been found for the caller.
///
/// # Errors
/// `Blocked` where it has not failed, `TooMany` as for a new one.
pub async fn retry_output(services: &Services, ctx: &Ctx, output: &FilterOutput) -> Result<FilterOutput> {
    let not_failed = || {
        let state = output.state();
        Refusal::blocked("not_failed", format!("The output is {state}; only what failed is tried again."))
    };
    if output.state() != OutputState::Failed {
        return Err(not_failed().into());
    }
    let asker = asker(services, ctx);
    must_have_room(services, &asker, true).await?;
    let tx = services.db.begin().await?;
    if !output_jobs::retry(&tx, &output.id, &asker, ctx.now).await? {
        return Err(not_failed().into());
    }
    note_output(&tx, ctx, (&output.filter_id, &output.id), "output_retried");
    persistence::db::commit(tx).await?;
    services.nudges.outputs.notify_one();
    find_output(services, ctx, &output.id).await
}

/// The file of a large output that was found for the caller with its table.
///
/// # Errors
/// `Blocked` where it is not made (yet), `NotFound` where there is none in this format.
pub async fn made_file(
    services: &Services,
    output: &FilterOutput,
    job: &OutputJob,
    format: DataFormat,
) -> Result<OutputFile> {
    let refused = match job.state {
        OutputState::Completed => {
            let found = output_jobs::file(services.db.pool(), &output.id, format).await?;
            return Ok(found.ok_or(Refusal::NotFound)?);
        }
        OutputState::Failed => {
            let why = job.last_error.as_deref().unwrap_or("The files could not be made.");
            ("output_failed", format!("{why} The output can be retried."))
        }
        state => {
            ("output_not_ready", format!("The files are still being made (the output is {state}). Ask again shortly."))
        }
    };
    Err(Refusal::blocked(refused.0, refused.1).into())
}

/// Whether figures stand plainly in the CSV of an output. In a file that a program of before prepared they stand as they were sent.
///
/// # Errors
/// Where the database fails.
pub async fn is_csv_plain(services: &Services, output: &FilterOutput) -> Result<bool> {
    if output.job.as_ref().is_none_or(|job| job.state != OutputState::Completed) {
        return Ok(true);
    }
    let made = output_jobs::file(services.db.pool(), &output.id, DataFormat::Csv).await?;
    Ok(made.is_none_or(|made| has_plain_figures(&made.object_key)))
}

/// The bytes of a file of a large output, or a part of them.
///
/// # Errors
/// `NotFound` where the output went meanwhile; and where the storage fails.
pub async fn bytes_of(
    services: &Services,
    made: &OutputFile,
    range: Option<RangeInclusive<u64>>,
) -> Result<ObjectStream> {
    let found = services.storage.get(&made.object_key, range).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// How many large outputs are in each state.
///
/// # Errors
/// Where the database fails.
pub async fn output_depths(services: &Services) -> Result<Vec<(OutputState, u64)>> {
    let mut all = Vec::new();
    for state in OutputState::ALL {
        all.push((*state, output_jobs::depth(services.db.pool(), *state).await?));
    }
    Ok(all)
}

/// The version that an output speaks of.
#[must_use]
pub fn key_of_output(output: &FilterOutput) -> VersionKey {
    VersionKey { dataset_id: output.dataset_id.clone(), edition: output.edition.clone(), version: output.version }
}
