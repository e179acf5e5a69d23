//! The publications that are under way in this process, side by side.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use persistence::{bundles, queue_pause};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{self, JoinSet};
use tokio_util::sync::CancellationToken;

use super::publish_due::{PublishOutcome, publish_in, surely_now};
use super::publish_overdue::{self, Came, publish_overdue};
use crate::{Result, ServiceError, Services};

/// How many publications are under way at once by themselves; those that wait until their files are read do not count.
const MOST: usize = 32;
/// From how many on that wait for their turn they are published together.
const MANY: usize = 12;

/// Publishes every bundle that is due, side by side, each tried once; faults of one do not stop the others.
pub async fn publish_due(services: &Services) -> Result<Vec<PublishOutcome>> {
    let mut outcomes = Vec::new();
    let mut running = Running::default();
    running.begin_due(services).await?;
    while let Some(outcome) = running.next().await {
        outcomes.extend(outcome);
        running.begin_due(services).await?;
    }
    Ok(outcomes)
}

/// Publications under way in this process: each on its own, so that a slow one holds up no other, or many together.
#[derive(Debug, Default)]
pub struct Running {
    tasks: JoinSet<Result<Came>>,
    /// The bundles of each task.
    under_way: HashMap<task::Id, Vec<String>>,
    /// The task that publishes many together, of which there is one.
    together: Option<task::Id>,
    /// Those that could not be published with others, and are by themselves from now on.
    apart: HashSet<String>,
    places: Places,
    /// Those that came to nothing: a fault, or another node was faster. They are left alone until [`Running::try_again`].
    resting: HashSet<String>,
    /// Whether some came to nothing before they were let be tried again, and nobody has asked yet why.
    asks_why: bool,
}

impl Running {
    /// Begins with what is due and neither under way nor resting, as far as there is room.
    pub async fn begin_due(&mut self, services: &Services) -> Result<()> {
        let under_way: usize = self.under_way.values().map(Vec::len).sum();
        let left_alone = under_way + self.resting.len() + self.apart.len() + services.held.count();
        let limit = publish_overdue::LIST + MOST + left_alone;
        let now = surely_now(services).await?;
        let due = bundles::due(services.db.pool(), now, u64::try_from(limit).unwrap_or(u64::MAX)).await?;
        if due.is_empty() {
            self.apart.clear();
            return Ok(());
        }
        // What decides is what each transaction is told; here nothing is tried in vain over and over.
        if queue_pause::find(services.db.pool()).await?.paused().is_some() {
            return Ok(());
        }
        if mem::take(&mut self.asks_why) {
            tell_of_pausing(services, due.len()).await;
        }
        let busy: HashSet<&str> = self.under_way.values().flatten().map(String::as_str).collect();
        let is_free =
            |id: &String| !busy.contains(id.as_str()) && !self.resting.contains(id) && !services.held.contains(id);
        let waiting: Vec<String> = due.into_iter().filter(is_free).collect();
        let (mut alone, with_others): (Vec<String>, Vec<String>) =
            waiting.into_iter().partition(|id| self.apart.contains(id));
        if with_others.len() < MANY {
            alone.extend(with_others);
        } else if self.together.is_none() {
            self.begin_together(services, with_others.into_iter().take(publish_overdue::LIST).collect());
        }
        self.begin_alone(services, alone);
        Ok(())
    }

    /// Begins with all of these by as few transactions as can be.
    fn begin_together(&mut self, services: &Services, ids: Vec<String>) {
        let (services, own) = (services.clone(), ids.clone());
        let handle = self.tasks.spawn(async move { Ok(publish_overdue(&services, &own).await) });
        self.together = Some(handle.id());
        self.under_way.insert(handle.id(), ids);
    }

    /// Begins with each of these by itself, while there are places.
    fn begin_alone(&mut self, services: &Services, ids: Vec<String>) {
        for id in ids {
            let Some(place) = self.places.take() else { break };
            let (services, own) = (services.clone(), id.clone());
            let handle = self.tasks.spawn(async move {
                let outcomes = publish_in(&services, place, &own).await?.into_iter().collect();
                Ok(Came { outcomes, ..Came::default() })
            });
            self.under_way.insert(handle.id(), vec![id]);
        }
    }

    /// Waits for one task and tells how its bundles came out, as far as they came to anything; `None` where none is under way.
    pub async fn next(&mut self) -> Option<Vec<PublishOutcome>> {
        let (task, finished) = match self.tasks.join_next_with_id().await? {
            Ok((task, outcomes)) => (task, outcomes),
            Err(stopped) => (stopped.id(), Err(ServiceError::Internal(format!("the task stopped: {stopped}")))),
        };
        let ids = self.under_way.remove(&task).unwrap_or_default();
        let was_together = self.together.take_if(|together| *together == task).is_some();
        let Came { outcomes, again, is_closed } = finished.unwrap_or_else(|error| {
            tell_of_fault(&ids, was_together, &error);
            Came::default()
        });
        let came: HashSet<&str> = outcomes.iter().map(|outcome| outcome.bundle_id.as_str()).collect();
        for id in ids {
            if came.contains(id.as_str()) {
                self.apart.remove(&id);
            } else if !was_together || is_closed {
                self.resting.insert(id);
            } else if !again.contains(&id) {
                self.apart.insert(id);
            }
        }
        Some(outcomes)
    }

    /// Lets those be tried again that came to nothing.
    pub fn try_again(&mut self) {
        self.asks_why = !self.resting.is_empty();
        self.resting.clear();
    }

    /// Has those let go of their bundles that wait until files are read, as the process stops; all others come to their end.
    pub fn stop_waiting(&self) {
        self.places.stop.cancel();
    }

    /// Whether any is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }
}

/// The places of those that are under way.
#[derive(Clone, Debug)]
struct Places {
    all: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(MOST)), stop: CancellationToken::new() }
    }
}

impl Places {
    /// A place, if one is free and nobody waits for it.
    fn take(&self) -> Option<Place> {
        let own = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Place { of: Some(self.clone()), own: Some(own) })
    }
}

/// The place of a publication that is under way, until this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    /// `None` for whoever publishes one bundle alone.
    of: Option<Places>,
    own: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// A place that is no other's.
    pub const fn alone() -> Self {
        Self { of: None, own: None }
    }

    /// Waits for something and lets others have the place meanwhile; `None` where the process stops first.
    pub async fn lend_while<T>(&mut self, waiting: impl Future<Output = T>) -> Option<T> {
        let Some(places) = self.of.clone() else { return Some(waiting.await) };
        drop(self.own.take());
        let waited = tokio::select! {
            () = places.stop.cancelled() => return None,
            waited = waiting => waited,
        };
        self.own = places.all.acquire_owned().await.ok();
        Some(waited)
    }
}

/// Says in the log what came in between.
fn tell_of_fault(ids: &[String], were_together: bool, error: &ServiceError) {
    if were_together {
        publish_overdue::tell_of_fault(ids.len(), error);
        return;
    }
    let error = error as &dyn std::error::Error;
    for id in ids {
        tracing::error!(bundle.id = %id, error, "bundle {id} publication interrupted, will be tried again");
    }
}

/// Says in the log that nothing is published because somebody waits to pause the queue: usually that takes a moment, unless a
/// publication hangs that is waited for.
async fn tell_of_pausing(services: &Services, due: usize) {
    match queue_pause::is_wanted(services.db.pool()).await {
        Ok(true) => tracing::warn!(due, "nothing is published while somebody waits to pause the publish queue"),
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "it cannot be told whether somebody waits to pause the publish queue"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn whoever_waits_keeps_its_place_from_nobody_and_has_one_again_before_it_goes_on() {
        let places = Places::default();
        let mut all: Vec<Place> = (0..MOST).map(|_| places.take().unwrap()).collect();
        assert!(places.take().is_none());
        let read = Notify::new();
        let mut waits = all.pop().unwrap();
        {
            let mut waiting = std::pin::pin!(waits.lend_while(read.notified()));
            assert!(waiting.as_mut().now_or_never().is_none());
            let another = places.take().unwrap();
            // What it waited for has come, and all places are taken.
            read.notify_one();
            assert!(waiting.as_mut().now_or_never().is_none());
            drop(another);
            // It waited before whoever comes now.
            assert!(places.take().is_none());
            assert_eq!(waiting.await, Some(()));
        }
        assert!(places.take().is_none());
        drop(waits);
        assert!(places.take().is_some());
    }

    #[tokio::test]
    async fn nobody_waits_while_the_process_stops() {
        let running = Running::default();
        let mut place = running.places.take().unwrap();
        running.stop_waiting();
        assert_eq!(place.lend_while(std::future::pending::<()>()).await, None);
        assert_eq!(Place::alone().lend_while(std::future::ready(1)).await, Some(1));
    }
}
