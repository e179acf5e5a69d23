//! The tester of rights: may somebody do something, and by which grant.

use domain::actor::Caller;
use domain::page::Paging;
use domain::people::ServiceToken;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::rights::{Outcome, Policy, SubjectKind, weigh};
use persistence::{datasets, teams};

use super::holder::Holder;
use crate::accounts::{acting_by, by_user_id, group_grants, is_held_back};
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
    /// Each grant of the subject, through teams and groups too, and what it says.
    pub grants: Vec<(Policy, Outcome)>,
}

/// Answers for the caller that every use case would see; `found` is what was wrong with the request already.
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
    let standing = standing_of(services, ctx, holder).await?;
    let about = dataset.as_ref().map(|dataset| (dataset.department.as_str(), dataset.id.as_str()));
    let weighed = |policy: Policy| (weigh(&policy.grant, permission, about, ctx.now), policy);
    let grants: Vec<_> = standing.policies.into_iter().map(weighed).collect();
    let allows = grants.iter().filter(|(outcome, _)| *outcome == Outcome::Allows).count();
    let allowed = match (&standing.closed, &standing.caller) {
        (Some(_), _) => false,
        (None, Some(caller)) => may(caller, permission, about),
        (None, None) => allows > 0,
    };
    let message = match (standing.closed, allows) {
        (Some(reason), _) => reason.to_owned(),
        (None, 0) => format!("No grant gives {permission} here."),
        (None, n) => format!("{n} grant(s) give {permission} here."),
    };
    Ok(Verdict { allowed, message, grants: grants.into_iter().map(|(outcome, policy)| (policy, outcome)).collect() })
}

/// What use cases ask of a caller: of a dataset with its department, else whether it may at all.
fn may(caller: &Caller, permission: Permission, about: Option<(&str, &str)>) -> bool {
    match about {
        Some((department, dataset)) => caller.may_for(permission, department, dataset),
        None => caller.may(permission),
    }
}

/// What a holder stands for now.
struct Standing {
    /// What it holds, through teams and groups too.
    policies: Vec<Policy>,
    /// The caller that a request of a person would have; none for teams and for tokens of programs.
    caller: Option<Caller>,
    /// Why nothing at all is allowed, whatever the grants say.
    closed: Option<&'static str>,
}

/// A person stands for the caller that they are once they have signed in; so does a token that somebody made for themselves, which
/// gives what is left of it beside what they hold now.
async fn standing_of(services: &Services, ctx: &Ctx, holder: Holder) -> Result<Standing> {
    match holder {
        Holder::User(user) => {
            let caller = by_user_id(services, ctx, &user.id).await?;
            let closed = match &caller {
                None => Some("The account is disabled."),
                Some(caller) if is_held_back(services, caller).await? => {
                    Some("Nothing is open to the account before it has set a second factor up.")
                }
                Some(_) => None,
            };
            let of_teams = teams::page(services.db.pool(), None, Some(&user.id), Paging::WHOLE).await?;
            let of_groups = group_grants(services, &user.id).await?;
            let holder = Holder::User(user);
            let mut policies = holder.policies();
            policies.extend(of_teams.items.into_iter().flat_map(|team| Holder::Team(team).policies()));
            policies.extend(holder.of_groups(of_groups));
            Ok(Standing { policies, caller, closed })
        }
        Holder::Service(token) if token.owner_id.is_some() => {
            let caller = acting_by(services, ctx, &token).await?;
            let silent = "Whoever made the token may not sign in, or owes a second factor.";
            let closed = ended(&token, ctx).or_else(|| caller.is_none().then_some(silent));
            let grants = caller.as_ref().map(|caller| caller.grants.clone()).unwrap_or_default();
            Ok(Standing { policies: Holder::Service(ServiceToken { grants, ..token }).policies(), caller, closed })
        }
        Holder::Service(token) => {
            let closed = ended(&token, ctx);
            Ok(Standing { policies: Holder::Service(token).policies(), caller: None, closed })
        }
        team @ Holder::Team(_) => Ok(Standing { policies: team.policies(), caller: None, closed: None }),
    }
}

fn ended(token: &ServiceToken, ctx: &Ctx) -> Option<&'static str> {
    (!token.is_live(ctx.now)).then_some("The token was revoked or has ended.")
}
