//! Which node compares two tables, where several are asked for the same at once.
//!
//! Whoever counts first within a window has the comparison, and has the window begin anew for as long as it works. That others count
//! meanwhile tells it that somebody waits elsewhere. A database that no other node can use needs none of this: a process that was stopped
//! while it compared would only hold up itself, once it is started again.

use std::sync::Arc;
use std::time::Duration;

use persistence::throttles;
use tokio_util::task::AbortOnDropHandle;

use super::queue::Wanted;
use crate::{Result, Services};

/// Whose turn a comparison is.
pub(super) enum Turn {
    /// This node's, and no other's for as long as it is held; nothing is held where there is no other, or each
    /// node keeps what it finds for itself.
    Ours(Option<Held>),
    /// Another node's.
    Elsewhere,
}

/// A comparison that no other node makes meanwhile.
pub(super) struct Held {
    subject: String,
    renewing: AbortOnDropHandle<()>,
}

/// Takes the comparison of two tables for this node, unless another has it.
pub(super) async fn take(services: &Services, wanted: &Arc<Wanted>) -> Result<Turn> {
    if !wanted.are_neighbours() || !services.db.is_shared() {
        return Ok(Turn::Ours(None));
    }
    let (subject, now) = (format!("comparing {}", wanted.pair().key()), services.clock.now());
    let (tries, _) = throttles::count(services.db.pool(), &subject, now, now - services.settings.lease).await?;
    if tries > 1 {
        return Ok(Turn::Elsewhere);
    }
    let renewing = tokio::spawn(renew(services.clone(), Arc::clone(wanted), subject.clone()));
    Ok(Turn::Ours(Some(Held { subject, renewing: AbortOnDropHandle::new(renewing) })))
}

/// Lets go of a comparison; where that fails, others may have it once the lease has run out.
pub(super) async fn let_go(services: &Services, held: Option<Held>) {
    let Some(Held { subject, renewing }) = held else { return };
    drop(renewing);
    if let Err(error) = throttles::clear(services.db.pool(), &subject).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(subject, error, "a comparison is held until its lease has run out");
    }
}

/// Holds a comparison for as long as it is made; whoever asked another node waits for it, too.
async fn renew(services: Services, wanted: Arc<Wanted>, subject: String) {
    let pause = (services.settings.lease / 3).to_std().unwrap_or(Duration::from_secs(10));
    let pause = pause.clamp(Duration::from_millis(10), Duration::from_secs(5));
    let mut known = 1;
    loop {
        tokio::time::sleep(pause).await;
        let now = services.clock.now();
        match throttles::prolong(services.db.pool(), &subject, now).await {
            Ok(Some(tries)) if tries > known => {
                known = tries;
                wanted.asked(now);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(subject, error = &error as &dyn std::error::Error, "a comparison cannot be held longer");
            }
        }
    }
}
