//! What who reviews a version, or its editor, looks at: the checks and the differences from the version before.

mod checks;
mod claims;
mod queue;
mod wizard;

pub use checks::checks;
pub use claims::{Claim, ClaimFilter, DecidedVersion, ReviewQuery, Reviewed};
pub use queue::{QueuePlace, ReviewQueue, WaitingBundle, WaitingVersion};
pub use wizard::{Origin, Progress, WizardStep};

use serde::{Deserialize, Serialize};

use crate::bundle::preview::Change;
use crate::changes::Changes;
use crate::file::File;
use crate::version::Version;
use crate::views::{Check, VersionAdminPage};
use crate::wire::wire_enum;

wire_enum! {
    /// A part of a version's page, each with an address.
    ReviewPart {
        /// Where it stands, and its forms.
        Overview => "overview",
        /// What is said about it.
        Details => "details",
        /// The figures.
        Data => "data",
        /// The files.
        Files => "files",
        /// Everything that differs on one page, for paper.
        All => "all",
    }
}

impl ReviewPart {
    /// Whether the part shows what changed in the figures.
    #[must_use]
    pub const fn has_data(self) -> bool {
        matches!(self, Self::Data | Self::All)
    }
}

/// The portal's page of a version with everything that differs from another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionReview {
    /// The version's page.
    pub page: VersionAdminPage,
    /// The part that is shown.
    pub part: ReviewPart,
    /// The numbers of the earlier versions of the edition that can be compared with, newest first.
    pub earlier: Vec<u32>,
    /// The version that is compared with; by itself the last one before.
    pub before: Option<Version>,
    /// That version's files.
    pub files_before: Vec<File>,
    /// What differs in what is said about them.
    pub details: Vec<Change>,
    /// What differs in the figures, where the part shows it and both have a table.
    pub data: Option<Changes>,
    /// Why the figures could not be compared.
    pub not_compared: Option<String>,
    /// Which page of the revised cells is shown, counted from 1.
    pub data_page: u32,
    /// What was checked automatically.
    pub checks: Vec<Check>,
    /// Where the version stands among those that wait for the viewer.
    pub queue: Option<QueuePlace>,
}

/// How many revised cells a page shows.
pub const REVISED_CELLS: u32 = 50;
