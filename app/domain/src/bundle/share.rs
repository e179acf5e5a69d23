//! Sharing several bundles with a team at once, or taking them from it.

use serde::{Deserialize, Serialize};

use super::BundleDetails;
use crate::people::Team;
use crate::wire::wire_enum;

/// So many bundles at most are shared by one form.
pub const MOST: usize = 50;

wire_enum! {
    /// What happens to the bundles.
    Sharing {
        /// The team may preview them.
        With => "with",
        /// The team may no longer preview them.
        Without => "without",
    }
}

impl Sharing {
    /// The details of a bundle afterwards; `None` where it is so already.
    #[must_use]
    pub fn of(self, details: &BundleDetails, team: &str) -> Option<BundleDetails> {
        let is_shared = details.preview_teams.iter().any(|known| known == team);
        if is_shared == (self == Self::With) {
            return None;
        }
        let mut after = details.clone();
        match self {
            Self::With => after.preview_teams.push(team.to_owned()),
            Self::Without => after.preview_teams.retain(|known| known != team),
        }
        Some(after)
    }
}

/// One of the bundles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// The bundle.
    pub id: String,
    /// Its title; its id where the viewer does not see it.
    pub title: String,
    /// The revision that was looked at; 0 where the viewer does not see it.
    pub revision: i64,
    /// The teams that may preview it, by name.
    pub teams: Vec<String>,
    /// Why it stays as it is, every reason.
    pub refused: Vec<String>,
}

/// The form that shares several bundles, or what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingPlan {
    /// The bundles, in the order in which they were chosen.
    pub bundles: Vec<Shared>,
    /// All teams.
    pub teams: Vec<Team>,
    /// Whether it was done.
    pub done: bool,
}

impl SharingPlan {
    /// How many bundles are not refused.
    #[must_use]
    pub fn fit(&self) -> usize {
        self.bundles.iter().filter(|shared| shared.refused.is_empty()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::BundleKind;

    #[test]
    fn teams_come_and_go_once() {
        let details = BundleDetails {
            title: "Prices".into(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: vec!["press".into()],
        };
        assert_eq!(Sharing::With.of(&details, "press"), None);
        assert_eq!(Sharing::Without.of(&details, "desk"), None);
        let both = Sharing::With.of(&details, "desk").unwrap();
        assert_eq!(both.preview_teams, ["press", "desk"]);
        assert_eq!(Sharing::Without.of(&both, "press").unwrap().preview_teams, ["desk"]);
    }
}
