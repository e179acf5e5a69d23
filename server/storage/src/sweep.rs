//! Removes what unfinished multipart uploads leave in the folder.

use std::fs;
use std::io;
use std::path::Path;

/// Removes every unfinished upload: right when no other process can be uploading.
pub(crate) fn all_uploads(root: &Path) -> io::Result<()> {
    remove(root, |name| {
        name.starts_with(".upload_id-")
            || name.starts_with(".upload-")
            || (name.starts_with(".bucket-") && name.contains(".upload-"))
    })
}

/// Removes one unfinished upload.
pub(crate) fn upload(root: &Path, id: &str) -> io::Result<()> {
    let part = format!(".upload_id-{id}.part-");
    let ticket = format!(".upload-{id}.json");
    let side_file = format!(".upload-{id}.metadata.json");
    remove(root, |name| {
        name.starts_with(&part) || name == ticket || (name.starts_with(".bucket-") && name.ends_with(&side_file))
    })
}

fn remove(root: &Path, unwanted: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(&unwanted) {
            continue;
        }
        match fs::remove_file(entry.path()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}
