//! Choosing the encoding of a table whose own was guessed.

use domain::file::{File, FileJob, FileState};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::table::ENCODINGS;
use persistence::files::StoredFile;
use persistence::{file_jobs, files, versions};

use super::examine::{Coming, Examined, Sent, examine};
use super::upload::refused;
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, records};

/// Has a table looked into again, in the encoding of this name: at once or, if it is large, by a job. What was confirmed of it is to
/// be confirmed anew.
///
/// # Errors
/// `Invalid` where there is no such encoding, or the bytes are not in it; `Blocked` where the file is being looked into, and every
/// refusal of the right to edit.
pub async fn read_as(services: &Services, ctx: &Ctx, id: &str, encoding: &str) -> Result<(File, Option<FileJob>)> {
    let stored = must_be_changeable(services, ctx, id).await?;
    let encoding = ENCODINGS.into_iter().find(|known| known.eq_ignore_ascii_case(encoding)).ok_or_else(|| {
        Refusal::field("encoding", "unknown_value", format!("Choose one of {}.", ENCODINGS.join(", ")))
    })?;
    let file = &stored.file;
    if file.format != "csv" {
        return Err(Refusal::field("encoding", "not_text", "Only CSV files have an encoding to choose.").into());
    }
    let later = file.size > services.settings.examine_at_once;
    let examined = if later { Examined::default() } else { look(services, &stored, encoding).await? };
    let tx = services.db.begin().await?;
    let (mut version, caller) =
        crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &key_of(file)).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    let to = if later { FileState::Uploaded } else { FileState::Ready };
    if !files::read_as(&tx, id, encoding, to).await? {
        let message = "The file is being looked into. Wait until that is done.";
        return Err(Refusal::blocked("being_read", message).into());
    }
    if later {
        file_jobs::insert(&tx, id, ctx.now).await?;
    } else {
        files::keep_found(&tx, id, examined.profile.as_ref(), &examined.sight).await?;
        persistence::dimensions::insert(&tx, id, &examined.dimensions).await?;
        file_jobs::forget(&tx, id).await?;
    }
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::touch(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let before = file.profile.as_ref().map(|profile| profile.encoding.as_str());
    let of = |encoding: Option<&str>| serde_json::json!({"file_id": id, "encoding": encoding});
    let details = serde_json::json!({"file_id": id, "filename": file.filename});
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_read_as");
    entry.details(details).change(&of(before), &of(Some(encoding)))?.write(&tx);
    persistence::db::commit(tx).await?;
    if later {
        services.nudges.files.notify_one();
    }
    if stored.read_as.as_deref() != Some(encoding) {
        crate::data::discard(services, id, stored.read_as.as_deref()).await;
    }
    super::find_with_job(services, ctx, id).await
}

/// The file, if the caller may change it; before anything is read.
async fn must_be_changeable(services: &Services, ctx: &Ctx, id: &str) -> Result<StoredFile> {
    let tx = services.db.begin().await?;
    let stored = files::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    let key = key_of(&stored.file);
    let (version, _) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &key).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    Ok(stored)
}

async fn look(services: &Services, stored: &StoredFile, encoding: &str) -> Result<Examined> {
    let (file, object_key) = (&stored.file, stored.object_key.as_str());
    let sent = Sent { object_key, size: file.size, filename: &file.filename, read_as: Some(encoding) };
    let examined = examine(services, sent, &Coming::default()).await?;
    Ok(examined.map_err(refused)?)
}

fn key_of(file: &File) -> VersionKey {
    VersionKey { dataset_id: file.dataset_id.clone(), edition: file.edition.clone(), version: file.version }
}
