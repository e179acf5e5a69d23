//! How many streams of events are open on this node, and for whom; both numbers have a bound.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most streams of one person: more tabs than anybody looks at side by side.
const OF_ONE: usize = 12;
/// The most streams of a node.
const IN_ALL: usize = 500;
/// How many seconds whoever was refused should wait; pages ask in the meantime.
pub const RETRY_AFTER: &str = "60";

/// The streams of this node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Streams {
    open: Arc<Mutex<HashMap<String, usize>>>,
    of_one: usize,
    in_all: usize,
}

impl Default for Streams {
    fn default() -> Self {
        Self { open: Arc::default(), of_one: OF_ONE, in_all: IN_ALL }
    }
}

/// Why there is no room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The person has enough.
    Person,
    /// The node has enough.
    Node,
}

impl Full {
    /// A word for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Node => "node",
        }
    }
}

/// Room for one stream; dropping it gives the room back.
#[derive(Debug)]
pub struct Seat {
    streams: Streams,
    person: String,
}

impl Streams {
    /// Room for one more stream of a person, or why there is none.
    pub fn take(&self, person: &str) -> Result<Seat, Full> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= self.in_all {
            return Err(Full::Node);
        }
        let own = open.entry(person.to_owned()).or_default();
        if *own >= self.of_one {
            return Err(Full::Person);
        }
        *own += 1;
        gauge(&open);
        Ok(Seat { streams: self.clone(), person: person.to_owned() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.person);
            }
        }
        gauge(&open);
    }
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
fn gauge(open: &HashMap<String, usize>) {
    metrics::gauge!("live_streams_open").set(open.values().sum::<usize>() as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_so_many_of_one_person_and_of_all() {
        let streams = Streams { of_one: 2, in_all: 3, ..Streams::default() };
        let first = streams.take("ann").unwrap();
        let _second = streams.take("ann").unwrap();
        assert_eq!(streams.take("ann").unwrap_err(), Full::Person);
        let _other = streams.take("bob").unwrap();
        assert_eq!(streams.take("cai").unwrap_err(), Full::Node);
        drop(first);
        let _third = streams.take("ann").unwrap();
    }

    #[test]
    fn nothing_is_kept_of_who_has_left() {
        let streams = Streams::default();
        drop(streams.take("ann").unwrap());
        assert!(streams.open.lock().unwrap().is_empty());
    }
}
