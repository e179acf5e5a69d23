//! The bundles whose publication this node holds ready just now, and what somebody wants of them: to take a step with one, or
//! to pause the whole queue.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What this node holds; cheap to clone, and all clones know the same.
#[derive(Clone, Debug, Default)]
pub struct Held {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    bundles: Mutex<Bundles>,
    wanted: Notify,
}

#[derive(Debug, Default)]
struct Bundles {
    held: HashSet<String>,
    /// Everything is written, and only the instant is waited for.
    is_ready: bool,
    /// The process stops.
    lets_go: bool,
    wanted: Vec<String>,
    /// How many want all of them.
    all_wanted: usize,
}

/// Keeps bundles among the held until dropped.
#[derive(Debug)]
pub(super) struct Holding(Held);

/// Keeps a bundle among the wanted until dropped.
#[derive(Debug)]
pub(crate) struct Wanting {
    of: Held,
    bundle: String,
}

/// Keeps all bundles among the wanted until dropped.
#[derive(Debug)]
pub(crate) struct WantingAll(Held);

impl Held {
    fn bundles(&self) -> MutexGuard<'_, Bundles> {
        self.inner.bundles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this bundle is held.
    #[must_use]
    pub fn contains(&self, bundle: &str) -> bool {
        self.bundles().held.contains(bundle)
    }

    /// How many are held.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bundles().held.len()
    }

    /// Whether everything is written of what is held, and only the instant is waited for.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.bundles().is_ready
    }

    /// Has everything given up that still waits for its instant, as the process stops.
    pub fn let_go(&self) {
        self.bundles().lets_go = true;
        self.inner.wanted.notify_one();
    }

    /// Notes what is held from now on, in place of what was.
    pub(super) fn hold(&self, bundles: &[&str]) -> Holding {
        self.bundles().held = bundles.iter().map(|id| (*id).to_owned()).collect();
        Holding(self.clone())
    }

    /// Notes that somebody wants to take a step with a bundle; who holds it lets go of it before its instant.
    pub(crate) fn want(&self, bundle: &str) -> Wanting {
        self.bundles().wanted.push(bundle.to_owned());
        self.inner.wanted.notify_one();
        Wanting { of: self.clone(), bundle: bundle.to_owned() }
    }

    /// Notes that somebody wants to pause the queue; whatever is held is let go of before its instant.
    pub(crate) fn want_all(&self) -> WantingAll {
        self.bundles().all_wanted += 1;
        self.inner.wanted.notify_one();
        WantingAll(self.clone())
    }
}

impl Holding {
    /// Notes that everything is written.
    pub(super) fn is_ready(&self) {
        self.0.bundles().is_ready = true;
    }

    /// Whether somebody wants one of them.
    pub(super) fn is_wanted(&self) -> bool {
        let bundles = self.0.bundles();
        bundles.lets_go || bundles.all_wanted > 0 || bundles.wanted.iter().any(|bundle| bundles.held.contains(bundle))
    }

    /// Waits until somebody wants one of them.
    pub(super) async fn wanted(&self) {
        while !self.is_wanted() {
            self.0.inner.wanted.notified().await;
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut bundles = self.0.bundles();
        bundles.held.clear();
        bundles.is_ready = false;
    }
}

impl Drop for WantingAll {
    fn drop(&mut self) {
        let mut bundles = self.0.bundles();
        bundles.all_wanted = bundles.all_wanted.saturating_sub(1);
    }
}

impl Drop for Wanting {
    fn drop(&mut self) {
        let mut bundles = self.of.bundles();
        if let Some(at) = bundles.wanted.iter().position(|bundle| *bundle == self.bundle) {
            bundles.wanted.swap_remove(at);
        }
    }
}
