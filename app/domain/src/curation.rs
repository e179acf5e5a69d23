//! What the pages about topics, the release calendar, the archive and corrections show.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::archiving::{ArchivePolicy, Candidate, Fate};
use crate::catalogue::Hit;
use crate::event::Event;
use crate::page::Page;
use crate::release::Release;
use crate::topic::{Department, Topic};

/// One topic with the taxonomy around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicSheet {
    /// The topic.
    pub topic: Topic,
    /// The whole taxonomy, each topic followed by those below it.
    pub topics: Vec<Topic>,
    /// What happened to the topic; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
}

/// A part of the release calendar as those who prepare it see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseList {
    /// The entries.
    pub releases: Page<Release>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// One entry of the release calendar, with what it can be linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSheet {
    /// The entry; `None` for one that is to be made.
    pub release: Option<Release>,
    /// Bundles that it can be linked to, by id and title.
    pub bundles: Vec<(String, String)>,
    /// The departments.
    pub departments: Vec<Department>,
    /// What happened to the entry; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// What a department keeps in standard storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveDesk {
    /// The departments.
    pub departments: Vec<Department>,
    /// The one that is looked at; empty where none is.
    pub department: String,
    /// Its policy, with its revision.
    pub policy: Option<(ArchivePolicy, i64)>,
    /// Another policy that is tried out.
    pub tried: Option<ArchivePolicy>,
    /// Its published versions with what becomes of each.
    pub versions: Vec<(Candidate, Fate)>,
    /// Its archived versions: dataset, edition and number.
    pub archived: Vec<(String, String, u32)>,
}

/// Corrections of what is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionDesk {
    /// Datasets that were found, to pick one.
    pub found: Vec<Hit>,
    /// The latest corrections, newest first.
    pub recent: Vec<Event>,
}
