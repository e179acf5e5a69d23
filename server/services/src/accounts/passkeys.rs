//! Adding passkeys and taking them away.

use domain::account::Passkey;
use domain::actor::Caller;
use domain::people::User;
use domain::refusal::{Refusal, all_valid};
use domain::text::check_line;
use persistence::passkeys::StoredPasskey;
use persistence::{PersistenceError, Tx, accounts, passkeys};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_rs::prelude::{CredentialID, RegisterPublicKeyCredential, SecurityKeyRegistration, Uuid};

use super::ceremony::{self, PasskeyAsked};
use super::devices::forget_devices_of;
use super::second_factor::{codes_with_first, end_codes_with_last};
use super::sign_in::{confirm_password, own};
use crate::{Ctx, Result, Services, ids, records};

/// The most passkeys of one person.
const MOST: usize = 20;
/// The most characters of a passkey's name.
const LONGEST_NAME: usize = 100;

/// Begins to add a passkey under a name, knowing the password.
///
/// # Errors
/// `Invalid` for a name that does not do or another password; `Blocked` where the account signs in elsewhere, has too many, or where
/// passkeys are not offered.
pub async fn begin_passkey(services: &Services, ctx: &Ctx, name: &str, password: &str) -> Result<PasskeyAsked> {
    let (user, hash) = own(services, ctx).await?;
    if hash.is_none() {
        let message = "This account signs in elsewhere, and its second factor is asked for there.";
        return Err(Refusal::blocked("no_password", message).into());
    }
    let party = ceremony::party(services)?;
    let name = name.trim();
    let mut problems = Vec::new();
    check_line(&mut problems, "name", name, LONGEST_NAME);
    all_valid(problems)?;
    confirm_password(services, ctx, &user, hash, password).await?;
    let known = passkeys::of_user(services.db.pool(), &user.id).await?;
    if known.len() >= MOST {
        let message = format!("There are {MOST} passkeys already. Remove one before you add another.");
        return Err(Refusal::blocked("too_many_passkeys", message).into());
    }
    let mut ids = Vec::with_capacity(known.len());
    for stored in &known {
        ids.push(ceremony::key_of(stored)?.cred_id().clone());
    }
    let (person, webauthn) = (handle_of(&user), party.webauthn());
    let begun = webauthn.start_securitykey_registration(person, &user.email, &user.name, Some(ids), None, None);
    let (question, state) = begun.map_err(|e| ceremony::fault(&e))?;
    ceremony::asked(ctx, &user.id, name, (&question, state))
}

/// Ends adding a passkey with what the browser answered; from now on it may be shown at sign-in. The recovery codes, shown once, where
/// it is the first second factor, otherwise none.
///
/// # Errors
/// `Blocked` where the answer does not hold or comes too late, and where the passkey is known already.
pub async fn finish_passkey(services: &Services, ctx: &Ctx, kept: Option<&str>, answer: Value) -> Result<Vec<String>> {
    let (user, _) = own(services, ctx).await?;
    let party = ceremony::party(services)?;
    let kept = ceremony::take::<SecurityKeyRegistration>(services, ctx, &user.id, kept).await?;
    let answer: RegisterPublicKeyCredential = ceremony::read(answer)?;
    let key = party.webauthn().finish_securitykey_registration(&answer, &kept.state);
    let key = key.map_err(|error| ceremony::refused(&error))?;
    let tx = services.db.begin().await?;
    // Locked, as by whoever takes second factors away: either they come first, or they find it.
    let found = accounts::find_user_to_change(&tx, &user.id).await?;
    let user = found.filter(|user| !user.disabled).ok_or(Refusal::Unauthenticated)?;
    let codes = codes_with_first(&tx, &user).await?;
    let passkey = Passkey {
        id: ids::new_id(ctx.now),
        user_id: user.id.clone(),
        name: kept.name,
        created_at: ctx.now,
        last_used_at: None,
    };
    let new = StoredPasskey { passkey, credential: ceremony::written(&key)? };
    match passkeys::insert(&tx, &new, &hash_of(key.cred_id())?).await {
        Err(PersistenceError::Duplicate(_)) => {
            return Err(Refusal::blocked("passkey_known", "This passkey was added before.").into());
        }
        other => other?,
    }
    forget_devices_of(&tx, ctx, ctx.caller()?, &user.id).await?;
    let details = json!({"passkey": new.passkey.id, "name": new.passkey.name});
    records::note(&tx, ctx, ctx.caller()?, records::user(&user.id), "passkey_added", details).await?;
    persistence::db::commit(tx).await?;
    Ok(codes)
}

/// Removes one of one's own passkeys, knowing the password; devices that stood in for it are forgotten.
///
/// # Errors
/// `NotFound` for one that is unknown or somebody else's; `Invalid` for another password.
pub async fn remove_passkey(services: &Services, ctx: &Ctx, id: &str, password: &str) -> Result<()> {
    let (user, hash) = own(services, ctx).await?;
    confirm_password(services, ctx, &user, hash, password).await?;
    let tx = services.db.begin().await?;
    accounts::find_user_to_change(&tx, &user.id).await?.ok_or(Refusal::Unauthenticated)?;
    take_away(&tx, ctx, ctx.caller()?, &user.id, id).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Takes a passkey of somebody away, whose account is locked; with the last second factor the recovery codes go, too.
pub(crate) async fn take_away(tx: &Tx, ctx: &Ctx, by: &Caller, user_id: &str, id: &str) -> Result<()> {
    let found = passkeys::of_user(tx, user_id).await?.into_iter().find(|stored| stored.passkey.id == id);
    let passkey = found.ok_or(Refusal::NotFound)?.passkey;
    passkeys::delete(tx, &passkey.id).await?;
    end_codes_with_last(tx, user_id).await?;
    forget_devices_of(tx, ctx, by, user_id).await?;
    let details = json!({"passkey": passkey.id, "name": passkey.name});
    records::note(tx, ctx, by, records::user(user_id), "passkey_removed", details).await
}

/// What passkeys know somebody by: always the same, and nothing that tells who it is.
fn handle_of(user: &User) -> Uuid {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&Sha256::new().chain_update("passkeys of ").chain_update(&user.id).finalize()[..16]);
    Uuid::from_bytes(bytes)
}

/// What a credential is known by among all: one that is somebody's cannot be anybody else's, too.
fn hash_of(id: &CredentialID) -> Result<String> {
    let written = serde_json::to_vec(id).map_err(|e| ceremony::fault(&e))?;
    Ok(hex::encode(Sha256::digest(written)))
}
