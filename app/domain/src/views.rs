//! Read models, each named for the page or answer it serves.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::BundlePreview;
use crate::bundle::remarks::{Comment, SignOff};
use crate::bundle::{Bundle, BundleAction, BundleStage, Channel, ContentItem};
use crate::catalogue::{FormatSize, SearchPage};
use crate::correction::Correction;
use crate::dataset::{Dataset, DatasetMetadata, Edition};
use crate::event::Event;
use crate::file::{File, FileJob, FileSight};
use crate::image::Image;
use crate::operations::Incident;
use crate::people::Team;
use crate::refusal::Blocker;
use crate::release::CalendarEntry;
use crate::topic::{Department, Topic};
use crate::version::{AlertKind, Neighbours, Version, VersionAction, VersionComment};
use crate::wire::wire_enum;

/// A dataset in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetSummary {
    /// The slug.
    pub id: String,
    /// What to show of it.
    pub metadata: DatasetMetadata,
    /// The owning department's slug.
    pub department: String,
    /// The wire word of its state.
    pub state: String,
    /// The release date of its latest visible version.
    pub release_date: Option<DateTime<Utc>>,
    /// When it last changed.
    pub last_updated: DateTime<Utc>,
}

/// The public home page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomePage {
    /// The newest releases.
    pub latest: Vec<DatasetSummary>,
    /// Top topics with the number of public datasets under each.
    pub topics: Vec<(Topic, u64)>,
    /// Public datasets in all.
    pub dataset_count: u64,
    /// Datasets to open with: the newest ones that have a chart, three at most.
    pub headlines: Vec<(DatasetSummary, FileSight)>,
    /// The announced releases to come, the soonest first.
    pub upcoming: Vec<CalendarEntry>,
    /// The latest corrections and notices on what is public, newest first; none where nothing was corrected.
    pub corrections: Vec<Correction>,
    /// The server's time when the page was asked for.
    pub now: DateTime<Utc>,
}

/// The public page of a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "a page is made once and not kept")]
pub enum TopicPage {
    /// The topic.
    Here {
        /// The topic.
        topic: Topic,
        /// The whole taxonomy, each topic followed by those below it.
        topics: Vec<Topic>,
        /// What is published on it.
        found: SearchPage,
        /// Figures to open with: of the newest datasets found that have a series; on the first page alone.
        figures: Vec<(DatasetSummary, FileSight)>,
        /// Those of the datasets found of which a day is known for what comes next, the soonest first.
        expected: Vec<DatasetSummary>,
        /// Those of its public datasets whose data was taken most often lately, the most first; on the first page alone.
        most_used: Vec<DatasetSummary>,
    },
    /// It has another address now.
    Moved {
        /// The topic's present id.
        id: String,
    },
}

/// What a list of editions or versions tells of a version's files and alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComesAs {
    /// The slug of its edition.
    pub edition: String,
    /// Its number.
    pub version: u32,
    /// The formats of its files, each with how much that is.
    pub formats: Vec<FormatSize>,
    /// Which kinds of alerts are on it.
    pub alerts: Vec<AlertKind>,
}

/// A public page of a dataset, an edition or a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionPage {
    /// The dataset.
    pub dataset: Dataset,
    /// Its department.
    pub department: Option<Department>,
    /// Its topics, canonical first.
    pub topics: Vec<Topic>,
    /// All its editions that the viewer may see, in the order in which they are listed.
    pub editions: Vec<Edition>,
    /// The one of them that was released last, to which the dataset's own address leads.
    pub newest_edition: String,
    /// The edition shown.
    pub edition: Edition,
    /// Its versions that the viewer may see, newest first.
    pub versions: Vec<Version>,
    /// The version shown.
    pub version: Version,
    /// Its files with what pages show of them.
    pub files: Vec<(File, FileSight)>,
    /// Its images, in their order.
    pub images: Vec<Image>,
    /// Whether the version shown is the latest of its edition.
    pub is_latest: bool,
}

impl VersionPage {
    /// Whether the version shown is the newest release of the whole dataset.
    #[must_use]
    pub fn is_newest(&self) -> bool {
        self.is_latest && self.newest_edition == self.edition.edition
    }

    /// The edition that was released last, where another is shown that was released before it. It need not take the other's place:
    /// editions may go on side by side.
    #[must_use]
    pub fn later_edition(&self) -> Option<&Edition> {
        let newest = self.editions.iter().find(|edition| edition.edition == self.newest_edition)?;
        let is_later = newest.latest_release? > self.edition.latest_release?;
        (is_later && newest.edition != self.edition.edition).then_some(newest)
    }

    /// The one address, of all that show this version, by which others should know the page: the shortest of which it is the
    /// latest (product contract, section 4). It stays the same when the next version comes; an earlier version keeps its own.
    #[must_use]
    pub fn canonical_path(&self) -> String {
        let (id, edition) = (&self.dataset.id, &self.edition.edition);
        match (self.is_newest(), self.is_latest) {
            (true, _) => format!("/catalogue/{id}"),
            (false, true) => format!("/catalogue/{id}/editions/{edition}"),
            (false, false) => self.version.page_path(),
        }
    }

    /// The versions beside the one shown that the viewer may see.
    #[must_use]
    pub fn neighbours(&self) -> Neighbours {
        Neighbours::of(self.version.version, self.versions.iter().map(|version| version.version))
    }
}

/// One line of a bundle list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleSummary {
    /// The bundle.
    pub bundle: Bundle,
}

/// An action offered on a page: allowed, or refused with the reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer<A> {
    /// The action.
    pub action: A,
    /// Why it cannot be taken; empty means it can.
    pub blockers: Vec<Blocker>,
}

wire_enum! {
    /// How a check of readiness came out.
    Outcome {
        /// In order.
        Pass => "pass",
        /// Worth a look.
        Warn => "warn",
        /// Prevents publication.
        Fail => "fail",
    }
}

/// One check of readiness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// A stable name.
    pub name: String,
    /// How it came out.
    pub outcome: Outcome,
    /// A sentence.
    pub message: String,
    /// Where to mend it.
    pub fix_url: Option<String>,
}

/// The portal's page of a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundlePage {
    /// The bundle.
    pub bundle: Bundle,
    /// Its contents in order.
    pub contents: Vec<ContentItem>,
    /// What happened, oldest first.
    pub timeline: Vec<Event>,
    /// The checklist.
    pub checks: Vec<Check>,
    /// What the viewer may do, or not, and why not.
    pub offers: Vec<Offer<BundleAction>>,
    /// What was said about it, the oldest first.
    pub comments: Vec<Comment>,
    /// Which items were signed off.
    pub sign_offs: Vec<SignOff>,
    /// Whether the viewer may sign items off now.
    pub can_sign_off: bool,
    /// Approved versions that could be added.
    pub candidates: Vec<Version>,
    /// All teams, for the form.
    pub teams: Vec<Team>,
    /// The steps that follow from publication.
    pub steps: Vec<Step>,
    /// Whether the viewer may leave steps out and have them tried again.
    pub can_operate: bool,
    /// The channels that can be told.
    pub channels: Vec<Channel>,
    /// The server's time when the page was made.
    pub now: DateTime<Utc>,
}

/// The portal's page for the approval of a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundleApproval {
    /// The bundle's page.
    pub page: BundlePage,
    /// What becomes public, against what is public now.
    pub preview: BundlePreview,
    /// The titles of the topics, by their ids.
    pub topics: BTreeMap<String, String>,
}

/// One step of a publication, as status answers tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// By which it is known.
    pub id: String,
    /// What it does, and to whom.
    pub name: String,
    /// `pending`, `running`, `done`, `failed` or `skipped`.
    pub state: String,
    /// Whether publication waits for it.
    pub blocking: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it is tried again, where it has failed and is not given up.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was given up after too many tries.
    pub given_up_at: Option<DateTime<Utc>>,
    /// Why an operator left it out.
    pub skip_reason: Option<String>,
}

impl Step {
    /// Whether it still has to be done.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        self.finished_at.is_none()
    }
}

/// How a publication stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleStatus {
    /// The bundle.
    pub bundle: Bundle,
    /// Commit to the public after the instant, in milliseconds.
    pub lateness_ms: Option<i64>,
    /// Why it was published late, where it was.
    pub late_because: Option<String>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The contents.
    pub contents: Vec<ContentItem>,
}

/// One line of the publish queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    /// The bundle.
    pub bundle: Bundle,
    /// How late it is, in milliseconds; negative before the instant.
    pub lateness_ms: i64,
    /// The node that holds the lease, and until when.
    pub lease: Option<(String, DateTime<Utc>)>,
}

/// The portal's start page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Incidents that are not over, the gravest first, for those who deal with them.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Bundles by state.
    pub counts: Vec<(BundleStage, u64)>,
    /// What comes next, soonest first.
    pub scheduled: Vec<Bundle>,
    /// How much of what publication asks for these have, from 0 to 100, by their ids.
    #[serde(default)]
    pub readiness: BTreeMap<String, u8>,
    /// Bundles that wait for approval.
    pub to_review: Vec<Bundle>,
    /// Bundles that failed.
    pub failed: Vec<Bundle>,
    /// Bundles in preparation that the viewer made or edited last, newest change first.
    pub mine: Vec<Bundle>,
    /// Versions in preparation that the viewer made or edited last, newest change first.
    pub my_versions: Vec<Version>,
    /// Versions that wait for approval.
    pub versions_to_approve: Vec<Version>,
    /// What happened last, newest first.
    pub recent: Vec<Event>,
    /// The titles of the bundles to which that happened, by their ids; a deleted one has none.
    pub titles: BTreeMap<String, String>,
    /// The server's time when the page was made.
    pub now: DateTime<Utc>,
}

/// The portal's page of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetAdminPage {
    /// The dataset with its draft.
    pub dataset: Dataset,
    /// Its editions in the order in which they are listed, each with its versions, newest first.
    pub editions: Vec<(Edition, Vec<Version>)>,
    /// Whether all of them that are public have their places, so that moving another settles nothing of what readers see.
    pub is_order_settled: bool,
    /// All topics, for the form.
    pub topics: Vec<Topic>,
    /// All departments, for the form.
    pub departments: Vec<Department>,
    /// What happened, oldest first.
    pub timeline: Vec<Event>,
    /// The bundles that hold its versions which are not public yet, as far as the viewer sees them, by the versions' ids.
    pub bundles: BTreeMap<String, Bundle>,
    /// In which formats its versions come, and how large they are.
    pub comes_as: Vec<ComesAs>,
    /// Others that the viewer sees under the same title, as ids and titles; told to those who may edit it.
    pub namesakes: Vec<(String, String)>,
    /// Whether the viewer may edit it.
    pub can_edit: bool,
    /// Whether the viewer may correct what is public of it.
    pub can_correct: bool,
    /// How often readers took its data lately; told of what is public to those who may edit it.
    pub uses: Option<u64>,
    /// Why the viewer cannot publish the draft by itself now; `None` where that is not offered.
    pub publication: Option<Vec<Blocker>>,
}

/// The portal's page of a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionAdminPage {
    /// The dataset.
    pub dataset: Dataset,
    /// The version.
    pub version: Version,
    /// Its files with what pages show of them.
    pub files: Vec<(File, FileSight)>,
    /// Its files that were recalled, for those who work on it.
    pub withdrawn: Vec<File>,
    /// Its images, in their order; with those that were recalled for those who work on it.
    pub images: Vec<Image>,
    /// What happened, oldest first.
    pub timeline: Vec<Event>,
    /// What the viewer may do, or not, and why not.
    pub offers: Vec<Offer<VersionAction>>,
    /// Whether the viewer may edit it now.
    pub can_edit: bool,
    /// Whether the viewer may put alerts on it now, and take them off.
    pub can_correct: bool,
    /// The bundle it is in.
    pub bundle: Option<Bundle>,
    /// Where it is free to go into a bundle of the viewer's: those in preparation that they made or edited last.
    pub bundling: Option<Vec<Bundle>>,
    /// The most bytes that a file may have.
    pub largest_file: u64,
    /// The most bytes that an image may have.
    pub largest_image: u64,
    /// The looking into those of its files that were not looked into at once.
    pub jobs: Vec<FileJob>,
    /// What was said about it, oldest first, for those who read the dataset.
    pub comments: Option<Vec<VersionComment>>,
}

/// What the form for a new dataset offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetForm {
    /// All topics.
    pub topics: Vec<Topic>,
    /// The departments in which the viewer may create.
    pub departments: Vec<Department>,
}
