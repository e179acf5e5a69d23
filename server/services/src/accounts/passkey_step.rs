//! The second step of signing in by a passkey.

use domain::account::{Passkey, SecondStepWays};
use domain::people::User;
use domain::refusal::Refusal;
use persistence::{Tx, accounts, passkeys, second_factors};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    AuthenticationResult, PublicKeyCredential, SecurityKey, SecurityKeyAuthentication, WebauthnError,
};

use super::ceremony::{self, PasskeyAsked};
use super::second_factor::OF_ACCOUNT;
use super::second_step::{Way, let_in, tries_of};
use super::{attempts, throttle};
use crate::{Ctx, Result, Services};

/// What records of it call this way of signing in.
const METHOD: &str = "passkey";

/// What became of a passkey that was shown.
#[derive(Debug)]
enum Shown {
    /// It holds.
    Holds(Passkey),
    /// It has signed less often than it had before, so that there may be a copy of it.
    CountedBack(Passkey),
    /// It does not fit, or is there no more.
    Unfit,
}

/// By what somebody who has taken the first step may take the second.
pub async fn second_step_ways(services: &Services, user_id: &str) -> Result<SecondStepWays> {
    let db = services.db.pool();
    let app = second_factors::find(db, user_id).await?.is_some_and(|factor| factor.confirmed_at.is_some());
    let passkey = services.accounts.passkeys.is_some() && !passkeys::of_user(db, user_id).await?.is_empty();
    Ok(SecondStepWays { app, passkey, remember_days: services.accounts.remember_device_days })
}

/// Asks somebody who has taken the first step for one of their passkeys.
///
/// # Errors
/// `Blocked` where they have none, and where passkeys are not offered.
pub async fn ask_for_passkey(services: &Services, ctx: &Ctx, user_id: &str) -> Result<PasskeyAsked> {
    let party = ceremony::party(services)?;
    let db = services.db.pool();
    accounts::find_user(db, user_id).await?.filter(|user| !user.disabled).ok_or(Refusal::Unauthenticated)?;
    let known = passkeys::of_user(db, user_id).await?;
    if known.is_empty() {
        return Err(Refusal::blocked("no_passkey", "There is no passkey. Give a code instead.").into());
    }
    let keys: Vec<SecurityKey> = known.iter().map(ceremony::key_of).collect::<Result<_>>()?;
    let begun = party.webauthn().start_securitykey_authentication(&keys);
    let (question, state) = begun.map_err(|e| ceremony::fault(&e))?;
    ceremony::asked(ctx, user_id, "", (&question, state))
}

/// Lets somebody in who has taken the first step and shows a passkey; wrong ones are recorded, and too many of them make it wait.
///
/// `browser` names the device where it is to be remembered; what that device shows from now on comes back, unless the site remembers
/// none.
///
/// # Errors
/// `Blocked` where the answer does not hold or comes too late; `TooMany` after too many tries.
pub async fn passkey_step(
    services: &Services,
    ctx: &Ctx,
    user_id: &str,
    kept: Option<&str>,
    answer: Value,
    browser: Option<&str>,
) -> Result<(User, Option<String>)> {
    let party = ceremony::party(services)?;
    throttle::spend(services, ctx, &tries_of(user_id), OF_ACCOUNT).await?;
    let kept = ceremony::take::<SecurityKeyAuthentication>(services, ctx, user_id, kept).await?;
    let answer: PublicKeyCredential = ceremony::read(answer)?;
    let checked = party.webauthn().finish_securitykey_authentication(&answer, &kept.state);
    let tx = services.db.begin().await?;
    // Locked, as by whoever takes second factors away or suspends the account: either they come first, or it holds.
    let found = accounts::find_user_to_change(&tx, user_id).await?.filter(|user| !user.disabled);
    let user = found.ok_or_else(wrong)?;
    let shown = match checked {
        Ok(result) => use_up(&tx, ctx, user_id, &result).await?,
        Err(error) => why(&tx, user_id, &answer, &error).await?,
    };
    let passkey = match shown {
        Shown::Holds(passkey) => passkey,
        other => {
            turn_away(&tx, ctx, &user, &other);
            persistence::db::commit(tx).await?;
            tracing::warn!(user.id = %user.id, "second step refused");
            return Err(wrong().into());
        }
    };
    let way = Way { name: METHOD, details: json!({"method": METHOD, "passkey": passkey.id}) };
    let_in(services, ctx, tx, user, way, browser).await
}

/// Notes that a passkey was shown whose answer holds; not where it was removed meanwhile, or was used beside it.
async fn use_up(tx: &Tx, ctx: &Ctx, user_id: &str, result: &AuthenticationResult) -> Result<Shown> {
    for stored in passkeys::of_user(tx, user_id).await? {
        let mut key = ceremony::key_of(&stored)?;
        if key.update_credential(result).is_none() {
            continue;
        }
        let (written, counter) = (ceremony::written(&key)?, i64::from(result.counter()));
        let goes_on = passkeys::note_use(tx, &stored.passkey.id, &written, counter, ctx.now).await?;
        return Ok(if goes_on { Shown::Holds(stored.passkey) } else { Shown::CountedBack(stored.passkey) });
    }
    Ok(Shown::Unfit)
}

/// What an answer that does not hold means.
async fn why(tx: &Tx, user_id: &str, answer: &PublicKeyCredential, error: &WebauthnError) -> Result<Shown> {
    tracing::info!(%error, user.id = %user_id, "a passkey was refused");
    if !matches!(error, WebauthnError::CredentialPossibleCompromise) {
        return Ok(Shown::Unfit);
    }
    for stored in passkeys::of_user(tx, user_id).await? {
        let key = ceremony::key_of(&stored)?;
        let id: &[u8] = key.cred_id().as_ref();
        if id == answer.get_credential_id() {
            return Ok(Shown::CountedBack(stored.passkey));
        }
    }
    Ok(Shown::Unfit)
}

/// Records that somebody was not let in, and that there may be a copy of a passkey.
fn turn_away(tx: &Tx, ctx: &Ctx, user: &User, shown: &Shown) {
    if let Shown::CountedBack(passkey) = shown {
        attempts::counted_back(tx, ctx, user, passkey);
    }
    attempts::turned_away(tx, ctx, user, METHOD);
}

fn wrong() -> Refusal {
    Refusal::blocked("passkey_unfit", "This passkey does not fit. Try again, or give a code instead.")
}
