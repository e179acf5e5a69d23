//! Reading what is due soon whole, one file after another beside everything else: bytes can be damaged and keep their size.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::{Result, Services};

/// What is known of the bytes of some files; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Digests {
    known: Arc<Mutex<HashMap<String, Known>>>,
    /// One file is read at a time, so that readers are not kept waiting.
    turn: Arc<Semaphore>,
}

#[derive(Clone, Debug)]
struct Known {
    bundle_id: String,
    verdict: Verdict,
    /// Whether it is being read.
    reading: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Sound,
    Damaged,
}

/// A file whose bytes are to be read.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    pub bundle_id: String,
    pub object_key: String,
    /// The digest that they are to have, in hexadecimal.
    pub sha256: String,
}

impl Default for Digests {
    fn default() -> Self {
        Self { known: Arc::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Digests {
    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an object was found to be other than it should be.
    pub fn is_damaged(&self, object_key: &str) -> bool {
        self.known().get(object_key).is_some_and(|known| known.verdict == Verdict::Damaged)
    }

    /// Whether an object that was found damaged still is; it is read once more, as it may have been mended.
    pub async fn is_still_damaged(&self, services: &Services, object_key: &str, sha256: &str) -> Result<bool> {
        if !self.is_damaged(object_key) {
            return Ok(false);
        }
        let sound = services.storage.digest(object_key).await?.is_some_and(|digest| digest.sha256 == sha256);
        if sound && let Some(known) = self.known().get_mut(object_key) {
            known.verdict = Verdict::Sound;
        }
        Ok(!sound)
    }

    /// Lets go of what belongs to other bundles; what was found damaged is remembered until it is found sound.
    pub fn keep_only(&self, bundles: &HashSet<&str>) {
        let kept = |known: &Known| known.reading || known.verdict == Verdict::Damaged;
        self.known().retain(|_, known| kept(known) || bundles.contains(known.bundle_id.as_str()));
    }

    /// Has a file read unless that was done or is under way; a damaged one again, as it may have been mended. `found` is called
    /// where something else is found than was known.
    pub fn read(&self, services: &Services, bytes: Bytes, found: impl FnOnce() + Send + 'static) {
        {
            let mut known = self.known();
            let entry = known.entry(bytes.object_key.clone()).or_insert_with(|| Known {
                bundle_id: bytes.bundle_id.clone(),
                verdict: Verdict::Unknown,
                reading: false,
            });
            if entry.reading || entry.verdict == Verdict::Sound {
                return;
            }
            entry.reading = true;
        }
        let (own, storage) = (self.clone(), services.storage.clone());
        tokio::spawn(async move {
            let turn = own.turn.acquire().await;
            let digest = storage.digest(&bytes.object_key).await;
            drop(turn);
            let verdict = match digest {
                Ok(Some(digest)) if digest.sha256 == bytes.sha256 => Some(Verdict::Sound),
                Ok(Some(_)) => Some(Verdict::Damaged),
                // That it is gone is found by the look itself.
                Ok(None) => Some(Verdict::Unknown),
                Err(error) => {
                    let id = &bytes.bundle_id;
                    tracing::warn!(bundle.id = %id, error = &error as &dyn std::error::Error, "a file that is due soon cannot be read, it is tried again");
                    None
                }
            };
            let was_damaged = own.is_damaged(&bytes.object_key);
            if let Some(known) = own.known().get_mut(&bytes.object_key) {
                known.reading = false;
                known.verdict = verdict.unwrap_or(known.verdict);
            }
            if was_damaged != own.is_damaged(&bytes.object_key) {
                found();
            }
        });
    }
}
