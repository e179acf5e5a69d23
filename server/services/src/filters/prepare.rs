//! Making the files of large outputs: durable, taken over when a node dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use domain::delivery::Backoff;
use domain::file::FileState;
use domain::filter::{FilterOutput, OutputJob};
use domain::policy::Reach;
use domain::selection::DataFormat;
use persistence::output_jobs::{self, OutputFile};
use persistence::{files, filters};
use storage::StorageError;
use tokio_util::task::AbortOnDropHandle;

use super::room::{discard, prefix_of_try};
use crate::data::{self, Part};
use crate::{Result, ServiceError, Services, ids};

/// How many outputs one node makes at the same time; readers wait for the same turns.
const AT_ONCE: u64 = 1;
/// After so many tries that ended by our own fault an output counts as failed.
const ATTEMPTS: u32 = 5;
/// The wait after such a try.
const BACKOFF: Backoff = Backoff { first: TimeDelta::seconds(5), longest: TimeDelta::minutes(5) };
/// What the reader is told of our own faults; the log says more.
const FAULT: &str = "The files could not be made, by a fault of ours.";

/// How one try came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// The files can be downloaded.
    Completed,
    /// They cannot be made, and trying again would not help.
    Refused,
    /// They could not be made and are tried again.
    PutOff,
    /// They could not be made, once too often.
    GivenUp,
    /// Somebody else was faster, or nobody wants them any longer.
    Lost,
}

impl Prepared {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Completed, Self::Refused, Self::PutOff, Self::GivenUp, Self::Lost];

    /// The word in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::PutOff => "put_off",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
        }
    }
}

/// The formats of an output of so many rows: a workbook is left out where it would not hold them.
pub fn formats_of(rows: u64) -> impl Iterator<Item = DataFormat> {
    DataFormat::ALL.into_iter().filter(move |format| *format != DataFormat::Xlsx || rows <= data::MAX_SHEET_ROWS)
}

/// Takes up again at once what this node was making when it stopped; how much that was. Call once, at its start.
///
/// # Errors
/// Where the database fails.
pub async fn take_up_outputs(services: &Services) -> Result<u64> {
    Ok(output_jobs::release_held(services.db.pool(), &services.settings.node, services.clock.now()).await?)
}

/// Makes the files of outputs that are due; `site` is the public address of this site, which workbooks name.
///
/// # Errors
/// Where the database fails.
pub async fn prepare_due(services: &Services, site: &str) -> Result<Vec<Prepared>> {
    let now = services.clock.now();
    let holder = format!("{}/{}", services.settings.node, ids::new_id(now));
    let until = now + services.settings.lease;
    let mut all = Vec::new();
    for job in output_jobs::take_due(services.db.pool(), &holder, now, until, AT_ONCE).await? {
        all.push(prepare(services, &holder, site, &job).await?);
    }
    Ok(all)
}

async fn prepare(services: &Services, holder: &str, site: &str, job: &OutputJob) -> Result<Prepared> {
    let attempt = prefix_of_try(&job.output_id, job.attempts);
    if job.attempts.saturating_sub(job.forgiven) > ATTEMPTS {
        // The tries before left no word: they stopped halfway, perhaps with the whole process.
        let unheard = ServiceError::Internal("the tries before ended without an answer".to_owned());
        return fault(services, holder, job, &unheard).await;
    }
    let Some(output) = filters::find_output(services.db.pool(), &job.output_id, services.clock.now()).await? else {
        return Ok(Prepared::Lost);
    };
    let written = Arc::new(AtomicU64::new(0));
    let renewing = renew(services.clone(), job.output_id.clone(), holder.to_owned(), Arc::clone(&written));
    let renewing = AbortOnDropHandle::new(tokio::spawn(renewing));
    let made = make(services, site, job, &output, &attempt, &written).await;
    drop(renewing);
    let came = match made {
        Ok(Ok(made)) => completed(services, holder, job, &output, &made).await?,
        Ok(Err(why)) => {
            tracing::warn!(output.id = %job.output_id, why, "the files of an output cannot be made");
            let held = output_jobs::fail(services.db.pool(), &job.output_id, holder, why).await?;
            if held { Prepared::Refused } else { Prepared::Lost }
        }
        Err(error) => fault(services, holder, job, &error).await?,
    };
    if came != Prepared::Completed {
        discard(services, &attempt).await;
    }
    Ok(came)
}

/// Makes every file of an output; the inner error says, for its reader, why that cannot be.
async fn make(
    services: &Services,
    site: &str,
    job: &OutputJob,
    output: &FilterOutput,
    attempt: &str,
    written: &Arc<AtomicU64>,
) -> Result<std::result::Result<Vec<OutputFile>, &'static str>> {
    let stored = files::find_visible_to(services.db.pool(), &Reach::All, &job.file_id).await?;
    let Some(stored) = stored.filter(|stored| stored.file.state != FileState::Withdrawn) else {
        return Ok(Err("The table is no longer given out."));
    };
    let table = data::open(services, &stored).await?;
    let mut made: Vec<OutputFile> = Vec::new();
    for format in formats_of(output.rows) {
        // Others may have finished theirs since the file before.
        let taken =
            made.iter().map(|file| file.size).fold(output_jobs::bytes(services.db.pool()).await?, u64::saturating_add);
        let room = services.settings.output_max_bytes.saturating_sub(taken);
        let part = Part { selection: output.selection.clone(), ..Part::default() };
        let about = data::about(site, &stored.file, &output.selection);
        let before = written.load(Ordering::Relaxed);
        let rows = data::stream_counted(services, &table, part, format, about, Arc::clone(written)).await?;
        let object_key = format!("{attempt}{}", format.as_str());
        match services.storage.put_stream(&object_key, format.media_type(), rows, room).await {
            Ok(kept) => {
                // Workbooks do not count while they are made.
                written.store(before + output.rows, Ordering::Relaxed);
                let made_at = services.clock.now();
                made.push(OutputFile { format, object_key, size: kept.size, sha256: kept.sha256, made_at });
            }
            Err(StorageError::TooLarge { .. }) => {
                return Ok(Err(
                    "The files are larger than the room that is left for them. Select less, or try again later.",
                ));
            }
            Err(error) => return Err(ServiceError::Storage(error)),
        }
    }
    Ok(Ok(made))
}

async fn completed(
    services: &Services,
    holder: &str,
    job: &OutputJob,
    output: &FilterOutput,
    made: &[OutputFile],
) -> Result<Prepared> {
    let rows = output.rows.saturating_mul(made.len() as u64);
    let tx = services.db.begin().await?;
    if !output_jobs::finish(&tx, &job.output_id, holder, rows, made).await? {
        return Ok(Prepared::Lost);
    }
    persistence::db::commit(tx).await?;
    let bytes: u64 = made.iter().map(|file| file.size).sum();
    tracing::info!(output.id = %job.output_id, rows = output.rows, bytes, attempts = job.attempts, "the files of an output are made");
    Ok(Prepared::Completed)
}

/// Puts a job off, or gives it up after too many tries.
async fn fault(services: &Services, holder: &str, job: &OutputJob, error: &ServiceError) -> Result<Prepared> {
    let (counted, now) = (job.attempts.saturating_sub(job.forgiven), services.clock.now());
    // All causes in one text, as `dyn Error` may not be held while the database is waited for.
    let mut cause = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        cause = format!("{cause}: {source}");
    }
    if counted >= ATTEMPTS {
        let held = output_jobs::fail(services.db.pool(), &job.output_id, holder, FAULT).await?;
        tracing::error!(output.id = %job.output_id, attempts = job.attempts, error = %cause, "making an output was given up; it can be retried");
        return Ok(if held { Prepared::GivenUp } else { Prepared::Lost });
    }
    let until = now + BACKOFF.wait(counted, services.outlets.jitter.draw());
    tracing::warn!(output.id = %job.output_id, attempts = job.attempts, error = %cause, "an output cannot be made and will be tried again");
    let held = output_jobs::put_off(services.db.pool(), &job.output_id, holder, FAULT, until).await?;
    Ok(if held { Prepared::PutOff } else { Prepared::Lost })
}

async fn renew(services: Services, output_id: String, holder: String, written: Arc<AtomicU64>) {
    let lease = services.settings.lease;
    let pause = (lease / 3)
        .to_std()
        .unwrap_or(Duration::from_secs(10))
        .clamp(Duration::from_millis(10), Duration::from_secs(5));
    loop {
        tokio::time::sleep(pause).await;
        let until = services.clock.now() + lease;
        let rows = written.load(Ordering::Relaxed);
        match output_jobs::renew(services.db.pool(), &output_id, &holder, until, rows).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(output.id = %output_id, error = &error as &dyn std::error::Error, "an output cannot be held longer");
            }
        }
    }
}
