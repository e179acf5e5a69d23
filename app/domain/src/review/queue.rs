//! What waits for somebody's review, in the order in which it came.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::claims::{Claim, DecidedVersion};
use crate::bundle::Bundle;
use crate::version::Version;
use crate::views::Check;

/// The neighbours of a version among those that wait for the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePlace {
    /// The one that waits longer.
    pub previous: Option<Version>,
    /// The one that came after it; the first of all where the version itself waits no more.
    pub next: Option<Version>,
    /// Its place, counted from 1; nought where it waits no more.
    pub place: u64,
    /// How many wait.
    pub total: u64,
}

impl QueuePlace {
    /// Finds the place of the version with this id; `None` where nothing at all waits.
    #[must_use]
    pub fn of(id: &str, waiting: &[Version]) -> Option<Self> {
        if waiting.is_empty() {
            return None;
        }
        let total = waiting.len() as u64;
        let at = waiting.iter().position(|version| version.id == id);
        Some(match at {
            Some(i) => Self {
                previous: i.checked_sub(1).and_then(|before| waiting.get(before)).cloned(),
                next: waiting.get(i + 1).cloned(),
                place: i as u64 + 1,
                total,
            },
            None => Self { previous: None, next: waiting.first().cloned(), place: 0, total },
        })
    }
}

/// Everything that waits for review and that the viewer may review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewQueue {
    /// Submitted versions, the oldest first.
    pub versions: Vec<WaitingVersion>,
    /// Bundles that are ready for review, the oldest first.
    pub bundles: Vec<WaitingBundle>,
    /// Whom the viewer may ask to review bundles, as ids and names; nobody where no bundle waits or the viewer reviews none.
    pub reviewers: Vec<(String, String)>,
    /// What the last approval of several versions did.
    pub decided: Vec<DecidedVersion>,
    /// The server's time when the page was made.
    pub now: DateTime<Utc>,
}

/// A version that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingVersion {
    /// The version.
    pub version: Version,
    /// The dataset's title.
    pub title: String,
    /// What was checked automatically.
    pub checks: Vec<Check>,
    /// The bytes of its files.
    pub size: u64,
    /// Whether the viewer edited it last, so that somebody else has to approve it.
    pub own: bool,
    /// Who is reviewing it.
    pub claim: Option<Claim>,
}

/// A bundle that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingBundle {
    /// The bundle.
    pub bundle: Bundle,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who sent it for review.
    pub sent_by: String,
    /// How many of its checks pass, of a hundred.
    pub percent: u8,
    /// Whether the viewer made or edited it, or what it makes public of a dataset, so that somebody else has to approve it.
    pub own: bool,
    /// Who is reviewing it.
    pub claim: Option<Claim>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::checks::tests::version;

    #[test]
    fn a_version_knows_its_neighbours() {
        let waiting: Vec<Version> =
            [1, 2, 3].into_iter().map(|n| Version { id: n.to_string(), ..version(n) }).collect();
        let middle = QueuePlace::of("2", &waiting).unwrap();
        assert_eq!((middle.place, middle.total), (2, 3));
        assert_eq!(middle.previous.map(|v| v.version), Some(1));
        assert_eq!(middle.next.map(|v| v.version), Some(3));
        assert_eq!(QueuePlace::of("1", &waiting).unwrap().previous, None);
        let gone = QueuePlace::of("9", &waiting).unwrap();
        assert_eq!((gone.place, gone.next.map(|v| v.version)), (0, Some(1)));
        assert_eq!(QueuePlace::of("1", &[]), None);
    }
}
