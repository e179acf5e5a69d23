//! The receivers that publications wait for, asked shortly before an instant, so that what is due can be held ready for it.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::Sink;
use persistence::Connection;
use tokio::sync::Mutex;

use crate::{Result, Services, deliveries};

/// How long before their bundles are begun the receivers are asked: each may take three seconds to say how it is, and what they
/// said has to be there by then.
pub(super) const AHEAD: TimeDelta = TimeDelta::seconds(4);
/// How long it counts that a receiver was up where nothing was held ready; so that bundles that are due together ask once.
const LATELY: TimeDelta = TimeDelta::seconds(5);

/// What the receivers said last; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Receivers(Arc<Mutex<Option<Answers>>>);

#[derive(Debug)]
struct Answers {
    asked_at: DateTime<Utc>,
    up: Vec<Sink>,
}

/// The receivers that publications wait for and that said at this time or later that they are up. Each is asked once for it, by
/// whoever comes first, and the others wait for what it says.
pub(super) async fn up_since(services: &Services, since: DateTime<Utc>) -> Vec<Sink> {
    if deliveries::waited_for(services).is_empty() {
        return Vec::new();
    }
    let mut last = services.preparations.receivers.0.lock().await;
    if let Some(answers) = last.as_ref().filter(|answers| answers.asked_at >= since) {
        return answers.up.clone();
    }
    let asked_at = services.clock.now();
    let up = deliveries::answering(services).await;
    *last = Some(Answers { asked_at, up: up.clone() });
    up
}

/// The same for a bundle that is published now.
pub(super) async fn up_lately(services: &Services) -> Vec<Sink> {
    up_since(services, services.clock.now() - LATELY).await
}

/// Those of these bundles that wait for a receiver which is not among those that are up.
pub(super) async fn kept_back(
    db: &impl Connection,
    services: &Services,
    up: &[Sink],
    ids: &[&str],
) -> Result<HashSet<String>> {
    let down: Vec<Sink> = deliveries::waited_for(services).into_iter().filter(|sink| !up.contains(sink)).collect();
    deliveries::waiting_for(db, &down, ids).await
}
