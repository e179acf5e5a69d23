//! Which texts may name an object.
//!
//! A key is a relative path of plain names, so that it means the same on an S3 service and in a
//! folder, and can never lead out of the folder.

use crate::StorageError;
use crate::settings::{Backend, Settings};

/// The longest key S3 takes, in bytes.
const LONGEST: usize = 1024;
/// The longest name most file systems take, in bytes.
const LONGEST_NAME: usize = 255;
/// What the embedded service adds to bucket and key in the name of a side file.
const SIDE_FILE_OVERHEAD: usize = 74;

/// The longest key, in bytes, that the backend can hold.
///
/// The embedded service keeps side files named after bucket and key in base64.
pub(crate) fn limit(settings: &Settings) -> usize {
    match settings.backend {
        Backend::Remote { .. } => LONGEST,
        Backend::Embedded { .. } => {
            let bucket = (settings.bucket.len() * 4).div_ceil(3);
            let room = LONGEST_NAME.saturating_sub(SIDE_FILE_OVERHEAD + bucket);
            room * 3 / 4
        }
    }
}

/// Accepts a key that is a relative path of plain names.
pub(crate) fn check(key: &str, limit: usize) -> Result<(), StorageError> {
    let plain = |name: &str| {
        !matches!(name, "" | "." | "..")
            && name.len() <= LONGEST_NAME
            && !name.contains(|c: char| c.is_control() || c == '\\')
    };
    if key.len() <= limit && key.split('/').all(plain) { Ok(()) } else { Err(StorageError::Key { key: key.into() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_paths_only() {
        for key in ["a", "a/b.csv", "tŷ bach/50%/..x", "...", "a b+c?d#e"] {
            assert!(check(key, 100).is_ok(), "{key}");
        }
        let hostile = ["", "/", "/a", "a/", "a//b", ".", "..", "../x", "a/../b", "a/./b", "a\\b", "a\0b", "a\nb"];
        for key in hostile {
            assert!(check(key, 100).is_err(), "{key:?}");
        }
        assert!(check(&"a".repeat(101), 100).is_err());
    }

    #[test]
    fn leaves_room_for_side_files() {
        let settings = Settings {
            region: "us-east-1".into(),
            bucket: "private".into(),
            backend: Backend::Embedded { folder: "x".into(), encryption_key: None },
        };
        assert_eq!(limit(&settings), 128);
    }
}
