//! Who acts: people, services and the system itself.

use serde::{Deserialize, Serialize};

use crate::policy::{Grant, Permission, Preview, Reach};
use crate::wire::wire_enum;

wire_enum! {
    /// What kind of actor somebody is.
    ActorKind {
        /// A person with an account.
        User => "user",
        /// A program with a service token.
        Service => "service",
        /// The catalogue itself, such as its scheduler.
        System => "system",
    }
}

/// Who did something, as written into records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// A stable id: a user's or token's UUID, or a name for the system's parts.
    pub id: String,
    /// The name at the time.
    pub name: String,
    /// What kind of actor.
    pub kind: ActorKind,
}

impl Actor {
    /// A part of the catalogue, such as `scheduler`.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self { id: format!("system:{name}"), name: name.to_owned(), kind: ActorKind::System }
    }
}

/// An actor together with what it may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Who it is.
    pub actor: Actor,
    /// What it was granted; expired grants are left out by whoever loads it.
    pub grants: Vec<Grant>,
    /// The teams it belongs to, for previews.
    pub teams: Vec<String>,
    /// Whether four eyes are waived for it: a service token with `approve-own`, or anybody while the office has switched them off.
    pub approve_own: bool,
    /// Whether every permission is held (the environment's token and the system itself).
    pub all_permissions: bool,
}

impl Caller {
    /// The system itself, which may do everything but is always named.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self {
            actor: Actor::system(name),
            grants: Vec::new(),
            teams: Vec::new(),
            approve_own: false,
            all_permissions: true,
        }
    }

    /// Whether some grant holds the permission, wherever.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.all_permissions || self.grants.iter().any(|grant| grant.holds(permission))
    }

    /// Whether some grant holds the permission for this dataset of this department.
    #[must_use]
    pub fn may_for(&self, permission: Permission, department: &str, dataset: &str) -> bool {
        self.all_permissions
            || self.grants.iter().any(|grant| grant.holds(permission) && grant.covers(department, dataset))
    }

    /// How far the permission reaches over all datasets.
    #[must_use]
    pub fn reach(&self, permission: Permission) -> Reach {
        if self.all_permissions {
            return Reach::All;
        }
        Reach::of(self.grants.iter().filter(|grant| grant.holds(permission)))
    }

    /// What is shared with the caller's teams, if some grant lets it preview.
    #[must_use]
    pub fn previews(&self) -> Option<Preview> {
        let teams = self.teams.clone();
        match self.reach(Permission::BundlesPreview) {
            _ if teams.is_empty() => None,
            Reach::PublishedOnly => None,
            Reach::All => Some(Preview { teams, ..Preview::default() }),
            Reach::Limited { departments, datasets, .. } => {
                Some(Preview { teams, departments, datasets, ..Preview::default() })
            }
        }
    }

    /// How far the caller sees unpublished datasets, with what is shared with its teams.
    #[must_use]
    pub fn sees(&self) -> Reach {
        self.reach(Permission::DatasetsRead).with_previews(self.previews())
    }

    /// Whether it is only by a waiver of four eyes that this caller may approve what `other` prepared.
    #[must_use]
    pub fn waives_four_eyes_of(&self, other: &Actor) -> bool {
        self.approve_own && self.actor.id == other.id
    }

    /// Whether this caller is barred from approving what `other` prepared.
    #[must_use]
    pub fn is_same_person(&self, other: &Actor) -> bool {
        !self.approve_own && self.actor.id == other.id
    }
}
