//! How it goes with each receiver, as this node sees it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::delivery::{Circuit, CircuitState, Fuse};
use domain::operations::{LastCalls, ReceiverHold};

/// The circuits of the receivers, by name; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Circuits(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    circuits: HashMap<String, Circuit>,
    /// Receivers that an operator wants left in peace, whatever is heard of them.
    held: HashMap<String, ReceiverHold>,
    /// How the last calls of each kind of receiver ended.
    calls: HashMap<String, LastCalls>,
}

impl Known {
    /// Why a receiver, or what it is below, is held at `now`.
    fn hold(&self, receiver: &str, now: DateTime<Utc>) -> Option<&ReceiverHold> {
        let above = receiver.split(':').next().unwrap_or(receiver);
        self.held.get(above).filter(|hold| now < hold.until)
    }
}

impl Circuits {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, receiver: &str, act: impl FnOnce(&mut Circuit) -> T) -> T {
        act(self.lock().circuits.entry(receiver.to_owned()).or_default())
    }

    /// Whether a try is let through now; else when to ask again. What an operator holds is asked again after a pause at most,
    /// since it may be let go before its time.
    pub fn admit(&self, receiver: &str, fuse: Fuse, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        if let Some(until) = self.lock().hold(receiver, now).map(|hold| hold.until) {
            return Err(until.min(now + fuse.pause));
        }
        self.admit_though_held(receiver, fuse, now)
    }

    /// The same for what is too urgent to wait for an operator who holds the receiver.
    pub fn admit_though_held(&self, receiver: &str, fuse: Fuse, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        self.with(receiver, |circuit| circuit.admit(fuse, now))
    }

    /// The receiver answered. What it asked for before, it still wants, as several are under way at once.
    pub fn answered(&self, receiver: &str, now: DateTime<Utc>) {
        let mut known = self.lock();
        let Some(circuit) = known.circuits.get_mut(receiver) else { return };
        circuit.answered();
        if circuit.is_unknown(now) {
            known.circuits.remove(receiver);
        }
    }

    /// An operator wants the receiver tried, or it is gone.
    pub fn close(&self, receiver: &str) {
        self.lock().circuits.remove(receiver);
    }

    /// The receiver could not be reached.
    pub fn failed(&self, receiver: &str, fuse: Fuse, now: DateTime<Utc>) {
        self.with(receiver, |circuit| circuit.failed(fuse, now));
    }

    /// The receiver asks to be left in peace until then.
    pub fn asked_to_wait(&self, receiver: &str, until: DateTime<Utc>) {
        self.with(receiver, |circuit| circuit.asked_to_wait(until));
    }

    /// Notes how a call of a kind of receiver ended: with an error, or that it took what it was sent.
    pub fn called(&self, kind: &str, error: Option<String>, now: DateTime<Utc>) {
        let mut known = self.lock();
        let calls = known.calls.entry(kind.to_owned()).or_default();
        match error {
            None => calls.taken = Some(now),
            Some(error) => calls.failed = Some((now, error)),
        }
    }

    /// How the last calls of a kind of receiver ended.
    #[must_use]
    pub fn last_calls(&self, kind: &str) -> LastCalls {
        self.lock().calls.get(kind).cloned().unwrap_or_default()
    }

    /// An operator wants a receiver, and all below it, left in peace for a time.
    pub fn hold(&self, receiver: &str, hold: ReceiverHold) {
        self.lock().held.insert(receiver.to_owned(), hold);
    }

    /// An operator wants a receiver called again, and all below it.
    pub fn release(&self, receiver: &str) {
        let below = format!("{receiver}:");
        let mut known = self.lock();
        known.held.remove(receiver);
        known.circuits.retain(|name, _| name != receiver && !name.starts_with(&below));
    }

    /// Why a receiver is left in peace by an operator, if it is.
    #[must_use]
    pub fn held(&self, receiver: &str, now: DateTime<Utc>) -> Option<ReceiverHold> {
        self.lock().hold(receiver, now).cloned()
    }

    /// How the worst circuit of a receiver and what is below it stands: webhooks have one each, `webhook:…`.
    #[must_use]
    pub fn state(&self, receiver: &str, now: DateTime<Utc>) -> CircuitState {
        if self.lock().hold(receiver, now).is_some() {
            return CircuitState::Open;
        }
        self.state_though_held(receiver, now)
    }

    /// The same for what is sent even while an operator holds the receiver.
    #[must_use]
    pub fn state_though_held(&self, receiver: &str, now: DateTime<Utc>) -> CircuitState {
        let known = self.lock();
        let below = format!("{receiver}:");
        let mine = known.circuits.iter().filter(|(name, _)| *name == receiver || name.starts_with(&below));
        mine.map(|(_, circuit)| circuit.state(now)).max().unwrap_or(CircuitState::Closed)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn how_the_last_calls_ended_is_known_of_each_kind() {
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let circuits = Circuits::default();
        assert_eq!(circuits.last_calls("slack"), LastCalls::default());
        circuits.called("slack", None, at(1));
        circuits.called("slack", Some("it answered 503".to_owned()), at(2));
        circuits.called("kafka", None, at(3));
        let failed = Some((at(2), "it answered 503".to_owned()));
        assert_eq!(circuits.last_calls("slack"), LastCalls { taken: Some(at(1)), failed });
        assert_eq!(circuits.last_calls("kafka"), LastCalls { taken: Some(at(3)), failed: None });
    }

    #[test]
    fn what_an_operator_holds_is_left_in_peace_until_let_go_or_its_time_is_over() {
        let fuse = Fuse { failures: 3, pause: TimeDelta::seconds(30) };
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let circuits = Circuits::default();
        let hold = ReceiverHold { until: at(3600), reason: "It is moved.".to_owned(), by: "Ada".to_owned() };
        circuits.hold("webhook", hold.clone());
        assert_eq!(circuits.admit("webhook:1", fuse, at(0)), Err(at(30)), "it is asked again soon");
        assert_eq!(circuits.admit("webhook:1", fuse, at(3590)), Err(at(3600)));
        circuits.close("webhook:1");
        assert_eq!(
            (circuits.state("webhook", at(1)), circuits.held("webhook", at(1))),
            (CircuitState::Open, Some(hold.clone()))
        );
        assert_eq!(circuits.admit("kafka", fuse, at(0)), Ok(()));
        assert_eq!(circuits.admit_though_held("webhook:1", fuse, at(0)), Ok(()), "it is urgent");
        assert_eq!(circuits.state_though_held("webhook", at(1)), CircuitState::Closed);
        assert_eq!((circuits.admit("webhook:1", fuse, at(3600)), circuits.held("webhook", at(3600))), (Ok(()), None));
        circuits.hold("webhook", hold);
        circuits.release("webhook");
        assert_eq!(
            (circuits.admit("webhook:1", fuse, at(2)), circuits.state("webhook", at(2))),
            (Ok(()), CircuitState::Closed)
        );
    }
}
