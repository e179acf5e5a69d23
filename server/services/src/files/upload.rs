//! Uploading: who sends what where is judged before the bytes, and what they are after them.

use std::time::Duration;

use bytes::Bytes;
use domain::file::{File, FileState, check_filename, format_of, is_same_filename};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::table::Problem;
use domain::text::check_optional;
use domain::upload::{Meant, UploadState};
use domain::version::Version;
use futures::{Stream, StreamExt};
use persistence::files::StoredFile;
use persistence::{PersistenceError, Tx, file_jobs, files, uploads, versions};

use super::examine::{self, Coming, Examined, Sent};
use crate::imports::Did;
use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services, ids, records};

/// Bytes that have arrived and are nobody's file yet.
#[derive(Clone, Debug)]
pub struct Received {
    pub(crate) id: String,
    pub(crate) object_key: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

/// What the bytes are meant to be.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The version they belong to.
    pub version: VersionKey,
    /// The name as sent.
    pub filename: String,
    /// A title for people; the name where there is none.
    pub title: Option<String>,
    /// The licence, where it differs from the dataset's.
    pub licence: Option<String>,
    /// That licence's address.
    pub licence_url: Option<String>,
}

/// Judges a file before its bytes: the right to send it, the version, the name with its format, and whether the name is free.
///
/// What is refused of the file itself is kept in the trail.
pub async fn expect(services: &Services, ctx: &Ctx, new: &NewFile) -> Result<()> {
    ctx.caller_with(Permission::DatasetsWrite)?;
    crate::versions::find(services, ctx, &new.version).await?;
    let tx = services.db.begin().await?;
    let judged = judge(services, &tx, ctx, new, None).await;
    drop(tx);
    recorded(services, ctx, new, None, judged.map(|_| ())).await
}

/// The same in a transaction, for a file of so many bytes if that is known; the version that takes it.
pub(crate) async fn judge(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    new: &NewFile,
    size: Option<u64>,
) -> Result<Version> {
    let (version, _) = crate::versions::find_to_change(tx, ctx, Permission::DatasetsWrite, &new.version).await?;
    let limit = services.settings.max_upload_bytes;
    if size.is_some_and(|size| size > limit) {
        return Err(Refusal::TooLarge { limit }.into());
    }
    check_claims(size, new)?;
    crate::versions::must_be_editable(tx, ctx, &version).await?;
    must_be_free(&files::list_of_version(tx, &version).await?, &new.filename)?;
    Ok(version)
}

/// Keeps in the trail that a file was refused for what it is or is called, and why.
pub(crate) async fn recorded<T>(
    services: &Services,
    ctx: &Ctx,
    new: &NewFile,
    received: Option<&Received>,
    outcome: Result<T>,
) -> Result<T> {
    let Err(ServiceError::Refused(Refusal::Invalid { problems })) = &outcome else { return outcome };
    let of_file = problems.iter().filter(|problem| problem.field == "file").map(|problem| problem.message.clone());
    let of_file: Vec<String> = of_file.collect();
    if of_file.is_empty() {
        return outcome;
    }
    let caller = ctx.caller()?;
    let key = &new.version;
    let reference = format!("{}/{}/{}", key.dataset_id, key.edition, key.version);
    let mut details = serde_json::json!({"filename": new.filename, "problems": of_file.len()});
    if let Some(received) = received {
        details["size"] = received.size.into();
        details["sha256"] = received.sha256.clone().into();
    }
    let tx = services.db.begin().await?;
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_refused");
    entry.because(of_file.into_iter().next()).details(details).write(&tx);
    persistence::db::commit(tx).await?;
    tracing::warn!(version = %reference, filename = %new.filename, "a file was refused for what it is");
    outcome
}

/// After so long without a byte nothing more of a refused file is awaited.
const SILENCE: Duration = Duration::from_secs(5);

/// Reads what is left of a refused file, so that what follows it can be read; false where it is more than any file may be or does
/// not come, so that nothing more is to be read.
pub async fn read_past<S>(services: &Services, bytes: S) -> bool
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    pass(bytes, services.settings.max_upload_bytes, SILENCE).await
}

async fn pass<S>(mut bytes: S, most: u64, silence: Duration) -> bool
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    let mut read = 0;
    loop {
        match tokio::time::timeout(silence, bytes.next()).await {
            Ok(Some(Ok(more))) => read += more.len() as u64,
            Ok(_) => return true,
            Err(_) => return false,
        }
        if read > most {
            return false;
        }
    }
}

/// Takes the bytes in; only somebody who may write some dataset can fill the storage.
pub async fn receive<S>(services: &Services, ctx: &Ctx, bytes: S) -> Result<Received>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send,
{
    ctx.caller_with(Permission::DatasetsWrite)?;
    let id = ids::new_id(ctx.now);
    let object_key = format!("files/{id}");
    let limit = services.settings.max_upload_bytes;
    let stored = services.storage.put_stream(&object_key, "application/octet-stream", bytes, limit).await?;
    Ok(Received { id, object_key, size: stored.size, sha256: stored.sha256 })
}

/// Makes the bytes a file of a version, or refuses with every problem and forgets them.
///
/// After a fault they stay: the file may be committed although the answer to that was lost, and what nobody's row knows is swept.
pub async fn attach(services: &Services, ctx: &Ctx, received: Received, new: NewFile) -> Result<File> {
    let object_key = received.object_key.clone();
    let outcome = attach_held(services, ctx, received, new, None).await;
    if outcome.as_ref().is_err_and(|error| error.refusal().is_some()) {
        super::discard_sent(services, &object_key).await;
    }
    outcome
}

/// The same for bytes that stay until it is known what becomes of them: the upload under whose id they came is finished in the
/// same transaction, provided that `holder` still holds it.
pub(crate) async fn attach_held(
    services: &Services,
    ctx: &Ctx,
    received: Received,
    new: NewFile,
    holder: Option<&str>,
) -> Result<File> {
    let (bytes, claims) = (received.clone(), new.clone());
    let outcome = take_in(services, ctx, received, new, holder).await;
    recorded(services, ctx, &claims, Some(&bytes), outcome).await
}

async fn take_in(
    services: &Services,
    ctx: &Ctx,
    received: Received,
    new: NewFile,
    holder: Option<&str>,
) -> Result<File> {
    let caller = ctx.caller()?;
    crate::versions::find(services, ctx, &new.version).await?;
    let (format, media_type) = check_claims(Some(received.size), &new)?;
    let later = examine::is_read_whole(format) && received.size > services.settings.examine_at_once;
    let examined = match later {
        true => look_at_ends(services, &received, format, &new.filename).await?,
        false => look_into(services, &received, &new.filename).await?,
    };
    let tx = services.db.begin().await?;
    let (mut version, _) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &new.version).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    // Whoever sends another file meanwhile is stale, as that touches the version.
    must_be_free(&files::list_of_version(&tx, &version).await?, &new.filename)?;
    let file = File {
        id: received.id,
        dataset_id: version.dataset_id.clone(),
        edition: version.edition.clone(),
        version: version.version,
        title: new.title.filter(|t| !t.trim().is_empty()).unwrap_or_else(|| new.filename.clone()),
        filename: new.filename,
        media_type: media_type.to_owned(),
        format: format.to_owned(),
        size: received.size,
        sha256: received.sha256,
        state: if later { FileState::Uploaded } else { FileState::Ready },
        profile: examined.profile,
        licence: new.licence,
        licence_url: new.licence_url,
        confirmed: None,
        created_at: ctx.now,
    };
    let stored = StoredFile {
        file,
        version_id: version.id.clone(),
        object_key: received.object_key,
        read_as: None,
        public_key: None,
        is_public: false,
        is_archived: false,
    };
    match files::insert(&tx, &stored, &examined.sight).await {
        Err(PersistenceError::Duplicate(_)) => {
            return Err(name_taken(&stored.file.filename).into());
        }
        other => other?,
    }
    files::note_uploader(&tx, &stored.file.id, &caller.actor).await?;
    persistence::dimensions::insert(&tx, &stored.file.id, &examined.dimensions).await?;
    if later {
        file_jobs::insert(&tx, &stored.file.id, ctx.now).await?;
    }
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::touch(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let details =
        serde_json::json!({"file_id": stored.file.id, "filename": stored.file.filename, "sha256": stored.file.sha256});
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_uploaded");
    entry.details(details).change(&(), &super::as_recorded(&stored.file))?.write(&tx);
    crate::imports::keep(&tx, ctx, Did::TookFile(&version, &stored.file)).await?;
    if let Some(holder) = holder
        && !uploads::end(&tx, &stored.file.id, holder, UploadState::Finished, None).await?
    {
        return Err(Refusal::Stale.into());
    }
    persistence::db::commit(tx).await?;
    if later {
        services.nudges.files.notify_one();
    }
    Ok(stored.file)
}

/// Refuses a name that one of these other files of a version has already, also where only some systems take both for one. It holds
/// for whatever gives a file its name.
pub(super) fn must_be_free<'f>(
    others: impl IntoIterator<Item = &'f StoredFile>,
    filename: &str,
) -> Result<(), Refusal> {
    let taken = others.into_iter().find(|other| is_same_filename(&other.file.filename, filename));
    match taken.map(|other| other.file.filename.as_str()) {
        None => Ok(()),
        Some(there) if there == filename => Err(name_taken(filename)),
        Some(there) => Err(name_alike(there)),
    }
}

/// The refusal of a second file of one name.
pub(super) fn name_taken(filename: &str) -> Refusal {
    let message = format!("The version has a file named {filename} already. Remove that one first.");
    Refusal::blocked("filename_taken", message)
}

/// The refusal of a file with a name that is another's on many systems.
fn name_alike(there: &str) -> Refusal {
    let message = format!(
        "The version has a file named {there} already, and on many systems the two names are one, so that only one of the files could be \
         unpacked there. Choose another name, or remove that one first."
    );
    Refusal::blocked("filename_taken", message)
}

/// What an upload's bytes are meant to be, as a file.
pub(crate) fn new_file(meant: &Meant) -> NewFile {
    NewFile {
        version: VersionKey {
            dataset_id: meant.dataset_id.clone(),
            edition: meant.edition.clone(),
            version: meant.version,
        },
        filename: meant.filename.clone(),
        title: meant.title.clone(),
        licence: meant.licence.clone(),
        licence_url: meant.licence_url.clone(),
    }
}

/// What can be told of a file by its name, and by its size where that is known.
pub(crate) fn check_claims(size: Option<u64>, new: &NewFile) -> Result<(&'static str, &'static str), Refusal> {
    let mut problems = Vec::new();
    if let Err(problem) = check_filename(&new.filename) {
        problems.push(problem);
    }
    let format = format_of(&new.filename);
    if format.is_none() {
        problems.push(FieldProblem::new(
            "file",
            "unknown_format",
            "Send a CSV, XLSX, XLS, ODS, JSON, CSVW, SDMX, PDF, ZIP or text file.",
        ));
    }
    if size == Some(0) {
        problems.push(FieldProblem::new("file", "empty", "The file is empty."));
    }
    for (field, text) in [("title", &new.title), ("licence", &new.licence)] {
        check_optional(&mut problems, field, text.as_deref().unwrap_or(""), 300, false);
    }
    if let Some(href) = new.licence_url.as_deref().filter(|text| !text.is_empty()) {
        domain::text::check_href(&mut problems, "licence_url", href);
    }
    all_valid(problems)?;
    format.ok_or(Refusal::NotFound)
}

/// Looks into a file while its sender waits.
async fn look_into(services: &Services, received: &Received, filename: &str) -> Result<Examined> {
    let sent = Sent { object_key: &received.object_key, size: received.size, filename, read_as: None };
    let examined = examine::examine(services, sent, &Coming::default()).await?;
    Ok(examined.map_err(refused)?)
}

/// Looks at no more than the two ends of a large file while its sender waits: until the rest is looked into, whoever sees the
/// version may download it, and a program may not be given out under any name.
async fn look_at_ends(services: &Services, received: &Received, format: &str, filename: &str) -> Result<Examined> {
    let ends = super::claim::check_ends(services, &received.object_key, received.size, format, filename).await?;
    Ok(ends.map(|()| Examined::default()).map_err(refused)?)
}

/// The refusal of a file in which so much is wrong.
pub(super) fn refused(problems: Vec<Problem>) -> Refusal {
    Refusal::Invalid { problems: problems.iter().map(as_field_problem).collect() }
}

fn as_field_problem(problem: &Problem) -> FieldProblem {
    let place = problem
        .line
        .filter(|_| !problem.message.contains("line"))
        .map(|line| format!("Line {line}: "))
        .unwrap_or_default();
    FieldProblem::new("file", "unreadable_table", format!("{place}{}", problem.message))
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn all_of_a_refused_file_is_read_past_unless_it_stops_coming_or_never_ends() {
        let (most, silence) = (1 << 23, Duration::from_millis(20));
        let piece = || Ok(Bytes::from(vec![b'a'; 1 << 16]));
        assert!(pass(stream::iter((0..128).map(|_| piece())), most, silence).await);
        let mut asked = 0;
        let endless = stream::repeat_with(|| {
            asked += 1;
            piece()
        });
        assert!(!pass(endless, most, silence).await);
        assert_eq!(asked, 129);
        assert!(!pass(stream::iter([piece()]).chain(stream::pending()), most, silence).await);
        assert!(pass(stream::empty(), most, silence).await);
    }
}
