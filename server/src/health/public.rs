//! What everybody may know of the health of the site: which parts work, and not why.

use domain::status::{PartState, SiteHealth, SitePart};

use super::{Component, HealthBoard, Status};

/// Which look tells of which part.
const PARTS: [(SitePart, Component); 5] = [
    (SitePart::Pages, Component::Database),
    (SitePart::Downloads, Component::Storage),
    (SitePart::Search, Component::SearchIndex),
    (SitePart::Publication, Component::Scheduler),
    (SitePart::Messages, Component::Outbox),
];

impl HealthBoard {
    /// How the parts are that readers know.
    #[must_use]
    pub fn public(&self) -> SiteHealth {
        let checks = self.checks();
        let state = |component: Component| match checks.iter().find(|check| check.name == component.name()) {
            None => PartState::Unknown,
            Some(check) => match check.status {
                Status::Ok => PartState::Working,
                Status::Warning => PartState::Disturbed,
                Status::Critical => PartState::Down,
            },
        };
        SiteHealth {
            parts: PARTS.into_iter().map(|(part, component)| (part, state(component))).collect(),
            looked_at: checks.iter().map(|check| check.last_checked).max(),
        }
    }
}
