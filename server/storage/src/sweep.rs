//! Removes what unfinished multipart uploads leave in the folder, and keeps what somebody will go on with.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const PART: &str = ".upload_id-";
const TICKET: &str = ".upload-";
/// What stands before the second names that parts and ticket have while they are joined.
const HELD: &str = ".held";

/// Removes every unfinished upload but those of these ids.
pub(crate) fn uploads_but(root: &Path, kept: &HashSet<String>) -> io::Result<()> {
    remove(root, |name| id_of(name).is_some_and(|id| !kept.contains(id)))
}

/// Removes unfinished uploads of which nothing was written since an instant, but for those of these ids; how many.
pub(crate) fn uploads_before(root: &Path, kept: &HashSet<String>, before: SystemTime) -> io::Result<u64> {
    let mut newest: HashMap<String, SystemTime> = HashMap::new();
    for name in names(root)? {
        let Some(id) = id_of(&name).filter(|id| !kept.contains(*id)) else { continue };
        // What is gone by now belongs to an upload that somebody is finishing.
        let written = fs::metadata(root.join(&name)).and_then(|file| file.modified()).unwrap_or(before);
        let last = newest.entry(id.to_owned()).or_insert(written);
        *last = (*last).max(written);
    }
    newest.retain(|_, written| *written < before);
    for id in newest.keys() {
        upload(root, id)?;
    }
    Ok(newest.len() as u64)
}

/// Removes one unfinished upload.
pub(crate) fn upload(root: &Path, id: &str) -> io::Result<()> {
    remove(root, |name| id_of(name) == Some(id))
}

/// Gives ticket and parts of an upload second names, since joining removes each part as it is read.
pub(crate) fn hold(root: &Path, id: &str) -> io::Result<()> {
    for name in names(root)?.iter().filter(|name| id_of(name) == Some(id) && !name.starts_with(HELD)) {
        match fs::hard_link(root.join(name), held(root, name)) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// Gives back what was held of uploads whose joining did not come to its end.
pub(crate) fn take_back(root: &Path) -> io::Result<()> {
    for name in names(root)? {
        if let Some(first) = name.strip_prefix(HELD) {
            fs::rename(root.join(&name), root.join(first))?;
        }
    }
    Ok(())
}

/// The same for one upload.
pub(crate) fn take_back_one(root: &Path, id: &str) -> io::Result<()> {
    for name in names(root)?.iter().filter(|name| id_of(name) == Some(id)) {
        if let Some(first) = name.strip_prefix(HELD) {
            fs::rename(root.join(name), root.join(first))?;
        }
    }
    Ok(())
}

/// The file of a part.
pub(crate) fn part_path(root: &Path, id: &str, number: i32) -> PathBuf {
    root.join(format!("{PART}{id}.part-{number}"))
}

fn held(root: &Path, name: &str) -> PathBuf {
    root.join(format!("{HELD}{name}"))
}

/// The upload that a file belongs to, if it belongs to any.
fn id_of(name: &str) -> Option<&str> {
    let name = name.strip_prefix(HELD).unwrap_or(name);
    if let Some(rest) = name.strip_prefix(PART) {
        return rest.split_once(".part-").map(|(id, _)| id);
    }
    if let Some(rest) = name.strip_prefix(TICKET) {
        return rest.strip_suffix(".json");
    }
    let (_, rest) = name.strip_prefix(".bucket-")?.split_once(".upload-")?;
    rest.strip_suffix(".metadata.json")
}

fn names(root: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(root)?.map(|entry| Ok(entry?.file_name().to_str().unwrap_or_default().to_owned())).collect()
}

fn remove(root: &Path, unwanted: impl Fn(&str) -> bool) -> io::Result<()> {
    for name in names(root)?.iter().filter(|name| unwanted(name)) {
        match fs::remove_file(root.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}
