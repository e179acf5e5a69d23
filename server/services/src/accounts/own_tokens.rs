//! Tokens that people make for themselves: each acts as its owner, with a part of what they may do, until it ends.

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::OwnTokens;
use domain::actor::Caller;
use domain::page::Paging;
use domain::people::{ServiceToken, User};
use domain::policy::Grant;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_line;
use persistence::{Tx, accounts, tokens};
use serde_json::json;

use super::authenticate::{caller_of, hash_of};
use super::password_of;
use super::second_factor::owes_second_factor;
use super::sign_in::{confirm_password, own};
use super::tokens::secret;
use crate::records::{self, About};
use crate::{Ctx, Result, Services, departments, ids, rights};

/// How long such a token lasts at most.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// How many live ones somebody may have.
const MOST: usize = 20;

/// A token that somebody makes for themselves.
#[derive(Clone, Debug)]
pub struct NewOwnToken {
    /// What it is for.
    pub name: String,
    /// Which of the person's grants it is given, by their keys.
    pub scope: Vec<String>,
    /// The departments that these are limited to; none leaves them as they are.
    pub departments: Vec<String>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The tokens that the caller made for themselves, with what one more could be made of.
pub async fn own_tokens(services: &Services, ctx: &Ctx) -> Result<OwnTokens> {
    let (user, hash) = own(services, ctx).await?;
    Ok(OwnTokens {
        tokens: tokens::list_of_owner(services.db.pool(), &user.id).await?,
        grants: lasting_grants(services, ctx, user).await?,
        has_password: hash.is_some(),
        departments: departments::list(services, None, Paging::WHOLE).await?.items,
        secret: None,
        now: ctx.now,
    })
}

/// Makes a token for the caller, who knows their password where they have one, and returns its secret, which is never shown
/// again; `found` is what was wrong already.
pub async fn create_own_token(
    services: &Services,
    ctx: &Ctx,
    new: NewOwnToken,
    password: &str,
    found: Vec<FieldProblem>,
) -> Result<(ServiceToken, String)> {
    let (user, hash) = own(services, ctx).await?;
    let by = ctx.caller()?;
    let mut problems = found;
    check_line(&mut problems, "name", &new.name, 200);
    let held = lasting_grants(services, ctx, user.clone()).await?;
    let grants = scope_of(&held, &new, &mut problems);
    check_end(&mut problems, new.expires_at, ctx.now);
    problems.extend(rights::problems_of(services, "grants", &grants, &[], ctx.now).await?);
    all_valid(problems.into_iter().map(named_as_scope).collect())?;
    // Whoever finds a session open makes no way in that outlasts it.
    if hash.is_some() {
        confirm_password(services, ctx, &user, hash, password).await?;
    }
    let secret = format!("cat_{}", secret());
    let token = ServiceToken {
        id: ids::new_id(ctx.now),
        name: new.name,
        grants: rights::with_ids(ctx, grants, &[]),
        approve_own: false,
        owner_id: Some(user.id.clone()),
        created_at: ctx.now,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        revision: 1,
    };
    let tx = services.db.begin().await?;
    let live = tokens::list_of_owner(&tx, &user.id).await?.iter().filter(|token| token.is_live(ctx.now)).count();
    if live >= MOST {
        let message = format!("You have {MOST} tokens that can be used. Revoke one first.");
        return Err(Refusal::blocked("too_many_tokens", message).into());
    }
    tokens::insert(&tx, &token, &hash_of(&secret)).await?;
    let after = json!({
        "name": token.name,
        "grants": token.grants,
        "owner_id": token.owner_id,
        "expires_at": token.expires_at,
    });
    records::change(&tx, ctx, by, about(&token.id), "created", &(), &after).await?;
    persistence::db::commit(tx).await?;
    Ok((token, secret))
}

/// Ends a token that the caller made for themselves.
///
/// # Errors
/// `NotFound` for one that does not exist, has ended by being revoked, or is somebody else's.
pub async fn revoke_own_token(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let (user, _) = own(services, ctx).await?;
    let tx = services.db.begin().await?;
    let found = tokens::find(&tx, id).await?.filter(|token| token.owner_id.as_ref() == Some(&user.id));
    let token = found.filter(|token| token.revoked_at.is_none()).ok_or(Refusal::NotFound)?;
    end(&tx, ctx, ctx.caller()?, &token.id).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Ends all tokens that somebody made for themselves: with their account, with all their sessions, and with a password that was
/// given to them anew.
pub(crate) async fn end_tokens_of(tx: &Tx, ctx: &Ctx, by: &Caller, owner_id: &str) -> Result<()> {
    let all = tokens::list_of_owner(tx, owner_id).await?;
    for token in all.iter().filter(|token| token.is_live(ctx.now)) {
        end(tx, ctx, by, &token.id).await?;
    }
    Ok(())
}

/// What of the caller's rights a token can be given: not what the groups of a sign-in bring, which is known anew at the next one
/// only, and never more than they hold just now.
async fn lasting_grants(services: &Services, ctx: &Ctx, user: User) -> Result<Vec<Grant>> {
    let held = &ctx.caller()?.grants;
    let own = caller_of(services, ctx, user, Vec::new()).await?;
    let own = own.map(|caller| caller.grants).unwrap_or_default();
    Ok(own.into_iter().filter(|grant| held.iter().any(|now| now.key() == grant.key())).collect())
}

/// What a token of somebody gives now: never more than they hold themselves.
fn still_given(token: &ServiceToken, owner: &[Grant], now: DateTime<Utc>) -> Vec<Grant> {
    let live = token.grants.iter().filter(|grant| grant.is_live(now));
    live.flat_map(|grant| grant.left_of(owner)).filter(|grant| grant.is_live(now)).collect()
}

/// Ends one token and records it.
async fn end(tx: &Tx, ctx: &Ctx, by: &Caller, id: &str) -> Result<()> {
    tokens::revoke(tx, id, ctx.now).await?;
    let live = |is_live: bool| json!({"live": is_live});
    records::change(tx, ctx, by, about(id), "revoked", &live(true), &live(false)).await
}

/// The grants that the token is given: the chosen ones of its owner, for the chosen departments.
fn scope_of(held: &[Grant], new: &NewOwnToken, problems: &mut Vec<FieldProblem>) -> Vec<Grant> {
    if new.scope.is_empty() {
        problems.push(FieldProblem::new("scope", "required", "Choose what the token may do."));
        return Vec::new();
    }
    let chosen: Vec<&Grant> = held.iter().filter(|grant| new.scope.contains(&grant.key())).collect();
    if new.scope.iter().any(|key| chosen.iter().all(|grant| grant.key() != *key)) {
        problems.push(FieldProblem::new("scope", "unknown", "You do not hold all of this any more. Choose again."));
        return Vec::new();
    }
    let grants: Vec<Grant> = chosen.into_iter().filter_map(|grant| grant.only_for(&new.departments)).collect();
    if grants.is_empty() {
        let message = "What you chose does not reach these departments.";
        problems.push(FieldProblem::new("departments", "out_of_reach", message));
    }
    grants
}

/// An end has to be given, and may not be too far away.
fn check_end(problems: &mut Vec<FieldProblem>, end: Option<DateTime<Utc>>, now: DateTime<Utc>) {
    let problem = match end {
        // What could not be read is named already.
        None if problems.iter().any(|problem| problem.field == "ends_on") => return,
        None => FieldProblem::new("ends_on", "required", "Give the last day of the token, within a year from now."),
        Some(end) if end <= now => FieldProblem::new("ends_on", "in_the_past", "Give an end in the future."),
        Some(end) if end > now + LONGEST => {
            FieldProblem::new("ends_on", "too_late", "Give an end within a year from now.")
        }
        Some(_) => return,
    };
    problems.push(problem);
}

/// What is wrong with a grant is wrong with the choice of it: departments have a field of their own.
fn named_as_scope(problem: FieldProblem) -> FieldProblem {
    if !problem.field.starts_with("grants.") {
        return problem;
    }
    let field = if problem.field.contains(".departments.") { "departments" } else { "scope" };
    FieldProblem { field: field.to_owned(), ..problem }
}

const fn about(id: &str) -> About<'_> {
    About { resource_type: "service_token", resource_id: id }
}

/// The caller of a token that somebody made for themselves; `None` where they may not sign in any more, or have to set a second
/// factor up first. Who has no password is asked for it elsewhere.
pub(crate) async fn acting_by(services: &Services, ctx: &Ctx, token: &ServiceToken) -> Result<Option<Caller>> {
    let Some(owner_id) = &token.owner_id else { return Ok(None) };
    let Some(user) = accounts::find_user(services.db.pool(), owner_id).await? else { return Ok(None) };
    // A token never signs in again, so that what groups brought at a sign-in would outlast them.
    let Some(owner) = caller_of(services, ctx, user.clone(), Vec::new()).await? else { return Ok(None) };
    if owes_second_factor(services, &owner).await? && password_of(services, &user).await?.is_some() {
        return Ok(None);
    }
    Ok(Some(acting_for(owner, token, ctx.now)))
}

/// The person whose token it is, as a caller of that token: them, with what the token leaves of their rights.
fn acting_for(owner: Caller, token: &ServiceToken, now: DateTime<Utc>) -> Caller {
    Caller { grants: still_given(token, &owner.grants, now), approve_own: false, ..owner }
}

#[cfg(test)]
mod tests {
    use domain::policy::Role;

    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn of(departments: &[&str]) -> Grant {
        Grant { departments: departments.iter().map(|&id| id.to_owned()).collect(), ..Grant::of(Role::Editor) }
    }

    fn wanted(scope: &[&Grant], departments: &[&str]) -> NewOwnToken {
        NewOwnToken {
            name: "Loader".to_owned(),
            scope: scope.iter().map(|grant| grant.key()).collect(),
            departments: departments.iter().map(|&id| id.to_owned()).collect(),
            expires_at: None,
        }
    }

    fn token(grants: Vec<Grant>) -> ServiceToken {
        ServiceToken {
            id: "t".to_owned(),
            name: "Loader".to_owned(),
            grants,
            approve_own: false,
            owner_id: Some("ann".to_owned()),
            created_at: at(0),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            revision: 1,
        }
    }

    #[test]
    fn a_token_is_given_a_part_of_what_its_maker_holds() {
        let held = [of(&[]), Grant::of(Role::Approver)];
        let scope = |new: &NewOwnToken| {
            let mut problems = Vec::new();
            let grants = scope_of(&held, new, &mut problems);
            (grants, problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>())
        };
        assert_eq!(scope(&wanted(&[&held[0]], &["economy"])), (vec![of(&["economy"])], vec![]));
        assert_eq!(scope(&wanted(&[], &[])).1, ["scope"]);
        let more = wanted(&[&held[0], &Grant::of(Role::Admin)], &[]);
        assert_eq!(scope(&more), (vec![], vec!["scope".to_owned()]));
    }

    #[test]
    fn a_token_gives_no_more_than_its_owner_holds_now() {
        let whole = token(vec![of(&[])]);
        assert_eq!(still_given(&whole, &[of(&["economy"])], at(1)), [of(&["economy"])]);
        assert!(still_given(&whole, &[Grant::of(Role::Approver)], at(1)).is_empty());
        let ended = Grant { expires_at: Some(at(1)), ..of(&[]) };
        assert!(still_given(&token(vec![ended]), &[of(&[])], at(1)).is_empty());
    }

    #[test]
    fn a_token_of_somebody_ends_within_a_year() {
        for (end, told) in
            [(None, "required"), (Some(at(9)), "in_the_past"), (Some(at(400)), "too_late"), (Some(at(20)), "")]
        {
            let mut problems = Vec::new();
            check_end(&mut problems, end, at(10));
            let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
            assert_eq!(codes.join(" "), told);
        }
    }

    #[test]
    fn four_eyes_hold_for_a_token_of_somebody() {
        let owner = Caller { grants: vec![of(&[])], approve_own: true, ..Caller::system("ann") };
        let acting = acting_for(owner.clone(), &token(vec![of(&["economy"])]), at(1));
        assert_eq!((acting.actor.clone(), acting.grants.clone()), (owner.actor.clone(), vec![of(&["economy"])]));
        assert!(acting.is_same_person(&owner.actor));
    }
}
