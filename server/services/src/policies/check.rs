//! The tester of rights: may somebody do something, and by which grant.

use domain::people::ServiceToken;
use domain::policy::{Grant, Permission};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::rights::{Outcome, Policy, SubjectKind, weigh};
use persistence::{datasets, teams};

use super::holder::Holder;
use crate::accounts::acting_by;
use crate::{Ctx, Result, Services};

/// May this subject do that, perhaps to one dataset?
#[derive(Clone, Debug)]
pub struct Question {
    /// Who, by kind and id.
    pub subject: Option<(SubjectKind, String)>,
    /// What; absent where it could not be read.
    pub permission: Option<Permission>,
    /// To which dataset; without one, to any at all.
    pub dataset: Option<String>,
}

/// The answer, with every grant that was looked at.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in a sentence.
    pub message: String,
    /// Each grant of the subject, through teams too, and what it says.
    pub grants: Vec<(Policy, Outcome)>,
}

/// Answers by the same rules as every use case; `found` is what was wrong with the request already.
pub async fn check(services: &Services, ctx: &Ctx, question: Question, found: Vec<FieldProblem>) -> Result<Verdict> {
    ctx.caller_with(Permission::UsersManage)?;
    let mut problems = found;
    let tx = services.db.begin().await?;
    let holder = match &question.subject {
        Some((kind, id)) => Holder::find(&tx, *kind, id).await?,
        None => None,
    };
    if let (None, Some((kind, id))) = (&holder, &question.subject) {
        problems.push(FieldProblem::new("subject.id", "unknown", format!("There is no {kind} {id}.")));
    }
    let dataset = match &question.dataset {
        Some(id) => datasets::find_visible_to(&tx, &ctx.reach(), id).await?,
        None => None,
    };
    if let (None, Some(id)) = (&dataset, &question.dataset) {
        problems.push(FieldProblem::new("dataset", "unknown", format!("There is no dataset {id}.")));
    }
    drop(tx);
    all_valid(problems)?;
    let (Some(holder), Some(permission)) = (holder, question.permission) else {
        return Err(Refusal::NotFound.into());
    };
    let (holder, closed) = as_it_stands(services, ctx, holder).await?;
    let about = dataset.as_ref().map(|dataset| (dataset.department.as_str(), dataset.id.as_str()));
    let outcome = |grant: &Grant| weigh(grant, permission, about, ctx.now);
    let mut policies = holder.policies();
    if let Holder::User(user) = &holder {
        let of_user = teams::page(services.db.pool(), None, Some(&user.id), domain::page::Paging::WHOLE).await?;
        policies.extend(of_user.items.into_iter().flat_map(|team| Holder::Team(team).policies()));
    }
    let grants: Vec<_> = policies.into_iter().map(|policy| (outcome(&policy.grant), policy)).collect();
    let allows = grants.iter().filter(|(outcome, _)| *outcome == Outcome::Allows).count();
    let message = match (&closed, allows) {
        (Some(reason), _) => (*reason).to_owned(),
        (None, 0) => format!("No grant gives {permission} here."),
        (None, n) => format!("{n} grant(s) give {permission} here."),
    };
    Ok(Verdict {
        allowed: closed.is_none() && allows > 0,
        message,
        grants: grants.into_iter().map(|(outcome, policy)| (policy, outcome)).collect(),
    })
}

/// The holder with what it gives now, and why that is nothing at all. A token that somebody made for themselves gives what is left
/// of it beside what they hold now.
async fn as_it_stands(services: &Services, ctx: &Ctx, holder: Holder) -> Result<(Holder, Option<&'static str>)> {
    let closed = closed_by(&holder, ctx);
    match holder {
        Holder::Service(token) if token.owner_id.is_some() => {
            let acting = acting_by(services, ctx, &token).await?;
            let silent = "Whoever made the token may not sign in, or owes a second factor.";
            let closed = closed.or_else(|| acting.is_none().then_some(silent));
            let grants = acting.map(|caller| caller.grants).unwrap_or_default();
            Ok((Holder::Service(ServiceToken { grants, ..token }), closed))
        }
        other => Ok((other, closed)),
    }
}

/// Why nothing at all is allowed, whatever the grants say.
fn closed_by(holder: &Holder, ctx: &Ctx) -> Option<&'static str> {
    match holder {
        Holder::User(user) if user.disabled => Some("The account is disabled."),
        Holder::Service(token) if !token.is_live(ctx.now) => Some("The token was revoked or has ended."),
        _ => None,
    }
}
