//! Releases that the calendar tells the public of, and that no bundle would publish in time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Bundle, BundleStage};
use crate::release::Release;

/// A release of the calendar that nothing would publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRelease {
    /// The release.
    pub release: Release,
    /// Its bundle, where it has one.
    pub bundle: Option<Bundle>,
}

impl MissingRelease {
    /// A release whose bundle, where it has one, would not be public by this time; `None` where it would.
    #[must_use]
    pub fn of(release: Release, bundle: Option<Bundle>, at: DateTime<Utc>) -> Option<Self> {
        let is_in_time = bundle.as_ref().is_some_and(|bundle| {
            let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
            let waits =
                matches!(bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing | BundleStage::Published);
            waits && due.is_none_or(|due| due <= at)
        });
        (!is_in_time).then_some(Self { release, bundle })
    }

    /// Why nothing would publish it, as the end of a sentence.
    #[must_use]
    pub fn why(&self) -> String {
        let Some(bundle) = &self.bundle else { return "it has no bundle".to_owned() };
        let (title, stage) = (&bundle.details.title, bundle.stage());
        match bundle.state.approval() {
            None => format!("its bundle {title} is {stage} and not approved"),
            Some(_) => format!("its bundle {title} is {stage} and not scheduled for then"),
        }
    }
}
