//! Reading what is due soon whole, one file after another beside everything else: bytes can be damaged and keep their size.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use tokio::sync::Semaphore;

use crate::Services;

/// How often it is asked whether a damaged object of no bundle that is due soon is still there.
const ASKED_AGAIN: Duration = Duration::minutes(5);

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
    /// When it was last asked whether it is there.
    asked_at: DateTime<Utc>,
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

    /// Lets go of what belongs to other bundles; what was found damaged is remembered until it is found sound or is gone.
    pub fn keep_only(&self, bundles: &HashSet<&str>) {
        let kept = |known: &Known| known.reading || known.verdict == Verdict::Damaged;
        self.known().retain(|_, known| kept(known) || bundles.contains(known.bundle_id.as_str()));
    }

    /// Lets go of damaged objects that are not there any more; nobody looks at those of bundles other than these.
    pub async fn forget_gone(&self, services: &Services, bundles: &HashSet<&str>) {
        for object_key in self.due_to_be_asked(bundles, services.clock.now()) {
            // Where the storage does not answer, it is asked again later.
            if matches!(services.storage.head(&object_key).await, Ok(None)) {
                self.known().remove(&object_key);
            }
        }
    }

    fn due_to_be_asked(&self, bundles: &HashSet<&str>, now: DateTime<Utc>) -> Vec<String> {
        let mut due = Vec::new();
        for (object_key, known) in self.known().iter_mut() {
            let is_others = known.verdict == Verdict::Damaged && !bundles.contains(known.bundle_id.as_str());
            if is_others && !known.reading && known.asked_at + ASKED_AGAIN <= now {
                known.asked_at = now;
                due.push(object_key.clone());
            }
        }
        due
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
                asked_at: services.clock.now(),
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
