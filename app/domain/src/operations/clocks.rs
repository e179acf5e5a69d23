//! Times that the runbook allows, and how they stand at an instant.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::wire::wire_enum;

wire_enum! {
    /// What a clock counts to.
    ClockKind {
        /// Somebody answers for it.
        Respond => "respond",
        /// Those concerned hear how it stands.
        Update => "update",
        /// It is over.
        Resolve => "resolve",
    }
}

impl ClockKind {
    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Respond => "Respond",
            Self::Update => "Next update",
            Self::Resolve => "Resolve",
        }
    }
}

/// A time that is allowed for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What for.
    pub kind: ClockKind,
    /// By when.
    pub due: DateTime<Utc>,
    /// When it was done; the clock stands still since.
    pub stopped: Option<DateTime<Utc>>,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// So much is left.
    Left(TimeDelta),
    /// It ran out so long ago, and it is still not done.
    Breached(TimeDelta),
    /// It was done in time.
    Kept,
    /// It was done so much too late.
    Missed(TimeDelta),
}

impl Clock {
    /// How it stands; what is done at the last instant is done in time.
    #[must_use]
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        match self.stopped {
            Some(at) if at <= self.due => Standing::Kept,
            Some(at) => Standing::Missed(at - self.due),
            None if now <= self.due => Standing::Left(self.due - now),
            None => Standing::Breached(now - self.due),
        }
    }

    /// Whether the time that was allowed was not kept, or has run out.
    #[must_use]
    pub fn is_breached(&self, now: DateTime<Utc>) -> bool {
        matches!(self.standing(now), Standing::Breached(_) | Standing::Missed(_))
    }
}
