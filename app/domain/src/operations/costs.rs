//! What takes time in the running program: endpoints, statements to the database, and how much memory saves.

use serde::{Deserialize, Serialize};

use super::Readings;

/// What one statement took in one process, whatever its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementCost {
    /// Its text without values.
    pub sql: String,
    /// How often it was sent.
    pub count: u64,
    /// The time within which half of them were done, in microseconds.
    pub p50_us: u64,
    /// The time within which 95 of a hundred were done, in microseconds.
    pub p95_us: u64,
    /// All of them together, in microseconds.
    pub total_us: u64,
}

/// How often something was found in a memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheSight {
    /// What is remembered.
    pub name: String,
    /// How often it was found.
    pub hits: u64,
    /// How often it had to be made.
    pub misses: u64,
    /// How much there is, about.
    pub entries: u64,
}

impl CacheSight {
    /// How many of a hundred were found; nothing where nobody asked.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        let asked = self.hits + self.misses;
        (asked > 0).then(|| self.hits.saturating_mul(100) / asked)
    }
}

/// What the page about performance shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PerformanceDesk {
    /// What the program tells of itself.
    pub readings: Readings,
    /// The statements that took most in all.
    pub statements: Vec<StatementCost>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_needs_somebody_who_asked() {
        let cache = |hits, misses| CacheSight { name: String::new(), hits, misses, entries: 0 };
        assert_eq!((cache(0, 0).percent(), cache(3, 1).percent(), cache(0, 2).percent()), (None, Some(75), Some(0)));
    }
}
