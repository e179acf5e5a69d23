//! The files of a publication whose bytes are not in the storage, for whoever brings them back.

use domain::operations::{FILES_STORED, LostFile};
use domain::policy::Permission;
use domain::progress::PublicationProgress;
use domain::version::admin_file_path;
use domain::views::{Check, Outcome};
use persistence::{files, versions};

use super::prepare::lost_words;
use crate::{Ctx, Result, Services};

/// The files that the checklist of a publication just missed; where each belongs in the storage is told to operators.
pub(crate) async fn lost_files(
    services: &Services,
    ctx: &Ctx,
    progress: &PublicationProgress,
) -> Result<Vec<LostFile>> {
    let missed = |check: &&Check| check.name == FILES_STORED && check.outcome == Outcome::Fail;
    let told: Vec<&str> = progress.checks.iter().filter(missed).map(|check| check.message.as_str()).collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let (db, operates) = (services.db.pool(), ctx.caller()?.may(Permission::SystemOperate));
    let ids: Vec<&str> = progress.contents.iter().map(|item| item.version_id.as_str()).collect();
    let mut stored = files::list_of_versions(db, &versions::list_by_ids(db, &ids).await?).await?;
    let mut lost = Vec::new();
    for item in &progress.contents {
        let reference = item.reference();
        for file in stored.remove(&item.version_id).unwrap_or_default() {
            if told.contains(&lost_words(&file.file.filename, &reference).as_str()) {
                lost.push(LostFile {
                    page: admin_file_path(&item.dataset_id, &item.edition, item.version, Some(&file.file.id)),
                    reference: reference.clone(),
                    filename: file.file.filename,
                    size: file.file.size,
                    sha256: file.file.sha256,
                    object_key: operates.then_some(file.object_key),
                });
            }
        }
    }
    Ok(lost)
}
