//! Where bytes are kept: those of archived versions stand apart, so that the storage can keep them more cheaply.

use domain::policy::Reach;
use domain::version::VersionState;
use persistence::{files, versions};

use crate::{Result, ServiceError, Services};

/// What stands before the keys of archived bytes; a rule of the storage service can give them another class.
const ARCHIVE: &str = "archive/";

/// Brings the bytes of a version, those of recalled files too, to where its state wants them; doing it twice does no harm.
pub(crate) async fn place_bytes(services: &Services, version_id: &str) -> Result<()> {
    let db = services.db.pool();
    let Some(version) = versions::find_by_id(db, version_id).await? else { return Ok(()) };
    let archived = version.state == VersionState::Archived;
    for stored in files::list_with_withdrawn(db, &version).await? {
        let plain = stored.object_key.strip_prefix(ARCHIVE).unwrap_or(&stored.object_key);
        let wanted = if archived { format!("{ARCHIVE}{plain}") } else { plain.to_owned() };
        if wanted == stored.object_key {
            continue;
        }
        let Some(bytes) = services.storage.get(&stored.object_key, None).await? else {
            let file = &stored.file.id;
            return Err(ServiceError::Internal(format!("the bytes of file {file} are missing")));
        };
        let kept = services.storage.put_stream(&wanted, "application/octet-stream", bytes, stored.file.size).await?;
        if kept.sha256 != stored.file.sha256 {
            super::discard(services, &wanted).await;
            let file = &stored.file.id;
            return Err(ServiceError::Internal(format!("the bytes of file {file} are damaged")));
        }
        if files::move_bytes(db, &stored.file.id, &stored.object_key, &wanted).await? {
            super::discard(services, &stored.object_key).await;
        }
    }
    Ok(())
}

/// The key under which these bytes are once their version is archived, or restored.
#[must_use]
pub fn other_place(key: &str) -> String {
    key.strip_prefix(ARCHIVE).map_or_else(|| format!("{ARCHIVE}{key}"), str::to_owned)
}

/// Where the bytes of a file are now; they may have been moved since it was looked up.
pub(crate) async fn key_now(services: &Services, id: &str) -> Result<Option<String>> {
    let found = files::find_visible_to(services.db.pool(), &Reach::All, id).await?;
    Ok(found.map(|stored| stored.object_key))
}
