//! Reading what is due soon whole, one file after another beside everything else: bytes can be damaged and keep their size.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::Services;

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

    /// Lets go of what belongs to other bundles.
    pub fn keep_only(&self, bundles: &HashSet<&str>) {
        self.known().retain(|_, known| known.reading || bundles.contains(known.bundle_id.as_str()));
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
                Ok(Some(digest)) if digest.sha256 == bytes.sha256 => Verdict::Sound,
                Ok(Some(_)) => Verdict::Damaged,
                // That it is gone is found by the look itself.
                Ok(None) => Verdict::Unknown,
                Err(error) => {
                    let id = &bytes.bundle_id;
                    tracing::warn!(bundle.id = %id, error = &error as &dyn std::error::Error, "a file that is due soon cannot be read, it is tried again");
                    Verdict::Unknown
                }
            };
            let before = match own.known().get_mut(&bytes.object_key) {
                Some(known) => {
                    known.reading = false;
                    std::mem::replace(&mut known.verdict, verdict)
                }
                None => Verdict::Unknown,
            };
            if (before == Verdict::Damaged) != (verdict == Verdict::Damaged) {
                found();
            }
        });
    }
}
