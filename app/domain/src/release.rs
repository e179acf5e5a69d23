//! The release calendar: what will be published when, and what became of it.

mod access;
pub mod date;
pub mod feed;
pub mod machine;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::dataset::Contact;
use crate::month::Month;
use crate::refusal::FieldProblem;
use crate::text::{MAX_SHORT_REASON, check_line, check_optional};
use crate::topic::Topic;
use crate::wire::wire_enum;

pub use access::PreReleaseAccess;
pub use date::ReleaseDate;
pub use machine::{ReleaseAction, ReleaseCommand, Rule};

wire_enum! {
    /// Where an entry of the calendar stands (product contract, section 2).
    ReleaseState {
        /// Not announced; only those who prepare it see it.
        Draft => "draft",
        /// Announced, perhaps without an exact date.
        Provisional => "provisional",
        /// The exact date is promised: from here on a change of it carries a public reason.
        Confirmed => "confirmed",
        /// Put off, with a public reason.
        Postponed => "postponed",
        /// Will not come, with a public reason.
        Cancelled => "cancelled",
        /// Public, set by the publication of its bundle.
        Published => "published",
    }
}

impl ReleaseState {
    /// The states of what is still to come.
    pub const UPCOMING: [Self; 3] = [Self::Provisional, Self::Confirmed, Self::Postponed];
    /// The states that the public sees.
    pub const ANNOUNCED: [Self; 5] =
        [Self::Provisional, Self::Confirmed, Self::Postponed, Self::Cancelled, Self::Published];
}

wire_enum! {
    /// What an entry of the change log tells.
    ChangeKind {
        /// Another date.
        DateChanged => "date_changed",
        /// Put off.
        Postponed => "postponed",
        /// Called off.
        Cancelled => "cancelled",
    }
}

/// Why a date changed, as the public reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicReason {
    /// In English.
    pub text: String,
    /// In Welsh.
    pub text_cy: Option<String>,
}

impl PublicReason {
    /// A reason in English; `None` where nothing is said.
    #[must_use]
    pub fn of(text: Option<String>, text_cy: Option<String>) -> Option<Self> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        Some(Self { text, text_cy: text_cy.filter(|text| !text.trim().is_empty()) })
    }

    /// Every problem at once, of the fields `reason` and `reason_cy`.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_optional(&mut problems, "reason", &self.text, MAX_SHORT_REASON, true);
        check_optional(&mut problems, "reason_cy", self.text_cy.as_deref().unwrap_or(""), MAX_SHORT_REASON, true);
        problems
    }
}

/// One line of the public change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateChange {
    /// What was done.
    pub kind: ChangeKind,
    /// The date before.
    pub previous: ReleaseDate,
    /// The date after; of a cancelled release the same.
    pub date: ReleaseDate,
    /// Why.
    pub reason: PublicReason,
    /// When it was said.
    pub at: DateTime<Utc>,
}

/// What editors say about a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseDetails {
    /// The title.
    pub title: String,
    /// The title in Welsh.
    pub title_cy: Option<String>,
    /// What will be in it, in a few sentences; may be empty.
    pub summary: String,
    /// The same in Welsh.
    pub summary_cy: Option<String>,
    /// The department whose grants reach it; none means the whole office.
    pub department: Option<String>,
    /// Who is given it before the public; told once it is published.
    #[serde(default)]
    pub pre_release_access: Vec<PreReleaseAccess>,
}

impl ReleaseDetails {
    /// Every problem at once.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_line(&mut problems, "title", &self.title, 200);
        check_optional(&mut problems, "title_cy", self.title_cy.as_deref().unwrap_or(""), 200, false);
        check_optional(&mut problems, "summary", &self.summary, 5000, true);
        check_optional(&mut problems, "summary_cy", self.summary_cy.as_deref().unwrap_or(""), 5000, true);
        PreReleaseAccess::check(&mut problems, &self.pre_release_access);
        problems
    }
}

/// An entry of the release calendar with all that those who prepare it may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The slug.
    pub id: String,
    /// What editors say about it.
    pub details: ReleaseDetails,
    /// Where it stands.
    pub state: ReleaseState,
    /// When it will come, as far as that is known.
    pub date: ReleaseDate,
    /// The bundle that will publish it; never told to the public.
    pub bundle_id: Option<String>,
    /// The public change log, oldest first.
    pub changes: Vec<DateChange>,
    /// When the public was first told of it.
    pub announced_at: Option<DateTime<Utc>>,
    /// When its bundle was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Actor,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who edited it last.
    pub last_edited_by: Actor,
    /// When anything about it last changed.
    pub last_modified: DateTime<Utc>,
    /// Goes up with every change.
    pub revision: i64,
}

impl Release {
    /// What the public may know of it.
    #[must_use]
    pub fn entry(&self) -> CalendarEntry {
        CalendarEntry {
            id: self.id.clone(),
            details: self.details_told(),
            state: self.state,
            date: self.date,
            changes: self.changes.clone(),
            announced_at: self.announced_at,
            published_at: self.published_at,
        }
    }

    /// What editors say about it as everybody may know it: who is given it early is told once it is published.
    #[must_use]
    pub fn details_told(&self) -> ReleaseDetails {
        let mut details = self.details.clone();
        if self.state != ReleaseState::Published {
            details.pre_release_access.clear();
        }
        details
    }

    /// The release as those see it who do not prepare it.
    #[must_use]
    pub fn for_outsiders(self) -> Self {
        Self { details: self.details_told(), ..self }
    }

    /// Whether the public has been told of it.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        self.state != ReleaseState::Draft
    }
}

/// An entry as the public sees it: nothing of its bundle, its datasets or who works on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEntry {
    /// The slug.
    pub id: String,
    /// What editors say about it.
    pub details: ReleaseDetails,
    /// Where it stands.
    pub state: ReleaseState,
    /// When it will come, as far as that is known.
    pub date: ReleaseDate,
    /// The public change log, oldest first.
    pub changes: Vec<DateChange>,
    /// When the public was first told of it.
    pub announced_at: Option<DateTime<Utc>>,
    /// When it became public.
    pub published_at: Option<DateTime<Utc>>,
}

impl CalendarEntry {
    /// When it came, or else when it will come, as far as that is known.
    #[must_use]
    pub fn date_shown(&self) -> ReleaseDate {
        self.published_at.map_or(self.date, ReleaseDate::At)
    }

    /// When the public was last told anything new of it: that it came, that its date changed, or that there will be one.
    #[must_use]
    pub fn told_at(&self) -> Option<DateTime<Utc>> {
        self.published_at.or(self.changes.last().map(|change| change.at)).or(self.announced_at)
    }
}

/// A version that a release made public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedVersion {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The edition's title.
    pub edition_title: String,
    /// The edition's title in Welsh.
    pub edition_title_cy: Option<String>,
    /// The version's number.
    pub version: u32,
    /// The dataset's title.
    pub title: String,
    /// The dataset's title in Welsh.
    pub title_cy: Option<String>,
    /// When the dataset's next release is expected, as its editors say it.
    pub next_release: Option<String>,
    /// Whom to ask about the dataset.
    pub contacts: Vec<Contact>,
}

/// The public page of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasePage {
    /// The entry.
    pub entry: CalendarEntry,
    /// What it made public; empty before.
    pub versions: Vec<ReleasedVersion>,
}

wire_enum! {
    /// The parts of the public calendar.
    CalendarView {
        /// What is still to come, soonest first.
        Upcoming => "upcoming",
        /// What came, latest first.
        Published => "published",
        /// What was called off, latest first.
        Cancelled => "cancelled",
        /// Everything that may come or came in one month, soonest first.
        Month => "month",
    }
}

/// A question to the public calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarQuery {
    /// Which part.
    pub view: CalendarView,
    /// Only what stands here; within [`CalendarView::Upcoming`] and [`CalendarView::Month`] alone it makes a difference.
    pub state: Option<ReleaseState>,
    /// Only what may come in this month, as year and month; [`CalendarView::Month`] shows this one if none is named.
    pub month: Option<(i32, u32)>,
    /// Only what made a dataset on this topic, or on one below it, public; within [`CalendarView::Published`] alone, as
    /// nothing is told of what a release holds before it is published.
    #[serde(default)]
    pub topic: Option<String>,
    /// Only titles that hold this text.
    pub q: String,
    /// Entries to skip.
    pub offset: u32,
    /// The most entries wanted.
    pub limit: u32,
}

impl CalendarQuery {
    /// The month that [`CalendarView::Month`] shows.
    #[must_use]
    pub fn month_shown(&self, now: DateTime<Utc>) -> Month {
        self.month.and_then(|(year, number)| Month::new(year, number)).unwrap_or_else(|| Month::of(now))
    }
}

/// A page of the public calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarPage {
    /// The entries of this page.
    pub items: Vec<CalendarEntry>,
    /// How many there are altogether.
    pub total_count: u64,
    /// The topics that may be chosen, each followed by those below it; none where none may.
    pub topics: Vec<Topic>,
    /// The server's time when the page was made.
    pub now: DateTime<Utc>,
}
