//! Whoever holds grants: a person, a team or a service token.

use chrono::{DateTime, Utc};
use domain::people::{ServiceToken, Team, User};
use domain::policy::Grant;
use domain::rights::{Policy, Subject, SubjectKind};
use persistence::{Tx, accounts, people, teams, tokens};

use crate::Result;
use crate::records::About;

/// Whoever holds grants.
#[derive(Clone, Debug)]
pub(super) enum Holder {
    User(User),
    Team(Team),
    Service(ServiceToken),
}

impl Holder {
    /// The holder with this id, if there is one.
    pub(super) async fn find(tx: &Tx, kind: SubjectKind, id: &str) -> Result<Option<Self>> {
        Ok(match kind {
            SubjectKind::User => accounts::find_user(tx, id).await?.map(Self::User),
            SubjectKind::Team => teams::find(tx, id).await?.map(Self::Team),
            SubjectKind::Service => tokens::find(tx, id).await?.map(Self::Service),
        })
    }

    pub(super) fn grants(&self) -> &[Grant] {
        match self {
            Self::User(user) => &user.grants,
            Self::Team(team) => &team.grants,
            Self::Service(token) => &token.grants,
        }
    }

    pub(super) const fn revision(&self) -> i64 {
        match self {
            Self::User(user) => user.revision,
            Self::Team(team) => team.revision,
            Self::Service(token) => token.revision,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        let (kind, id, name) = match self {
            Self::User(user) => (SubjectKind::User, &user.id, &user.name),
            Self::Team(team) => (SubjectKind::Team, &team.id, &team.name),
            Self::Service(token) => (SubjectKind::Service, &token.id, &token.name),
        };
        Subject { kind, id: id.clone(), name: name.clone() }
    }

    /// What it holds, as policies; a grant that was stored without an id is named for its holder and place.
    pub(super) fn policies(&self) -> Vec<Policy> {
        let subject = self.subject();
        let named = |(i, grant): (usize, &Grant)| {
            let id = grant.id.clone().unwrap_or_else(|| format!("{}-{}-{i}", subject.kind, subject.id));
            Policy {
                id: id.clone(),
                subject: subject.clone(),
                grant: Grant { id: Some(id), ..grant.clone() },
                revision: self.revision(),
                of_groups: false,
            }
        };
        self.grants().iter().enumerate().map(named).collect()
    }

    /// What the groups of a person bring, told like policies.
    pub(super) fn of_groups(&self, grants: Vec<Grant>) -> Vec<Policy> {
        let subject = self.subject();
        let told = |(i, grant): (usize, Grant)| Policy {
            id: format!("groups-{}-{i}", subject.id),
            subject: subject.clone(),
            grant,
            revision: self.revision(),
            of_groups: true,
        };
        grants.into_iter().enumerate().map(told).collect()
    }

    /// Replaces what it holds; false where somebody was faster.
    pub(super) async fn save(&self, tx: &Tx, grants: Vec<Grant>, now: DateTime<Utc>) -> Result<bool> {
        Ok(match self {
            Self::User(user) => people::replace(tx, &User { grants, ..user.clone() }, now).await?,
            Self::Team(team) => teams::replace(tx, &Team { grants, ..team.clone() }, now).await?,
            Self::Service(token) => tokens::save_grants(tx, token, &grants, now).await?,
        })
    }

    /// What records say was changed.
    pub(super) fn about(&self) -> About<'_> {
        match self {
            Self::User(user) => crate::records::user(&user.id),
            Self::Team(team) => crate::teams::team(&team.id),
            Self::Service(token) => About { resource_type: "service_token", resource_id: &token.id },
        }
    }
}
