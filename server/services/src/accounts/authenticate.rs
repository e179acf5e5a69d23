//! From a session's user or a bearer token to a caller with its rights.

use domain::actor::{Actor, ActorKind, Caller};
use domain::event::Via;
use domain::people::User;
use domain::policy::Grant;
use persistence::{accounts, tokens};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::own_tokens::acting_by;
use super::provider::{by_provider_token, group_grants};
use crate::{Ctx, Result, Services};

/// The caller of a session; `None` where the account is gone or disabled.
pub async fn by_user_id(services: &Services, ctx: &Ctx, user_id: &str) -> Result<Option<Caller>> {
    let user = accounts::find_user(services.db.pool(), user_id).await?;
    match user {
        Some(user) => {
            let groups = group_grants(services, &user.id).await?;
            caller_of(services, ctx, user, groups).await
        }
        None => Ok(None),
    }
}

/// The caller that an account is, with its own rights and those that its groups bring; `None` where it is disabled.
pub(super) async fn caller_of(
    services: &Services,
    ctx: &Ctx,
    user: User,
    groups: Vec<Grant>,
) -> Result<Option<Caller>> {
    if user.disabled {
        return Ok(None);
    }
    let (teams, of_teams) = accounts::teams_of(services.db.pool(), &user.id).await?;
    let grants = user.grants.into_iter().chain(of_teams).chain(groups);
    Ok(Some(Caller {
        teams,
        grants: grants.filter(|grant| grant.is_live(ctx.now)).collect(),
        actor: Actor { id: user.id, name: user.name, kind: ActorKind::User },
        approve_own: false,
        all_permissions: false,
    }))
}

/// The caller of a bearer token, and through what they act; `None` where it is unknown, expired or revoked, or its owner may
/// not sign in any more or owes a second factor.
pub async fn by_bearer(services: &Services, ctx: &Ctx, token: &str) -> Result<Option<(Caller, Via)>> {
    let through_itself = |caller: Caller| {
        let via = Via::token(&caller.actor.id);
        (caller, via)
    };
    if let Some(expected) = &services.settings.service_auth_token
        && bool::from(Sha256::digest(token).ct_eq(&Sha256::digest(expected)))
    {
        return Ok(Some(through_itself(Caller {
            actor: environment_actor(),
            grants: Vec::new(),
            teams: Vec::new(),
            approve_own: false,
            all_permissions: true,
        })));
    }
    // A JWT has three parts; no token of ours has a dot.
    if token.matches('.').count() == 2 {
        return by_provider_token(services, ctx, token).await;
    }
    let Some(token) = tokens::find_live(services.db.pool(), &hash_of(token), ctx.now).await? else {
        return Ok(None);
    };
    // What was done counts more than when the token was last used, and must not wait for a publication that is held ready:
    // it may be the step that calls it off.
    if services.held.count() > 0 {
        tracing::debug!(token.id = %token.id, "the use of a token is noted another time");
    } else if let Err(error) = tokens::note_use(services.db.pool(), &token, ctx.now).await {
        tracing::warn!(%error, token.id = %token.id, "the last use of a token could not be noted");
    }
    if token.owner_id.is_some() {
        let acting = acting_by(services, ctx, &token).await?;
        return Ok(acting.map(|caller| (caller, Via::token(&token.id))));
    }
    Ok(Some(through_itself(Caller {
        actor: Actor { id: token.id, name: token.name, kind: ActorKind::Service },
        grants: token.grants.into_iter().filter(|grant| grant.is_live(ctx.now)).collect(),
        teams: Vec::new(),
        approve_own: token.approve_own,
        all_permissions: false,
    })))
}

/// Who the bearer of the environment's token is.
pub(crate) fn environment_actor() -> Actor {
    Actor {
        id: "service-auth-token".to_owned(),
        name: "Service token of the environment".to_owned(),
        kind: ActorKind::Service,
    }
}

/// How a token's secret is kept.
pub(crate) fn hash_of(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
