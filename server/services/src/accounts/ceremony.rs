//! What the ways of adding a passkey and of showing one have in common: what a browser is asked, what is kept of it here, for how long
//! and that it is answered once.

use chrono::{DateTime, Duration, Utc};
use domain::refusal::Refusal;
use persistence::passkeys::StoredPasskey;
use persistence::throttles;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use webauthn_rs::prelude::{SecurityKey, WebauthnError};

use super::relying_party::RelyingParty;
use crate::{Ctx, Result, ServiceError, Services};

/// For how long an answer is waited for, as the browser is told.
const PATIENCE: Duration = Duration::seconds(300);

/// A question that was begun.
#[derive(Clone, Debug)]
pub struct PasskeyAsked {
    /// What the browser hands to the person's devices, as JSON of Web Authentication.
    pub options: Value,
    /// What has to be kept until the answer comes, at the server alone: whoever could bring it along could answer again and again.
    pub kept: String,
}

/// What is kept of a question.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept<S> {
    person: String,
    since: DateTime<Utc>,
    /// What the answer is checked by.
    pub state: S,
    /// What a new passkey is to be called; empty otherwise.
    pub name: String,
}

/// The site as passkeys know it.
pub(super) fn party(services: &Services) -> Result<&RelyingParty, Refusal> {
    let message = "Passkeys are not offered here: the site needs an address with a domain name, by TLS.";
    services.accounts.passkeys.as_ref().ok_or_else(|| Refusal::blocked("no_passkeys_here", message))
}

/// A question to somebody, with what is kept of it.
pub(super) fn asked<S: Serialize>(
    ctx: &Ctx,
    person: &str,
    name: &str,
    (question, state): (&impl Serialize, S),
) -> Result<PasskeyAsked> {
    let mut options = serde_json::to_value(question).map_err(|e| fault(&e))?;
    // Whoever has one in the device itself, or in a manager of passwords, may show that as well as a key that is plugged in.
    if let Some(asked) = options.pointer_mut("/publicKey").and_then(Value::as_object_mut) {
        asked.remove("hints");
        // They ask for a protection that goes with a person being verified each time, which a second factor does not ask for; browsers
        // refuse what contradicts itself.
        asked.remove("extensions");
    }
    let kept = Kept { person: person.to_owned(), since: ctx.now, state, name: name.to_owned() };
    Ok(PasskeyAsked { options, kept: serde_json::to_string(&kept).map_err(|e| fault(&e))? })
}

/// What was kept of a question to this person, once: the same answer beside it finds it used up, on whichever node.
///
/// # Errors
/// `Blocked` where nothing was asked of them, where that is too long ago, and where it was answered before.
pub(super) async fn take<S: DeserializeOwned>(
    services: &Services,
    ctx: &Ctx,
    person: &str,
    kept: Option<&str>,
) -> Result<Kept<S>> {
    let kept = kept.ok_or_else(too_late)?;
    let found: Kept<S> = serde_json::from_str(kept).map_err(|_| too_late())?;
    if found.person != person || ctx.now - found.since > PATIENCE {
        return Err(too_late().into());
    }
    let subject = format!("answer to passkey question {}", hex::encode(Sha256::digest(kept)));
    let (answers, _) = throttles::count(services.db.pool(), &subject, ctx.now, ctx.now - PATIENCE * 2).await?;
    if answers > 1 { Err(too_late().into()) } else { Ok(found) }
}

/// An answer as the browser tells it.
pub(super) fn read<T: DeserializeOwned>(answer: Value) -> Result<T, Refusal> {
    serde_json::from_value(answer).map_err(|error| {
        tracing::info!(%error, "what a browser says of a passkey cannot be read");
        unfit()
    })
}

/// What checks a passkey.
pub(super) fn key_of(stored: &StoredPasskey) -> Result<SecurityKey> {
    serde_json::from_str(&stored.credential).map_err(|e| fault(&e))
}

/// What checks a passkey, as it is kept.
pub(super) fn written(key: &SecurityKey) -> Result<String> {
    serde_json::to_string(key).map_err(|e| fault(&e))
}

/// What is told where an answer does not hold; the log knows why.
pub(super) fn refused(error: &WebauthnError) -> Refusal {
    tracing::info!(%error, "a passkey was refused");
    unfit()
}

/// A question that could not be made.
pub(super) fn fault(error: &dyn std::error::Error) -> ServiceError {
    ServiceError::Internal(format!("a passkey: {error}"))
}

fn unfit() -> Refusal {
    Refusal::blocked("passkey_unfit", "This passkey does not fit. Try again, or take another.")
}

fn too_late() -> Refusal {
    Refusal::blocked("passkey_too_late", "This took too long, or was answered before. Try again.")
}
