//! How the site is, as everybody may know.

mod disturbances;

pub use disturbances::{DAYS, PublicIncident, PublicUpdate, days};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::publication_log::Publication;
use crate::release::CalendarEntry;
use crate::wire::wire_enum;

wire_enum! {
    /// A part of the site that readers know.
    SitePart {
        /// Pages and the API.
        Pages => "pages",
        /// Downloads of files.
        Downloads => "downloads",
        /// The search.
        Search => "search",
        /// Publication at the announced instant.
        Publication => "publication",
        /// Letters and messages about new figures.
        Messages => "messages",
    }
}

wire_enum! {
    /// How a part is.
    PartState {
        /// In order.
        Working => "working",
        /// Not in order, but for a short time or with little effect.
        Disturbed => "disturbed",
        /// Not in order.
        Down => "down",
        /// It was not looked at here.
        Unknown => "unknown",
    }
}

/// How the parts are, by the newest look at them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteHealth {
    /// The parts in the order in which they are told.
    pub parts: Vec<(SitePart, PartState)>,
    /// When they were looked at last.
    pub looked_at: Option<DateTime<Utc>>,
}

impl SiteHealth {
    /// The worst state of all parts.
    #[must_use]
    pub fn overall(&self) -> PartState {
        let known = self.parts.iter().map(|(_, state)| *state).filter(|state| *state != PartState::Unknown);
        known.max().unwrap_or(PartState::Unknown)
    }
}

/// The public page about how the site is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusPage {
    /// How its parts are.
    pub health: SiteHealth,
    /// The newest publications.
    pub publications: Vec<Publication>,
    /// How those that were scheduled came, over the newest hundred.
    pub punctuality: Punctuality,
    /// What comes next.
    pub next: Option<CalendarEntry>,
    /// The incidents of the last days that the public was told of, the newest first.
    pub incidents: Vec<PublicIncident>,
    /// How each of the last days was, today last.
    pub days: Vec<(NaiveDate, PartState)>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

impl StatusPage {
    /// How the site is as a whole: the worst of its parts and of the incidents that still harm.
    #[must_use]
    pub fn overall(&self) -> PartState {
        let harm = self.incidents.iter().filter(|one| one.until.is_none()).map(PublicIncident::harm);
        match (self.health.overall(), harm.max()) {
            (PartState::Unknown, Some(harm)) if harm > PartState::Working => harm,
            (PartState::Unknown, _) => PartState::Unknown,
            (parts, harm) => parts.max(harm.unwrap_or(PartState::Working)),
        }
    }
}

/// How scheduled publications came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Punctuality {
    /// How many there were.
    pub scheduled: u64,
    /// How many of them came within a second of their instant.
    pub on_time: u64,
    /// The longest delay, in milliseconds.
    pub longest_ms: i64,
}

impl Punctuality {
    /// Counts publications; those by hand were not promised for an instant.
    #[must_use]
    pub fn of(publications: &[Publication]) -> Self {
        let delays =
            publications.iter().filter_map(|one| Some((one.published_at - one.scheduled_at?).num_milliseconds()));
        delays.fold(Self::default(), |counted, delay| Self {
            scheduled: counted.scheduled + 1,
            on_time: counted.on_time + u64::from(delay < 1000),
            longest_ms: counted.longest_ms.max(delay),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(delay_ms: Option<i64>) -> Publication {
        let published_at = DateTime::from_timestamp_millis(1_795_000_000_000).unwrap();
        Publication {
            sequence: 1,
            release: None,
            scheduled_at: delay_ms.map(|delay| published_at - chrono::Duration::milliseconds(delay)),
            published_at,
            versions: Vec::new(),
            previous_hash: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn only_what_was_promised_is_late() {
        let counted = Punctuality::of(&[came(Some(80)), came(None), came(Some(2500))]);
        assert_eq!(counted, Punctuality { scheduled: 2, on_time: 1, longest_ms: 2500 });
    }

    #[test]
    fn the_worst_part_speaks_for_all() {
        let health = |states: &[PartState]| SiteHealth {
            parts: states.iter().map(|state| (SitePart::Pages, *state)).collect(),
            looked_at: None,
        };
        assert_eq!(health(&[PartState::Working, PartState::Unknown]).overall(), PartState::Working);
        assert_eq!(health(&[PartState::Down, PartState::Disturbed]).overall(), PartState::Down);
        assert_eq!(health(&[]).overall(), PartState::Unknown);
    }
}
