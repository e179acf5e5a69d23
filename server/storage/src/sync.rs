//! Where the embedded service keeps an object, and how that is made to survive a crash.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use base64_simd::URL_SAFE_NO_PAD;

/// The file of an object.
pub(crate) fn object_path(root: &Path, bucket: &str, key: &str) -> PathBuf {
    root.join(bucket).join(key)
}

/// The files that keep the media type and the entity tag of an object.
fn side_files(root: &Path, bucket: &str, key: &str) -> [PathBuf; 2] {
    let bucket = URL_SAFE_NO_PAD.encode_to_string(bucket);
    let key = URL_SAFE_NO_PAD.encode_to_string(key);
    ["metadata", "internal"].map(|kind| root.join(format!(".bucket-{bucket}.object-{key}.{kind}.json")))
}

/// The file that keeps the media type of an object and the metadata that it was stored with.
pub(crate) fn attributes_path(root: &Path, bucket: &str, key: &str) -> PathBuf {
    let [attributes, _] = side_files(root, bucket, key);
    attributes
}

/// Brings an object, its side files and the folders that name them to the disk.
pub(crate) fn object(root: &Path, bucket: &str, key: &str) -> io::Result<()> {
    let path = object_path(root, bucket, key);
    File::open(&path)?.sync_all()?;
    for side_file in side_files(root, bucket, key) {
        present(File::open(side_file).and_then(|file| file.sync_all()))?;
    }
    folders(root, &path)
}

/// Brings the folders above a path to the disk, up to and with the root.
pub(crate) fn folders(root: &Path, path: &Path) -> io::Result<()> {
    for folder in path.ancestors().skip(1) {
        File::open(folder)?.sync_all()?;
        if folder == root {
            break;
        }
    }
    Ok(())
}

/// Removes the side files of an object that is gone.
pub(crate) fn forget(root: &Path, bucket: &str, key: &str) -> io::Result<()> {
    for side_file in side_files(root, bucket, key) {
        present(fs::remove_file(side_file))?;
    }
    Ok(())
}

fn present(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
