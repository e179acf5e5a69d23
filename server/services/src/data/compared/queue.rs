//! The large tables that are to be compared: who waits for them, and for how long.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::Refusal;
use persistence::files::StoredFile;

use super::keep::Pair;
use crate::{Result, ServiceError};

/// How many pairs may wait.
const MOST: usize = 50;
/// After how many seconds it is worth asking again where so many wait.
const LATER: u64 = 60;
/// How long whoever asked counts as waiting, unless they ask again.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// How long another node that makes a comparison is left to it before it is looked for again.
const PAUSE: TimeDelta = TimeDelta::seconds(3);
/// How long what failed is not tried again.
const REST: TimeDelta = TimeDelta::minutes(1);

/// Who waits for a comparison.
#[derive(Debug, Default)]
struct Waiting {
    /// When it was last asked for, in microseconds.
    asked_at: AtomicI64,
    /// Whether it is wanted without anybody asking, since somebody will.
    expected: AtomicBool,
    /// Whether one of the tables is gone.
    stopped: AtomicBool,
}

impl Waiting {
    fn asked(&self, now: DateTime<Utc>) {
        self.asked_at.fetch_max(now.timestamp_micros(), Ordering::Relaxed);
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        let asked_at = self.asked_at.load(Ordering::Relaxed);
        let waited = now.timestamp_micros().saturating_sub(asked_at);
        let has_patience = TimeDelta::microseconds(waited) <= PATIENCE;
        self.stopped.load(Ordering::Relaxed) || !(has_patience || self.expected.load(Ordering::Relaxed))
    }
}

/// Two tables that are to be compared.
pub(super) struct Wanted {
    pair: Pair,
    before: StoredFile,
    after: StoredFile,
    waiting: Waiting,
    /// Until when another node is left to it, in microseconds; none did so far where that is 0.
    left_until: AtomicI64,
    failed: Mutex<Option<(DateTime<Utc>, String)>>,
}

impl Wanted {
    pub(super) const fn pair(&self) -> &Pair {
        &self.pair
    }

    pub(super) const fn files(&self) -> (&StoredFile, &StoredFile) {
        (&self.before, &self.after)
    }

    /// Whether they are of a version and the one before it.
    pub(super) fn are_neighbours(&self) -> bool {
        let (before, after) = (&self.before.file, &self.after.file);
        (&before.dataset_id, &before.edition, before.version + 1) == (&after.dataset_id, &after.edition, after.version)
    }

    /// Notes that somebody asks for it.
    pub(super) fn asked(&self, now: DateTime<Utc>) {
        self.waiting.asked(now);
    }

    /// Whether another node is left to it.
    fn is_left(&self, now: DateTime<Utc>) -> bool {
        now.timestamp_micros() < self.left_until.load(Ordering::Relaxed)
    }

    /// Whether another node was left to it for long enough.
    fn is_due_again(&self, now: DateTime<Utc>) -> bool {
        self.left_until.load(Ordering::Relaxed) > 0 && !self.is_left(now)
    }

    /// Whether nobody waits for it any longer.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.waiting.is_over(now)
    }

    /// Whether one of the tables is gone.
    pub(super) fn is_stopped(&self) -> bool {
        self.waiting.stopped.load(Ordering::Relaxed)
    }

    /// Why it cannot be made, as long as it is not tried again.
    fn failure(&self, now: DateTime<Utc>) -> Option<String> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.as_ref().filter(|(at, _)| now < *at + REST).map(|(_, why)| why.clone())
    }

    fn has_failed(&self) -> bool {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether it keeps its place: somebody waits for it, or it has failed and is not tried again yet.
    fn stays(&self, now: DateTime<Utc>) -> bool {
        if self.has_failed() { self.failure(now).is_some() } else { !self.is_over(now) }
    }
}

/// What is to be compared on this node, in the order in which it was asked for.
#[derive(Default)]
pub(super) struct Queue {
    wanted: Mutex<Vec<Arc<Wanted>>>,
    turn: tokio::sync::Mutex<()>,
}

impl Queue {
    /// Waits until nobody else works on the queue.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn list(&self) -> MutexGuard<'_, Vec<Arc<Wanted>>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a comparison; whether it is a new one, or one that another node was left to for a while.
    pub(super) fn ask(&self, pair: Pair, before: &StoredFile, after: &StoredFile, now: DateTime<Utc>) -> Result<bool> {
        let mut list = self.list();
        if let Some(wanted) = list.iter().find(|wanted| wanted.pair == pair) {
            wanted.asked(now);
            if let Some(why) = wanted.failure(now) {
                return Err(ServiceError::Internal(format!("two tables cannot be compared: {why}")));
            }
            if !wanted.has_failed() {
                return Ok(wanted.is_due_again(now));
            }
        }
        // Not only in `next`, which has no turn while a long comparison is made.
        list.retain(|wanted| wanted.pair != pair && wanted.stays(now));
        if list.len() >= MOST {
            return Err(Refusal::TooMany { seconds: LATER }.into());
        }
        let wanted = new(pair, before, after);
        wanted.asked(now);
        list.push(Arc::new(wanted));
        Ok(true)
    }

    /// Has a comparison made for which nobody asks yet; whether it is a new one.
    pub(super) fn expect(&self, pair: Pair, before: &StoredFile, after: &StoredFile, now: DateTime<Utc>) -> bool {
        let mut list = self.list();
        list.retain(|wanted| wanted.stays(now));
        if list.len() >= MOST || list.iter().any(|wanted| wanted.pair == pair) {
            return false;
        }
        let wanted = new(pair, before, after);
        wanted.waiting.expected.store(true, Ordering::Relaxed);
        list.push(Arc::new(wanted));
        true
    }

    /// The first that somebody waits for; it stays until it is done or has failed. What nobody waits for is left out.
    pub(super) fn next(&self, now: DateTime<Utc>) -> Option<Arc<Wanted>> {
        let mut list = self.list();
        list.retain(|wanted| wanted.stays(now));
        list.iter().find(|wanted| !wanted.has_failed() && !wanted.is_left(now)).map(Arc::clone)
    }

    /// Leaves another node to a comparison for a while, and for good where nobody has asked this one for it.
    pub(super) fn leave(&self, wanted: &Arc<Wanted>, now: DateTime<Utc>) {
        wanted.left_until.store((now + PAUSE).timestamp_micros(), Ordering::Relaxed);
        if wanted.waiting.asked_at.load(Ordering::Relaxed) == 0 {
            self.done(wanted);
        }
    }

    pub(super) fn done(&self, wanted: &Arc<Wanted>) {
        self.list().retain(|other| !Arc::ptr_eq(other, wanted));
    }

    pub(super) fn fail(&self, wanted: &Wanted, now: DateTime<Utc>, why: &str) {
        *wanted.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, why.to_owned()));
    }

    /// Stops and forgets what is compared with a file.
    pub(super) fn forget(&self, file_id: &str) {
        self.list().retain(|wanted| {
            let is_of = wanted.pair.is_of(file_id);
            if is_of {
                wanted.waiting.stopped.store(true, Ordering::Relaxed);
            }
            !is_of
        });
    }
}

fn new(pair: Pair, before: &StoredFile, after: &StoredFile) -> Wanted {
    let (before, after) = (before.clone(), after.clone());
    let (waiting, left_until, failed) = (Waiting::default(), AtomicI64::default(), Mutex::default());
    Wanted { pair, before, after, waiting, left_until, failed }
}

#[cfg(test)]
mod tests {
    use testkit::builders::{at, file, version};

    use super::*;

    /// As many pairs as may wait, each asked for, and one more.
    struct Full {
        queue: Queue,
        before: StoredFile,
        others: Vec<StoredFile>,
        more: StoredFile,
    }

    impl Full {
        fn new(now: DateTime<Utc>) -> Self {
            let version = version("areas", "time-series", 1);
            let others = (0..MOST).map(|number| file(&version, &format!("{number}.csv"))).collect();
            let (before, more) = (file(&version, "before.csv"), file(&version, "more.csv"));
            let full = Self { queue: Queue::default(), before, others, more };
            for other in &full.others {
                assert!(full.ask(other, now).unwrap());
            }
            full
        }

        fn ask(&self, after: &StoredFile, now: DateTime<Utc>) -> Result<bool> {
            self.queue.ask(Pair::of(&self.before, after), &self.before, after, now)
        }

        fn expect(&self, now: DateTime<Utc>) -> bool {
            self.queue.expect(Pair::of(&self.before, &self.more), &self.before, &self.more, now)
        }
    }

    #[test]
    fn what_nobody_waits_for_keeps_nobody_out() {
        let over = at(0) + PATIENCE + TimeDelta::microseconds(1);
        let full = Full::new(at(0));
        assert!(full.ask(&full.more, at(0) + PATIENCE).is_err() && !full.expect(at(0) + PATIENCE));
        assert!(full.ask(&full.more, over).unwrap());
        assert!(Full::new(at(0)).expect(over));
    }

    #[test]
    fn what_has_failed_keeps_nobody_out_once_its_rest_is_over() {
        let full = Full::new(at(0));
        let all = full.queue.list().clone();
        for wanted in &all {
            full.queue.fail(wanted, at(0), "it is damaged");
        }
        assert!(full.ask(&full.more, at(0)).is_err() && !full.expect(at(0)));
        assert!(full.ask(&full.more, at(0) + REST).unwrap());
    }

    #[test]
    fn what_another_node_makes_is_looked_for_again_when_somebody_asks_again() {
        let now = at(0) + TimeDelta::days(20_000);
        let version = version("areas", "time-series", 1);
        let (before, after, later) = (file(&version, "1.csv"), file(&version, "2.csv"), file(&version, "3.csv"));
        let queue = Queue::default();
        let ask = |now| queue.ask(Pair::of(&before, &after), &before, &after, now).unwrap();
        assert!(ask(now));
        let wanted = queue.next(now).unwrap();
        queue.leave(&wanted, now);
        assert!(queue.next(now).is_none() && !ask(now), "the other is left to it");
        // What stands behind it need not wait for it.
        assert!(queue.ask(Pair::of(&before, &later), &before, &later, now).unwrap());
        let behind = queue.next(now).unwrap();
        assert!(!Arc::ptr_eq(&behind, &wanted));
        queue.done(&behind);
        assert!(ask(now + PAUSE), "somebody still waits");
        assert!(Arc::ptr_eq(&queue.next(now + PAUSE).unwrap(), &wanted));

        // What was only expected here is the other's alone.
        queue.done(&wanted);
        assert!(queue.expect(Pair::of(&before, &after), &before, &after, now));
        queue.leave(&queue.next(now).unwrap(), now);
        assert!(queue.list().is_empty());
    }

    #[test]
    fn whoever_asks_waits_for_a_while_and_longer_if_they_ask_again() {
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        let waiting = Waiting::default();
        assert!(waiting.is_over(now), "nobody asked");
        waiting.asked(now);
        let later = now + PATIENCE;
        assert!(!waiting.is_over(now) && !waiting.is_over(later));
        assert!(waiting.is_over(later + TimeDelta::microseconds(1)));
        waiting.asked(later);
        waiting.asked(now);
        assert!(!waiting.is_over(later + PATIENCE), "an older question takes nothing back");
        waiting.stopped.store(true, Ordering::Relaxed);
        assert!(waiting.is_over(later), "a table is gone");

        let waiting = Waiting { expected: AtomicBool::new(true), ..Waiting::default() };
        assert!(!waiting.is_over(now), "somebody will ask");
    }
}
