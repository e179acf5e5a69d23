//! Signing in through an OpenID provider, and its tokens as bearers of the API.

use domain::actor::Caller;
use domain::event::Via;
use domain::people::User;
use domain::policy::Grant;
use domain::refusal::Refusal;
use integrations::openid::{Begun, Identity, OpenidError};
use persistence::identities::{self, Identity as Known};
use persistence::{Tx, accounts};
use sha2::{Digest, Sha256};

use super::attempts;
use super::authenticate::caller_of;
use super::invitations::end_links_of;
use super::settings::SignInProvider;
use super::sign_in::{Opening, open};
use crate::ctx::fingerprint;
use crate::records::{self, About};
use crate::{Ctx, Result, ServiceError, Services, ids};

/// What records of it call this way of signing in.
const WAY: &str = "provider";
/// How the address ends that stands for one which the provider has not verified.
pub(super) const STAND_IN: &str = "@openid.invalid";

/// Begins a sign-in at the provider.
pub async fn begin_with_provider(services: &Services, ctx: &Ctx) -> Result<Begun> {
    let provider = configured(services)?;
    provider.openid.begin(ctx.now).await.map_err(|error| told(provider, error))
}

/// Ends a sign-in at the provider; who it is, and the provider's token for signing out there.
pub async fn finish_with_provider(
    services: &Services,
    ctx: &Ctx,
    code: String,
    nonce: String,
    verifier: String,
) -> Result<(Opening, String)> {
    let provider = configured(services)?;
    let finished = provider.openid.finish(ctx.now, code, nonce, verifier).await;
    let finished = finished.map_err(|error| told(provider, error))?;
    let user = adopt(services, ctx, provider, &finished.identity, true).await?;
    if user.disabled {
        let tx = services.db.begin().await?;
        attempts::turned_away(&tx, ctx, &user, WAY);
        persistence::db::commit(tx).await?;
        return Err(Refusal::blocked("disabled", "This account may not sign in. Ask an administrator.").into());
    }
    Ok((open(services, ctx, user, WAY).await?, finished.id_token))
}

/// Where to sign out at the provider; none where it does not offer that or does not answer.
pub async fn provider_sign_out(services: &Services, ctx: &Ctx, id_token: &str) -> Option<String> {
    let provider = services.accounts.provider.as_ref()?;
    match provider.openid.sign_out_url(ctx.now, id_token).await {
        Ok(url) => url,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "nobody can be signed out at the provider");
            None
        }
    }
}

/// The caller of a token that the provider made, and through which token they act; `None` where it does not hold or the account is
/// disabled.
///
/// The caller holds what the account was granted here and what the token's own groups bring.
pub(super) async fn by_provider_token(services: &Services, ctx: &Ctx, token: &str) -> Result<Option<(Caller, Via)>> {
    let Some(provider) = &services.accounts.provider else { return Ok(None) };
    let identity = match provider.openid.bearer(ctx.now, token).await {
        Ok(identity) => identity,
        Err(OpenidError::Refused(why)) => {
            tracing::info!(why, "a bearer token of the OpenID provider was refused");
            return Ok(None);
        }
        Err(error) => return Err(ServiceError::Provider(error)),
    };
    let user = adopt(services, ctx, provider, &identity, false).await?;
    let caller = caller_of(services, ctx, user, provider.grants_of(&identity.groups)).await?;
    // The token itself opens the API and is never written down.
    let via = Via::jwt(identity.token_id.unwrap_or_else(|| fingerprint(token)));
    Ok(caller.map(|caller| (caller, via)))
}

/// What the groups of an account brought it at its last sign-in.
pub(crate) async fn group_grants(services: &Services, user_id: &str) -> Result<Vec<Grant>> {
    Ok(known_there(services, user_id).await?.into_iter().flat_map(|known| known.grants).collect())
}

/// As whom the provider knows an account; nobody where none is configured.
pub(super) async fn known_there(services: &Services, user_id: &str) -> Result<Vec<Known>> {
    let Some(provider) = &services.accounts.provider else { return Ok(Vec::new()) };
    let mut known = identities::of_user(services.db.pool(), user_id).await?;
    known.retain(|known| known.issuer == provider.openid.issuer());
    Ok(known)
}

/// The same of everybody, each with the id of the account.
pub(crate) async fn all_group_grants(services: &Services) -> Result<Vec<(String, Vec<Grant>)>> {
    let Some(provider) = &services.accounts.provider else { return Ok(Vec::new()) };
    let known = identities::list(services.db.pool()).await?;
    let of_provider = known.into_iter().filter(|known| known.issuer == provider.openid.issuer());
    Ok(of_provider.map(|known| (known.user_id, known.grants)).collect())
}

/// The account of somebody whom the provider vouches for: the one known by issuer and subject, the one with the same
/// verified address, or a new one. With `refresh` the grants of the groups replace those of the last sign-in.
async fn adopt(
    services: &Services,
    ctx: &Ctx,
    provider: &SignInProvider,
    identity: &Identity,
    refresh: bool,
) -> Result<User> {
    let db = services.db.pool();
    let grants = provider.grants_of(&identity.groups);
    let known = identities::find(db, &identity.issuer, &identity.subject).await?;
    if let Some(known) = &known
        && (!refresh || known.grants == grants)
    {
        return Ok(accounts::find_user(db, &known.user_id).await?.ok_or(Refusal::Unauthenticated)?);
    }
    let tx = services.db.begin().await?;
    let (user, event) = match known {
        Some(known) => {
            let user = accounts::find_user(&tx, &known.user_id).await?.ok_or(Refusal::Unauthenticated)?;
            (user, "group_rights_changed")
        }
        None => match linkable(&tx, identity).await? {
            Some(user) => (user, "linked"),
            None => (add(&tx, ctx, identity).await?, "created"),
        },
    };
    let known =
        Known { issuer: identity.issuer.clone(), subject: identity.subject.clone(), user_id: user.id.clone(), grants };
    identities::save(&tx, &known, ctx.now).await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    let details = serde_json::json!({"issuer": known.issuer, "subject": known.subject, "group_grants": known.grants});
    let by = Caller::system("openid");
    records::note(&tx, ctx, &by, about, event, details).await?;
    if event == "linked" {
        end_links_of(&tx, ctx, &by, &user.id).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(user)
}

/// The account with the same address, only where the provider has verified that address and nobody else of it has the account.
async fn linkable(tx: &Tx, identity: &Identity) -> Result<Option<User>> {
    let Some(email) = identity.email.as_ref().filter(|_| identity.email_verified) else { return Ok(None) };
    let Some((user, _)) = accounts::find_user_by_email(tx, email).await? else { return Ok(None) };
    if identities::of_user(tx, &user.id).await?.iter().any(|known| known.issuer == identity.issuer) {
        let message = "Another person of the same provider has the account with this e-mail address.";
        return Err(Refusal::blocked("email_taken", message).into());
    }
    Ok(Some(user))
}

/// Makes an account without a password. An address that the provider has not verified is not used, so that nobody
/// takes somebody else's; a name of ours that no mail reaches stands in its place.
async fn add(tx: &Tx, ctx: &Ctx, identity: &Identity) -> Result<User> {
    let stand_in = || {
        let digest = Sha256::new().chain_update(&identity.issuer).chain_update("\n").chain_update(&identity.subject);
        format!("{}{STAND_IN}", hex::encode(&digest.finalize()[..8]))
    };
    let user = User {
        id: ids::new_id(ctx.now),
        email: identity.email.clone().filter(|_| identity.email_verified).unwrap_or_else(stand_in),
        name: identity.name.clone().or_else(|| identity.email.clone()).unwrap_or_else(|| identity.subject.clone()),
        disabled: false,
        grants: Vec::new(),
        created_at: ctx.now,
        last_edited: ctx.now,
        revision: 1,
    };
    accounts::insert_user(tx, &user, None).await?;
    Ok(user)
}

fn configured(services: &Services) -> Result<&SignInProvider, Refusal> {
    services.accounts.provider.as_ref().ok_or(Refusal::NotFound)
}

/// What a person at the sign-in page is told; the log is told why.
fn told(provider: &SignInProvider, error: OpenidError) -> ServiceError {
    tracing::warn!(error = &error as &dyn std::error::Error, "a sign-in through the OpenID provider failed");
    let name = &provider.name;
    let refusal = match error {
        OpenidError::Unreachable(_) => Refusal::blocked(
            "provider_unavailable",
            format!("{name} does not answer. Try again in a moment, or sign in with a password."),
        ),
        OpenidError::Refused(_) => {
            Refusal::blocked("provider_refused", format!("{name} did not confirm who you are. Try to sign in again."))
        }
    };
    refusal.into()
}
