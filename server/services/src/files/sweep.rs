//! Removing bytes that became nobody's: what a process that was killed had taken in, and what could not be removed then.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use persistence::{files, images, uploads};

use crate::{Result, Services, data};

/// How long bytes that no row knows are left alone; no upload takes as long.
const GRACE: TimeDelta = TimeDelta::days(7);
/// How many keys are looked for in the database at a time.
const AT_ONCE: usize = 500;
/// Whatever is more than this, and more than a tenth of all, was not left by uploads that were killed.
const PLAUSIBLE: usize = 100;
/// What stands before all keys of ours.
const OURS: [&str; 7] = ["archive/", "compared/", "files/", "images/", "outputs/", "tables/", "uploads/"];
/// What stands before the keys that are looked through here; those of outputs and comparisons are by those who make them.
const SWEPT: [&str; 5] = ["archive/", "files/", "images/", "tables/", "uploads/"];

/// Removes objects and uploads in parts that no row has known for a time, and tables that were made of files otherwise than now;
/// how many.
///
/// # Errors
/// Where the database or the storage fails.
pub async fn sweep(services: &Services) -> Result<u64> {
    Ok(sweep_objects(services).await? + sweep_parts(services).await?)
}

async fn sweep_objects(services: &Services) -> Result<u64> {
    // Looked at before the rows are, so that what is kept meanwhile is not taken for what nobody wants.
    let before = services.clock.now() - GRACE;
    let mut there = Vec::new();
    for prefix in SWEPT {
        there.extend(services.storage.list_older(prefix, before.into()).await?);
    }
    let (mut outlived, mut unknown) = (Vec::new(), Vec::new());
    for keys in there.chunks(AT_ONCE) {
        let known = Known::among(services, keys).await?;
        for key in keys {
            match known.standing(key) {
                Standing::Wanted => {}
                Standing::Outlived => outlived.push(key),
                Standing::Unknown => unknown.push(key),
            }
        }
    }
    // Where none is known the objects are another database's, however few they are.
    if !unknown.is_empty() && (unknown.len() == there.len() || unknown.len() > PLAUSIBLE.max(there.len() / 10)) {
        let (unknown_here, all) = (unknown.len(), there.len());
        tracing::error!(
            unknown = unknown_here,
            all,
            "so many objects are unknown here that they may be another database's; none of these is removed"
        );
        unknown.clear();
    }
    for key in outlived.iter().chain(&unknown) {
        super::discard(services, key).await;
    }
    Ok((outlived.len() + unknown.len()) as u64)
}

/// What becomes of an object.
enum Standing {
    /// It is a file's, an image's or an upload's that can go on.
    Wanted,
    /// It is the table of a file whose table is another one now: of another layout, or read in another encoding.
    Outlived,
    /// No row knows what it belongs to.
    Unknown,
}

/// What the database knows of some keys.
struct Known {
    keys: HashSet<String>,
    images: HashSet<String>,
    uploads: HashSet<String>,
    /// The files of tables, each with the encoding that was chosen for it.
    tables: HashMap<String, Option<String>>,
}

impl Known {
    async fn among(services: &Services, keys: &[String]) -> Result<Self> {
        let db = services.db.pool();
        let mut known = files::known_keys(db, keys).await?;
        // Bytes may stand where their row does not say: after a move that was not finished, or where the database is an older one.
        let others: Vec<String> = keys.iter().map(|key| super::other_place(key)).collect();
        known.extend(files::known_keys(db, &others).await?.iter().map(|key| super::other_place(key)));
        known.extend(uploads::open_keys(db, keys).await?);
        Ok(Self {
            keys: known,
            images: images::known(db, &owners(keys, image_of)).await?,
            uploads: uploads::open_among(db, &owners(keys, upload_of)).await?,
            tables: files::encodings_of(db, &owners(keys, table_of)).await?,
        })
    }

    fn standing(&self, key: &str) -> Standing {
        if let Some(id) = table_of(key)
            && let Some(read_as) = self.tables.get(id)
        {
            let is_its_own = key == data::table_key(id, read_as.as_deref());
            return if is_its_own { Standing::Wanted } else { Standing::Outlived };
        }
        let wanted = self.keys.contains(key)
            || image_of(key).is_some_and(|id| self.images.contains(id))
            || upload_of(key).is_some_and(|id| self.uploads.contains(id));
        if wanted { Standing::Wanted } else { Standing::Unknown }
    }
}

/// The different ids in these keys.
fn owners(keys: &[String], owner: fn(&str) -> Option<&str>) -> Vec<&str> {
    let ids: HashSet<&str> = keys.iter().filter_map(|key| owner(key)).collect();
    ids.into_iter().collect()
}

/// The image to which an object belongs, if it belongs to one.
fn image_of(key: &str) -> Option<&str> {
    Some(key.strip_prefix("images/")?.split_once('/')?.0)
}

/// The file of which an object is the table, if it is one.
fn table_of(key: &str) -> Option<&str> {
    Some(key.strip_prefix("tables/")?.split_once('.')?.0)
}

/// The upload of which an object is the end so far, if it is one.
fn upload_of(key: &str) -> Option<&str> {
    Some(key.strip_prefix("uploads/")?.rsplit_once('-')?.0)
}

async fn sweep_parts(services: &Services) -> Result<u64> {
    let before = services.clock.now() - GRACE;
    let kept = uploads::open_multipart_ids(services.db.pool()).await?.into_iter().collect();
    Ok(services.storage.clear_abandoned(&OURS, &kept, before.into()).await?)
}
