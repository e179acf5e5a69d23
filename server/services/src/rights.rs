//! What holds for every change of somebody's rights (ADR 11).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use domain::actor::{ActorKind, Caller};
use domain::policy::Grant;
use domain::refusal::{FieldProblem, Refusal};
use persistence::{Tx, accounts, datasets, people, tokens, topics};

use crate::{Ctx, Result, Services, ids};

/// What has to hold again once rights were changed: somebody can still manage people, and nobody gave themselves anything.
#[derive(Debug)]
pub(crate) struct Rights {
    managers: usize,
    own: Vec<Grant>,
}

impl Rights {
    /// Looks at what holds before the change; of two changes at once the second waits here for the first.
    pub(crate) async fn before(tx: &Tx, by: &Caller) -> Result<Self> {
        Ok(Self { managers: people::lasting_managers(tx).await?, own: own_grants(tx, by).await? })
    }

    /// Refuses a change that took the last administrator away or raised what its maker may do.
    pub(crate) async fn must_hold_after(&self, tx: &Tx, by: &Caller) -> Result<()> {
        if self.managers > 0 && people::lasting_managers(tx).await? == 0 {
            let message =
                "Nobody would be left who may manage people for good. Make somebody else an administrator first.";
            return Err(Refusal::blocked("last_admin", message).into());
        }
        let raised = own_grants(tx, by).await?.iter().any(|new| !self.own.iter().any(|old| new.is_within(old)));
        if raised {
            let message = "Nobody raises their own rights. Somebody else has to do this.".to_owned();
            return Err(Refusal::FourEyes { message }.into());
        }
        Ok(())
    }
}

/// What the caller was granted, through teams too, as it stands in this transaction.
async fn own_grants(tx: &Tx, by: &Caller) -> Result<Vec<Grant>> {
    Ok(match by.actor.kind {
        ActorKind::User => {
            let own = accounts::find_user(tx, &by.actor.id).await?.map(|user| user.grants).unwrap_or_default();
            let (_, of_teams) = accounts::teams_of(tx, &by.actor.id).await?;
            own.into_iter().chain(of_teams).collect()
        }
        ActorKind::Service => tokens::find(tx, &by.actor.id).await?.map(|token| token.grants).unwrap_or_default(),
        ActorKind::System => Vec::new(),
    })
}

/// The problems of grants under `field`: departments and datasets that do not exist, and ends that have passed.
///
/// Grants that were held before may have ended; they are kept as they are.
pub(crate) async fn problems_of(
    services: &Services,
    field: &str,
    grants: &[Grant],
    held: &[Grant],
    now: DateTime<Utc>,
) -> Result<Vec<FieldProblem>> {
    let db = services.db.pool();
    let mut known = BTreeMap::new();
    let mut problems = Vec::new();
    for (i, grant) in grants.iter().enumerate() {
        let at = if field.is_empty() { String::new() } else { format!("{field}.{i}.") };
        for (j, id) in grant.departments.iter().enumerate() {
            if let Entry::Vacant(unasked) = known.entry(("department", id)) {
                unasked.insert(topics::department_exists(db, id).await?);
            }
            if known.get(&("department", id)) != Some(&true) {
                let message = format!("There is no department {id}.");
                problems.push(FieldProblem::new(&format!("{at}departments.{j}"), "unknown", message));
            }
        }
        for (j, id) in grant.datasets.iter().enumerate() {
            if let Entry::Vacant(unasked) = known.entry(("dataset", id)) {
                unasked.insert(datasets::exists(db, id).await?);
            }
            if known.get(&("dataset", id)) != Some(&true) {
                let message = format!("There is no dataset {id}.");
                problems.push(FieldProblem::new(&format!("{at}datasets.{j}"), "unknown", message));
            }
        }
        if !grant.is_live(now) && !held.iter().any(|old| grant.is_within(old)) {
            let message = "Give an end in the future, or leave it out.";
            problems.push(FieldProblem::new(&format!("{at}expires_at"), "in_the_past", message));
        }
    }
    Ok(problems)
}

/// The grants with ids: those that were held before keep theirs, the others get new ones.
pub(crate) fn with_ids(ctx: &Ctx, grants: Vec<Grant>, held: &[Grant]) -> Vec<Grant> {
    let mut free: Vec<&Grant> = held.iter().filter(|grant| grant.id.is_some()).collect();
    let mut keep = |wanted: &dyn Fn(&Grant) -> bool| {
        let found = free.iter().position(|old| wanted(old))?;
        free.remove(found).id.clone()
    };
    let same = |a: &Grant, b: &Grant| Grant { id: None, ..a.clone() } == Grant { id: None, ..b.clone() };
    let mut identified = Vec::with_capacity(grants.len());
    for grant in grants {
        let by_id = grant.id.as_ref().and_then(|id| keep(&|old| old.id.as_ref() == Some(id) && old.role == grant.role));
        let id = by_id.or_else(|| keep(&|old| same(old, &grant))).unwrap_or_else(|| ids::new_id(ctx.now));
        identified.push(Grant { id: Some(id), ..grant });
    }
    identified
}
