//! Something that every thread adds to for each line of the log: kept several times, so that no thread waits for another one's line.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many threads add without ever waiting; of more some share.
pub(super) const SHARDS: usize = 4;

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Which one is this thread's.
    static OWN: usize = THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS;
}

/// One for each of a few threads; apart from each other in the memory, as two cores would else wait for one line of it.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Shard<T>(Mutex<T>);

impl<T> Shard<T> {
    pub const fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one of this thread.
pub(super) fn own<T>(shards: &[Shard<T>; SHARDS]) -> &Shard<T> {
    let [first, ..] = shards;
    shards.get(OWN.with(|own| *own)).unwrap_or(first)
}
