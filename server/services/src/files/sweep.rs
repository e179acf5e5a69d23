//! Removing bytes that became nobody's: what a process that was killed had taken in, and what could not be removed then.

use std::collections::HashSet;

use chrono::TimeDelta;
use persistence::{files, images, uploads};

use crate::{Result, Services};

/// How long bytes that no row knows are left alone; no upload takes as long.
const GRACE: TimeDelta = TimeDelta::days(7);
/// How many keys are looked for in the database at a time.
const AT_ONCE: usize = 500;
/// Whatever is more than this, and more than a tenth of all, was not left by uploads that were killed.
const PLAUSIBLE: usize = 100;
/// What stands before all keys of ours.
const OURS: [&str; 7] = ["archive/", "compared/", "files/", "images/", "outputs/", "tables/", "uploads/"];

/// Removes objects of files and images, and uploads in parts, that no row has known for a time; how many.
///
/// # Errors
/// Where the database or the storage fails.
pub async fn sweep(services: &Services) -> Result<u64> {
    Ok(sweep_objects(services, "files/").await?
        + sweep_objects(services, "images/").await?
        + sweep_parts(services).await?)
}

async fn sweep_objects(services: &Services, prefix: &str) -> Result<u64> {
    // Looked at before the rows are, so that what is kept meanwhile is not taken for what nobody wants.
    let before = services.clock.now() - GRACE;
    let there = services.storage.list_older(prefix, before.into()).await?;
    let mut unknown = Vec::new();
    for keys in there.chunks(AT_ONCE) {
        let known = known_of(services, keys).await?;
        unknown.extend(keys.iter().filter(|key| !known.contains(*key)));
    }
    // Where none is known the objects are another database's, however few they are.
    if !unknown.is_empty() && (unknown.len() == there.len() || unknown.len() > PLAUSIBLE.max(there.len() / 10)) {
        let (unknown, all) = (unknown.len(), there.len());
        tracing::error!(
            prefix,
            unknown,
            all,
            "so many objects are unknown here that they may be another database's; none is removed"
        );
        return Ok(0);
    }
    for key in &unknown {
        super::discard(services, key).await;
    }
    Ok(unknown.len() as u64)
}

/// Those of these keys whose bytes are a file's, an image's or an upload's that can go on.
async fn known_of(services: &Services, keys: &[String]) -> Result<HashSet<String>> {
    let db = services.db.pool();
    let mut known = files::known_keys(db, keys).await?;
    known.extend(uploads::open_keys(db, keys).await?);
    let ids: HashSet<&str> = keys.iter().filter_map(|key| image_of(key)).collect();
    let kept = images::known(db, &ids.into_iter().collect::<Vec<_>>()).await?;
    known.extend(keys.iter().filter(|key| image_of(key).is_some_and(|id| kept.contains(id))).cloned());
    Ok(known)
}

/// The image to which an object belongs, if it belongs to one.
fn image_of(key: &str) -> Option<&str> {
    Some(key.strip_prefix("images/")?.split_once('/')?.0)
}

async fn sweep_parts(services: &Services) -> Result<u64> {
    let before = services.clock.now() - GRACE;
    let kept = uploads::open_multipart_ids(services.db.pool()).await?.into_iter().collect();
    Ok(services.storage.clear_abandoned(&OURS, &kept, before.into()).await?)
}
