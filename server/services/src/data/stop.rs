//! Work on a thread that ends when nobody waits for it any longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Held by whoever waits: once it is dropped, be it that they have what they waited for or that they went, the work is told.
#[derive(Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// What the work asks between its steps: whether nobody waits for it any longer.
    pub(super) fn asked(&self) -> impl Fn() -> bool + Send + Sync + 'static + use<> {
        let dropped = Arc::clone(&self.0);
        move || dropped.load(Ordering::Relaxed)
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
