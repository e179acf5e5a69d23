//! Giving a grant, changing it and taking it back.

use domain::actor::Caller;
use domain::policy::{Grant, Permission};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::rights::{Policy, SubjectKind};
use persistence::Tx;

use super::holder::Holder;
use crate::rights::{self, Rights};
use crate::{Ctx, Result, Services, ids, records};

/// Gives a grant; `found` is what was wrong with the request already, and without a kind nobody can be looked for.
pub async fn create(
    services: &Services,
    ctx: &Ctx,
    kind: Option<SubjectKind>,
    subject_id: &str,
    grant: Grant,
    found: Vec<FieldProblem>,
) -> Result<Policy> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let mut problems = found;
    problems.extend(rights::problems_of(services, "", std::slice::from_ref(&grant), &[], ctx.now).await?);
    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let holder = match kind {
        Some(kind) => Holder::find(&tx, kind, subject_id).await?,
        None => None,
    };
    if let (None, Some(kind)) = (&holder, kind) {
        let message = format!("There is no {kind} {subject_id}.");
        problems.push(FieldProblem::new("subject.id", "unknown", message));
    }
    all_valid(problems)?;
    let holder = holder.ok_or(Refusal::NotFound)?;
    let id = ids::new_id(ctx.now);
    let mut grants = identified(&holder);
    grants.push(Grant { id: Some(id.clone()), ..grant });
    Change { by, holder: &holder, event: "granted", policy_id: &id }.save(&tx, ctx, grants, &rights).await?;
    persistence::db::commit(tx).await?;
    super::find(services, ctx, &id).await
}

/// Replaces what a policy grants; its holder never changes.
pub async fn replace(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: i64,
    grant: Grant,
    found: Vec<FieldProblem>,
) -> Result<Policy> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let before = super::find(services, ctx, id).await?;
    let mut problems = found;
    let held = std::slice::from_ref(&before.grant);
    problems.extend(rights::problems_of(services, "", std::slice::from_ref(&grant), held, ctx.now).await?);
    all_valid(problems)?;
    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let holder = holder_of(&tx, &before, expected).await?;
    let mut grants = identified(&holder);
    let place = grants.iter_mut().find(|held| held.id.as_deref() == Some(id)).ok_or(Refusal::NotFound)?;
    *place = Grant { id: Some(id.to_owned()), ..grant };
    Change { by, holder: &holder, event: "grant_changed", policy_id: id }.save(&tx, ctx, grants, &rights).await?;
    persistence::db::commit(tx).await?;
    super::find(services, ctx, id).await
}

/// Takes a grant back.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let before = super::find(services, ctx, id).await?;
    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let holder = holder_of(&tx, &before, expected).await?;
    let mut grants = identified(&holder);
    grants.retain(|held| held.id.as_deref() != Some(id));
    Change { by, holder: &holder, event: "grant_withdrawn", policy_id: id }.save(&tx, ctx, grants, &rights).await?;
    Ok(persistence::db::commit(tx).await?)
}

async fn holder_of(tx: &Tx, policy: &Policy, expected: i64) -> Result<Holder> {
    let found = Holder::find(tx, policy.subject.kind, &policy.subject.id).await?;
    let holder = found.ok_or(Refusal::NotFound)?;
    if holder.revision() != expected {
        return Err(Refusal::Stale.into());
    }
    Ok(holder)
}

/// What somebody holds, every grant with the id under which it is known.
fn identified(holder: &Holder) -> Vec<Grant> {
    holder.policies().into_iter().map(|policy| policy.grant).collect()
}

/// A change of what somebody holds, as it is recorded.
struct Change<'a> {
    by: &'a Caller,
    holder: &'a Holder,
    event: &'a str,
    policy_id: &'a str,
}

impl Change<'_> {
    async fn save(&self, tx: &Tx, ctx: &Ctx, grants: Vec<Grant>, rights: &Rights) -> Result<()> {
        let details = serde_json::json!({"policy": self.policy_id});
        let told = |grants: &[Grant]| serde_json::json!({"grants": grants});
        let entry = records::Entry::new(ctx, &self.by.actor, self.holder.about(), self.event).details(details);
        let entry = entry.change(&told(self.holder.grants()), &told(&grants))?;
        if !self.holder.save(tx, grants, ctx.now).await? {
            return Err(Refusal::Stale.into());
        }
        rights.must_hold_after(tx, self.by).await?;
        entry.write(tx);
        Ok(())
    }
}
