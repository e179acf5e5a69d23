//! The bundles whose publication this node holds ready just now, and those that somebody wants to take a step with.

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
    wanted: Vec<String>,
}

/// Keeps bundles among the held until dropped.
#[derive(Debug)]
pub(super) struct Holding(Held);

/// Keeps a bundle among the wanted until dropped.
#[derive(Debug)]
pub(super) struct Wanting {
    of: Held,
    bundle: String,
}

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

    /// Notes what is held from now on, in place of what was.
    pub(super) fn hold(&self, bundles: &[&str]) -> Holding {
        self.bundles().held = bundles.iter().map(|id| (*id).to_owned()).collect();
        Holding(self.clone())
    }

    /// Notes that somebody wants to take a step with a bundle; who holds it lets go of it before its instant.
    pub(super) fn want(&self, bundle: &str) -> Wanting {
        self.bundles().wanted.push(bundle.to_owned());
        self.inner.wanted.notify_one();
        Wanting { of: self.clone(), bundle: bundle.to_owned() }
    }
}

impl Holding {
    /// Waits until somebody wants one of them.
    pub(super) async fn wanted(&self) {
        loop {
            {
                let bundles = self.0.bundles();
                if bundles.wanted.iter().any(|bundle| bundles.held.contains(bundle)) {
                    return;
                }
            }
            self.0.inner.wanted.notified().await;
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.0.bundles().held.clear();
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
