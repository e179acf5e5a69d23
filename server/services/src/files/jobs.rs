//! Looking into large files after they were taken in: durable, several at once, taken over when a node dies.

use std::time::Duration;

use chrono::TimeDelta;
use domain::delivery::Backoff;
use domain::file::FileJob;
use domain::policy::Reach;
use persistence::file_jobs;
use tokio_util::task::AbortOnDropHandle;

use super::examine::{Coming, Examined, Sent, examine, is_table};
use crate::{Ctx, Result, ServiceError, Services, ids, records};

/// How many files one node looks into at the same time; each may hold much memory.
const AT_ONCE: u64 = 2;
/// After so many tries that ended by our own fault a file counts as failed.
const ATTEMPTS: u32 = 5;
/// The wait after such a try.
const BACKOFF: Backoff = Backoff { first: TimeDelta::seconds(5), longest: TimeDelta::minutes(5) };

/// How one look came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The file is ready.
    Ready,
    /// It is no sound table, or not what its name says.
    Refused,
    /// It could not be looked into and is tried again.
    PutOff,
    /// It could not be looked into, once too often.
    GivenUp,
    /// Somebody else was faster, or it was removed.
    Lost,
}

impl Looked {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Refused, Self::PutOff, Self::GivenUp, Self::Lost];

    /// The word in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Refused => "refused",
            Self::PutOff => "put_off",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
        }
    }
}

/// Takes up again at once what this node was looking into when it stopped; how much that was. Call once, at its start.
pub async fn take_up_again(services: &Services) -> Result<u64> {
    let (db, now) = (services.db.pool(), services.clock.now());
    Ok(file_jobs::release_held(db, &services.settings.node, now).await?)
}

/// Looks into the files that are due, some at once.
pub async fn run_due(services: &Services) -> Result<Vec<Looked>> {
    let now = services.clock.now();
    let holder = format!("{}/{}", services.settings.node, ids::new_id(now));
    let until = now + services.settings.lease;
    let taken = file_jobs::take_due(services.db.pool(), &holder, now, until, AT_ONCE).await?;
    let mut running = tokio::task::JoinSet::new();
    for job in taken {
        let (services, holder) = (services.clone(), holder.clone());
        running.spawn(async move { look(&services, &holder, &job).await });
    }
    let mut all = Vec::new();
    while let Some(joined) = running.join_next().await {
        match joined {
            Ok(Ok(looked)) => all.push(looked),
            Ok(Err(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what was found in a file cannot be kept, it is looked into again"
                );
            }
            Err(error) => tracing::error!(%error, "looking into a file stopped"),
        }
    }
    Ok(all)
}

async fn look(services: &Services, holder: &str, job: &FileJob) -> Result<Looked> {
    let counted = job.attempts.saturating_sub(job.forgiven);
    if counted > ATTEMPTS {
        // The tries before left no word: they stopped halfway, perhaps with the whole process.
        let unheard = ServiceError::Internal("the tries before ended without an answer".to_owned());
        return fault(services, holder, job, &unheard).await;
    }
    let coming = Coming::default();
    let renewing = renew(services.clone(), job.file_id.clone(), holder.to_owned(), coming.clone());
    let renewing = AbortOnDropHandle::new(tokio::spawn(renewing));
    let (found, table, read_as) =
        match persistence::files::find_visible_to(services.db.pool(), &Reach::All, &job.file_id).await? {
            Some(stored) => {
                let (file, object_key) = (&stored.file, stored.object_key.as_str());
                let read_as = stored.read_as.as_deref();
                let sent = Sent { object_key, size: file.size, filename: &file.filename, read_as };
                (examine(services, sent, &coming).await, is_table(&file.format), stored.read_as)
            }
            None => return Ok(Looked::Lost),
        };
    drop(renewing);
    match found {
        Ok(Ok(examined)) => ready(services, holder, job, read_as.as_deref(), &examined).await,
        Ok(Err(problems)) => {
            let tx = services.db.begin().await?;
            let error = if table { "This cannot be read as a table." } else { "This is not what its name says." };
            if !file_jobs::fail(&tx, &job.file_id, holder, error, &problems).await? {
                return Ok(Looked::Lost);
            }
            let details = serde_json::json!({"problems": problems.len()});
            let why = problems.first().map(|problem| problem.message.clone());
            note(services, &tx, job, ("file_refused", why), details).await?;
            persistence::db::commit(tx).await?;
            tracing::warn!(file.id = %job.file_id, problems = problems.len(), "a file was found to be no sound table, or not what its name says");
            Ok(Looked::Refused)
        }
        Err(error) => fault(services, holder, job, &error).await,
    }
}

async fn ready(
    services: &Services,
    holder: &str,
    job: &FileJob,
    read_as: Option<&str>,
    examined: &Examined,
) -> Result<Looked> {
    let tx = services.db.begin().await?;
    if !file_jobs::finish(&tx, &job.file_id, holder, examined.profile.as_ref(), &examined.sight).await? {
        drop(tx);
        if persistence::files::find_visible_to(services.db.pool(), &Reach::All, &job.file_id).await?.is_none() {
            // Removed meanwhile: the table that was made of it goes after it.
            crate::data::discard_new(services, &job.file_id, read_as).await;
        }
        return Ok(Looked::Lost);
    }
    persistence::dimensions::insert(&tx, &job.file_id, &examined.dimensions).await?;
    note(services, &tx, job, ("file_ready", None), serde_json::json!({"attempts": job.attempts})).await?;
    persistence::db::commit(tx).await?;
    crate::data::compare_ahead(services, &job.file_id).await;
    tracing::info!(file.id = %job.file_id, attempts = job.attempts, "a file is ready");
    Ok(Looked::Ready)
}

/// Puts a job off, or gives it up after too many tries.
async fn fault(services: &Services, holder: &str, job: &FileJob, error: &ServiceError) -> Result<Looked> {
    let (counted, now) = (job.attempts.saturating_sub(job.forgiven), services.clock.now());
    let mut told = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        told = format!("{told}: {cause}");
    }
    let told = told.replace(char::is_control, " ");
    if counted >= ATTEMPTS {
        let tx = services.db.begin().await?;
        if !file_jobs::fail(&tx, &job.file_id, holder, &told, &[]).await? {
            return Ok(Looked::Lost);
        }
        note(services, &tx, job, ("file_given_up", Some(told.clone())), serde_json::json!({"error": told})).await?;
        persistence::db::commit(tx).await?;
        tracing::error!(file.id = %job.file_id, attempts = job.attempts, error = %told, "looking into a file was given up; it can be retried");
        return Ok(Looked::GivenUp);
    }
    let until = now + BACKOFF.wait(counted, services.outlets.jitter.draw());
    tracing::warn!(file.id = %job.file_id, attempts = job.attempts, error = %told, "a file cannot be looked into and will be tried again");
    let held = file_jobs::put_off(services.db.pool(), &job.file_id, holder, &told, until).await?;
    Ok(if held { Looked::PutOff } else { Looked::Lost })
}

async fn note(
    services: &Services,
    tx: &persistence::Tx,
    job: &FileJob,
    (event, why): (&str, Option<String>),
    mut details: serde_json::Value,
) -> Result<()> {
    let Some(stored) = persistence::files::find_visible_to(tx, &Reach::All, &job.file_id).await? else { return Ok(()) };
    let ctx = Ctx::system("files", services.clock.now());
    let Some(caller) = &ctx.caller else { return Ok(()) };
    details["file_id"] = stored.file.id.clone().into();
    details["filename"] = stored.file.filename.clone().into();
    let reference = format!("{}/{}/{}", stored.file.dataset_id, stored.file.edition, stored.file.version);
    let entry = records::Entry::new(&ctx, &caller.actor, records::version(&reference), event);
    entry.because(why).details(details).write(tx);
    Ok(())
}

async fn renew(services: Services, file_id: String, holder: String, coming: Coming) {
    let lease = services.settings.lease;
    let pause = (lease / 3)
        .to_std()
        .unwrap_or(Duration::from_secs(10))
        .clamp(Duration::from_millis(10), Duration::from_secs(5));
    loop {
        tokio::time::sleep(pause).await;
        let until = services.clock.now() + lease;
        match file_jobs::renew(services.db.pool(), &file_id, &holder, until, coming.part()).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(file.id = %file_id, error = &error as &dyn std::error::Error, "a file cannot be held longer");
            }
        }
    }
}
