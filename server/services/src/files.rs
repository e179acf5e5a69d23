//! Files: taking bytes in, looking into them, and giving them out.

mod claim;
mod confirm;
mod delete;
mod download;
mod examine;
mod jobs;
mod newest;
mod place;
mod queue;
mod read_as;
mod rename;
mod sweep;
mod upload;
mod withdraw;
mod zip;

pub use confirm::confirm;
pub use delete::delete;
pub(crate) use delete::remove;
pub(crate) use download::must_read;
pub use download::{Wanted, bytes, find, find_content, find_download, find_stored, list_of};
pub use jobs::{Looked, run_due, take_up_again};
pub use newest::newest;
pub use place::other_place;
pub(crate) use place::{key_now, place_bytes};
use queue::find_with_job;
pub use queue::{Queue, clear_failed, depths, job_of, queue, retry};
pub use read_as::read_as;
pub use rename::{FileNames, rename};
pub use sweep::sweep;
pub use upload::{NewFile, Received, attach, expect, read_past, receive};
pub(crate) use upload::{attach_held, check_claims, judge, new_file, recorded};
pub(crate) use withdraw::copying;
pub use withdraw::{Recall, reinstate, withdraw};
pub use zip::{Companion, zip};

use domain::file::File;

use crate::Services;

/// What records keep of a file: what it was called and which bytes it had.
pub(crate) fn as_recorded(file: &File) -> serde_json::Value {
    serde_json::json!({
        "file_id": file.id,
        "filename": file.filename,
        "title": file.title,
        "size": file.size,
        "sha256": file.sha256,
        "licence": file.licence,
        "licence_url": file.licence_url,
    })
}

/// Removes bytes that became nobody's file, with the table that was made of them.
pub(crate) async fn discard_sent(services: &Services, object_key: &str) {
    discard(services, object_key).await;
    crate::data::discard_new(services, object_key.rsplit('/').next().unwrap_or(object_key), None).await;
}

/// Removes bytes that have arrived and become nobody's file.
pub async fn forget(services: &Services, received: Received) {
    discard_sent(services, &received.object_key).await;
}

/// Removes bytes that nothing refers to; a failure is logged and costs only space.
pub(crate) async fn discard(services: &Services, object_key: &str) {
    if let Err(error) = services.storage.delete(object_key).await {
        tracing::warn!(object_key, %error, "bytes that nothing refers to could not be removed");
    }
}
