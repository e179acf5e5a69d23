//! Who asks most, counted in memory for operators, and who is let in no more because one of them said so.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use chrono::{DateTime, Utc};
use domain::operations::{CallerKind, CallerSight};
use services::Services;
use services::callers::{subject_of_address, subject_of_token};
use services::ctx::neighbourhood;

use super::client::ClientAddress;
use super::identify::bearer_of;

/// Parts of the memory, so that requests seldom wait for each other.
const PARTS: usize = 32;
/// Callers that each part remembers within one hour.
const KEPT: usize = 64;
/// Callers that are shown.
const SHOWN: usize = 20;
/// How long is counted together, in seconds.
const HOUR: i64 = 3600;

/// By what a caller is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    /// The hash that stands for a token.
    Token(String),
}

/// Who sends a request, as far as it tells.
#[derive(Clone, Debug)]
pub struct Asking(Vec<Key>);

impl Asking {
    /// The address and the token of a request.
    #[must_use]
    pub fn of(request: &Request, client: ClientAddress) -> Self {
        let address = client.0.map(|address| Key::Address(neighbourhood(address)));
        let token = bearer_of(request.headers()).map(|token| Key::Token(subject_of_token(&token)));
        Self(address.into_iter().chain(token).collect())
    }

    /// For how many seconds more they are blocked, if they are.
    #[must_use]
    pub fn blocked(&self, services: &Services, now: DateTime<Utc>) -> Option<u64> {
        if services.blocks.are_none() {
            return None;
        }
        let until = self.0.iter().filter_map(|key| services.blocks.until(&key.subject(services), now)).max()?;
        Some(u64::try_from((until - now).num_seconds()).unwrap_or_default().max(1))
    }
}

impl Key {
    fn subject(&self, services: &Services) -> String {
        match self {
            Self::Address(address) => subject_of_address(services, *address),
            Self::Token(subject) => subject.clone(),
        }
    }

    const fn kind(&self) -> CallerKind {
        match self {
            Self::Address(_) => CallerKind::Address,
            Self::Token(_) => CallerKind::Token,
        }
    }
}

/// What one caller asked within an hour.
#[derive(Clone, Copy, Debug)]
struct Tally {
    /// How much others had asked who made room for this one; it keeps those who ask much from making room in their turn.
    before: u64,
    requests: u64,
    refused: u64,
    last_seen: DateTime<Utc>,
}

/// A part of the memory: this hour, and the last.
#[derive(Debug, Default)]
struct Part {
    hour: i64,
    now: HashMap<Key, Tally>,
    last: HashMap<Key, Tally>,
}

impl Part {
    fn note(&mut self, key: &Key, refused: bool, at: DateTime<Utc>) {
        self.turn(at);
        if !self.now.contains_key(key) {
            let tally = Tally { before: self.make_room(), requests: 0, refused: 0, last_seen: at };
            self.now.insert(key.clone(), tally);
        }
        if let Some(tally) = self.now.get_mut(key) {
            tally.requests += 1;
            tally.refused += u64::from(refused);
            tally.last_seen = at;
        }
    }

    /// Begins a new hour where the one before is over.
    fn turn(&mut self, at: DateTime<Utc>) {
        let hour = at.timestamp() / HOUR;
        // A request that began before the turn is noted after it.
        if hour <= self.hour {
            return;
        }
        let over = std::mem::take(&mut self.now);
        self.last = if hour == self.hour + 1 { over } else { HashMap::new() };
        self.hour = hour;
    }

    /// Lets go of the one who asked least where there are too many; how much that was.
    fn make_room(&mut self) -> u64 {
        if self.now.len() < KEPT {
            return 0;
        }
        let least = self.now.iter().min_by_key(|(_, tally)| tally.before + tally.requests);
        let Some((key, weight)) = least.map(|(key, tally)| (key.clone(), tally.before + tally.requests)) else {
            return 0;
        };
        self.now.remove(&key);
        weight
    }

    /// Everybody within this hour and the last.
    fn sums(&self) -> HashMap<Key, Tally> {
        let mut sums = self.last.clone();
        for (key, tally) in &self.now {
            let sum = sums.entry(key.clone()).or_insert(Tally { requests: 0, refused: 0, ..*tally });
            sum.requests += tally.requests;
            sum.refused += tally.refused;
            sum.last_seen = tally.last_seen;
        }
        sums
    }
}

/// Who asks this node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Callers(Arc<Memory>);

#[derive(Debug)]
struct Memory {
    parts: Vec<Mutex<Part>>,
    folding: RandomState,
}

impl Default for Callers {
    fn default() -> Self {
        let parts = std::iter::repeat_with(Mutex::default).take(PARTS).collect();
        Self(Arc::new(Memory { parts, folding: RandomState::new() }))
    }
}

impl Callers {
    /// Counts a request for everybody who sends it.
    pub fn note(&self, asking: &Asking, refused: bool, at: DateTime<Utc>) {
        for key in &asking.0 {
            let hash = usize::try_from(self.0.folding.hash_one(key) % PARTS as u64).unwrap_or_default();
            if let Some(part) = self.0.parts.get(hash) {
                part.lock().unwrap_or_else(PoisonError::into_inner).note(key, refused, at);
            }
        }
    }

    /// Those who ask most, within this hour and the last.
    #[must_use]
    pub fn sights(&self, services: &Services, at: DateTime<Utc>) -> Vec<CallerSight> {
        let mut found: Vec<(Key, Tally)> = Vec::new();
        for part in &self.0.parts {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.turn(at);
            found.extend(part.sums());
        }
        found.sort_by_key(|(_, tally)| std::cmp::Reverse((tally.requests, tally.last_seen)));
        found.truncate(SHOWN);
        let sight = |(key, tally): (Key, Tally)| CallerSight {
            kind: key.kind(),
            subject: key.subject(services),
            name: None,
            requests: tally.requests,
            refused: tally.refused,
            last_seen: tally.last_seen,
        };
        found.into_iter().map(sight).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn key(number: u32) -> Key {
        Key::Address(Ipv4Addr::from(number).into())
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn whoever_asks_much_is_remembered_among_many_who_ask_once() {
        let mut part = Part::default();
        for round in 0..5_000_u32 {
            part.note(&key(1_000 + round), false, at(10));
            part.note(&key(1), round % 2 == 0, at(11));
        }
        assert!(part.now.len() <= KEPT);
        let tally = part.sums()[&key(1)];
        assert_eq!((tally.requests, tally.refused, tally.last_seen), (5_000, 2_500, at(11)));
    }

    #[test]
    fn an_hour_is_forgotten_after_the_next() {
        let mut part = Part::default();
        part.note(&key(1), false, at(10));
        part.note(&key(1), true, at(HOUR + 10));
        let tally = part.sums()[&key(1)];
        assert_eq!((tally.requests, tally.refused), (2, 1));
        part.turn(at(2 * HOUR + 10));
        assert_eq!(part.sums()[&key(1)].requests, 1);
        part.note(&key(2), false, at(2 * HOUR - 1));
        assert_eq!(part.sums()[&key(1)].requests, 1, "what began before the turn of the hour turns nothing back");
        part.turn(at(5 * HOUR));
        assert!(part.sums().is_empty());
    }
}
