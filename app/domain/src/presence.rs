//! Who has the same thing open, and what a page of the portal is told while it stays open.

mod meanwhile;
mod words;

pub use meanwhile::Meanwhile;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::office::QUEUE_PAGE;
use crate::version::admin_version_path;

/// How long somebody counts as there after the last sign of them.
pub const LASTS: TimeDelta = TimeDelta::seconds(60);
/// How old the last sign may get before the next one is written down: one small write, and time to spare before the end.
pub const RENEWED_EVERY: TimeDelta = TimeDelta::seconds(40);
/// How long somebody who typed in a form counts as editing.
pub const EDITS_FOR: TimeDelta = TimeDelta::minutes(2);

/// A thing of the portal that several people may have open at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Watched {
    /// A dataset, by its slug.
    Dataset(String),
    /// A version, by dataset, edition and number.
    Version(String, String, u32),
    /// A bundle, by its id.
    Bundle(String),
    /// An entry of the release calendar, by its id.
    Release(String),
}

impl Watched {
    /// What a page of the portal is about, by its path; `None` for lists, forms for something new, and all other pages.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        let words: Vec<&str> = path.split(['?', '#']).next()?.strip_prefix("/admin/")?.split('/').collect();
        let id = |word: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            (!word.is_empty() && word.len() <= 200 && word != "new" && word.bytes().all(plain)).then(|| word.to_owned())
        };
        match words.as_slice() {
            // What is done to an edition stands in the history of its dataset.
            ["datasets", dataset] | ["datasets", dataset, "editions", _] => Some(Self::Dataset(id(dataset)?)),
            // The steps of preparing a version edit the same version.
            ["datasets", dataset, "editions", edition, "versions", version]
            | ["datasets", dataset, "editions", edition, "versions", version, "prepare", _] => {
                Some(Self::Version(id(dataset)?, id(edition)?, version.parse().ok()?))
            }
            ["bundles", bundle]
            | ["bundles", bundle, "approve" | "preview" | "schedule" | "publication" | "timeline"]
            | ["bundles", bundle, "contents", "add"] => Some(Self::Bundle(id(bundle)?)),
            ["releases", release] => Some(Self::Release(id(release)?)),
            _ => None,
        }
    }

    /// The kind of thing, as the audit trail calls it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Dataset(_) => "dataset",
            Self::Version(..) => "version",
            Self::Bundle(_) => "bundle",
            Self::Release(_) => "release",
        }
    }

    /// Its id, as the audit trail has it.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Dataset(id) | Self::Bundle(id) | Self::Release(id) => id.clone(),
            Self::Version(dataset, edition, version) => format!("{dataset}/{edition}/{version}"),
        }
    }

    /// The name under which it is kept who is there.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.kind(), self.id())
    }

    /// The portal's page for it.
    #[must_use]
    pub fn admin_path(&self) -> String {
        match self {
            Self::Dataset(id) => format!("/admin/datasets/{id}"),
            Self::Version(dataset, edition, version) => admin_version_path(dataset, edition, *version),
            Self::Bundle(id) => format!("/admin/bundles/{id}"),
            Self::Release(id) => format!("/admin/releases/{id}"),
        }
    }
}

/// What a page of the portal shows that belongs to nobody's thing and is drawn anew whenever it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// The publish queue.
    Queue,
    /// How the program stands: components, conditions, incidents, and what failed.
    Operations,
}

impl Drawn {
    /// What the page at this path shows, if it shows any such thing.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        match path.split(['?', '#']).next().unwrap_or_default() {
            QUEUE_PAGE | "/admin/queue" => Some(Self::Queue),
            "/ops" | "/ops/health" | "/ops/failures" | "/ops/integrations" | "/ops/files" | "/ops/alerts" => {
                Some(Self::Operations)
            }
            path if path.starts_with("/ops/incidents/") => Some(Self::Operations),
            _ => None,
        }
    }
}

/// That somebody has a thing open, in however many tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The thing, by its [`Watched::key`].
    pub object: String,
    /// Who.
    pub actor: Actor,
    /// Since when without a gap.
    pub since: DateTime<Utc>,
    /// The last sign.
    pub seen_at: DateTime<Utc>,
    /// When they last typed in a form of it.
    pub typed_at: Option<DateTime<Utc>>,
}

impl Presence {
    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        now - self.seen_at < LASTS
    }

    /// Whether they count as editing.
    #[must_use]
    pub fn edits(&self, now: DateTime<Utc>) -> bool {
        self.typed_at.is_some_and(|at| now - at < EDITS_FOR)
    }
}

/// What has to be written down of somebody who is there now; `None` while what is written is fresh enough.
#[must_use]
pub fn renewed(
    known: Option<&Presence>,
    object: &str,
    actor: &Actor,
    typed: bool,
    now: DateTime<Utc>,
) -> Option<Presence> {
    let live = known.filter(|known| known.is_live(now));
    let stale = |at: DateTime<Utc>| now - at >= RENEWED_EVERY;
    let fresh = live.is_some_and(|known| {
        let quiet_for_long = typed && known.typed_at.is_none_or(stale);
        !(stale(known.seen_at) || quiet_for_long)
    });
    (!fresh).then(|| Presence {
        object: object.to_owned(),
        actor: actor.clone(),
        since: live.map_or(now, |known| known.since),
        seen_at: now,
        typed_at: if typed { Some(now) } else { live.and_then(|known| known.typed_at) },
    })
}

/// Somebody else who has the same thing open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// Their name.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether they typed in a form of it a moment ago, and it can be edited.
    pub editing: bool,
}

/// The others among those who are there, whoever came first first. Only what is `editable` as it stands can be edited: elsewhere one
/// types a comment or a reason.
#[must_use]
pub fn others(there: &[Presence], me: &str, editable: bool, now: DateTime<Utc>) -> Vec<Colleague> {
    let mut live: Vec<&Presence> = there.iter().filter(|p| p.actor.id != me && p.is_live(now)).collect();
    live.sort_by(|a, b| (a.since, &a.actor.id).cmp(&(b.since, &b.actor.id)));
    let seen =
        |p: &Presence| Colleague { name: p.actor.name.clone(), since: p.since, editing: editable && p.edits(now) };
    live.into_iter().map(seen).collect()
}

/// The last thing that happened to what a page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastChange {
    /// Names it: a page that was made with another one shows what is no more.
    pub mark: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the viewer did it.
    pub own: bool,
}

/// What a page about a thing is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// Who else has it open.
    pub others: Vec<Colleague>,
    /// The last change of it, where the viewer may read its history.
    pub last: Option<LastChange>,
    /// Where the viewer can read what was changed.
    pub history: String,
    /// When this was so.
    pub now: DateTime<Utc>,
}

/// How much waits behind lines of the portal's rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RailCounts {
    /// Versions and bundles that wait for the viewer's review.
    pub review: u64,
    /// Bundles that the viewer made or changed last and that are not sent for review yet.
    pub bundles: u64,
    /// Bundles that could not be published.
    pub failures: u64,
    /// Incidents that are not over.
    pub incidents: u64,
    /// What readers told and nobody has dealt with yet.
    pub feedback: u64,
    /// Notifications that the viewer has not read.
    pub notifications: u64,
}

impl RailCounts {
    /// The counts by the names that pages know them by.
    #[must_use]
    pub const fn named(self) -> [(&'static str, u64); 6] {
        [
            ("review", self.review),
            ("bundles", self.bundles),
            ("failures", self.failures),
            ("incidents", self.incidents),
            ("feedback", self.feedback),
            ("notifications", self.notifications),
        ]
    }
}
