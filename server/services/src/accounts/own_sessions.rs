//! One's own sessions: seeing them with the devices that are remembered, ending one, ending all.

use domain::account::{OwnAccount, SecondFactorSight, SessionSight};
use domain::event::ViaKind;
use domain::refusal::Refusal;
use persistence::{Tx, accounts, passkeys, second_factors, sessions};
use sha2::{Digest, Sha256};

use super::devices::{forget_devices_of, live_devices_of};
use super::own_tokens::end_tokens_of;
use super::sign_in::own;
use crate::ctx::fingerprint;
use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// Names a session without giving it away: whoever knows the handle cannot use the session.
#[must_use]
pub fn handle_of(session_id: &str) -> String {
    hex::encode(&Sha256::digest(session_id)[..16])
}

/// One's own account; `current` is the handle of the session that asks.
pub async fn own_account(services: &Services, ctx: &Ctx, current: Option<&str>) -> Result<OwnAccount> {
    let (user, hash) = own(services, ctx).await?;
    let db = services.db.pool();
    let since = second_factors::find(db, &user.id).await?.and_then(|factor| factor.confirmed_at);
    let passkeys = passkeys::of_user(db, &user.id).await?;
    let sessions = sessions::of_user(db, &user.id, ctx.now).await?;
    let sessions = sessions
        .into_iter()
        .map(|session| {
            let handle = handle_of(&session.id);
            SessionSight {
                current: current == Some(handle.as_str()),
                handle,
                browser: session.details.browser.unwrap_or_else(|| "Unknown browser".to_owned()),
                address: session.details.address.unwrap_or_default(),
                created_at: session.details.created_at,
                last_seen_at: session.details.last_seen_at,
            }
        })
        .collect();
    let devices = live_devices_of(services, ctx, &user.id).await?;
    let (_, of_teams) = accounts::teams_of(db, &user.id).await?;
    let ended = user.grants.into_iter().chain(of_teams).filter(|grant| !grant.is_live(ctx.now)).collect();
    Ok(OwnAccount {
        has_password: hash.is_some(),
        second_factor: since.map(|since| SecondFactorSight { since }),
        passkeys: passkeys.into_iter().map(|stored| stored.passkey).collect(),
        offers_passkeys: services.accounts.passkeys.is_some(),
        codes_left: second_factors::codes_left(db, &user.id).await?,
        email: user.email,
        sessions,
        devices,
        ended,
    })
}

/// Ends one of one's own sessions.
pub async fn end_session(services: &Services, ctx: &Ctx, handle: &str) -> Result<()> {
    let (user, _) = own(services, ctx).await?;
    let tx = services.db.begin().await?;
    let found = sessions::of_user(&tx, &user.id, ctx.now).await?.into_iter().find(|s| handle_of(&s.id) == handle);
    let session = found.ok_or(Refusal::NotFound)?;
    sessions::delete(&tx, &session.id).await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    let details = serde_json::json!({"browser": session.details.browser, "address": session.details.address});
    records::note(&tx, ctx, ctx.caller()?, about, "session_ended", details).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Ends all of one's own sessions, the present one included, and one's own tokens, and forgets one's devices; the number of sessions
/// ended.
pub async fn end_all_sessions(services: &Services, ctx: &Ctx) -> Result<u64> {
    let (user, _) = own(services, ctx).await?;
    let tx = services.db.begin().await?;
    let ended = sessions::delete_of_user(&tx, &user.id).await?;
    end_tokens_of(&tx, ctx, ctx.caller()?, &user.id).await?;
    forget_devices_of(&tx, ctx, ctx.caller()?, &user.id).await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    let details = serde_json::json!({"sessions_ended": ended});
    records::note(&tx, ctx, ctx.caller()?, about, "signed_out_everywhere", details).await?;
    persistence::db::commit(tx).await?;
    Ok(ended)
}

/// Ends the sessions of somebody but for one; the number of sessions ended.
pub(super) async fn end_all_but(tx: &Tx, ctx: &Ctx, user_id: &str, keep: Option<&str>) -> Result<usize> {
    end_those(tx, ctx, user_id, |id| keep != Some(handle_of(id).as_str())).await
}

/// Ends the sessions of the caller but for the one from which this is asked, if it is one; the number of sessions ended.
pub(crate) async fn end_others_of_caller(tx: &Tx, ctx: &Ctx) -> Result<usize> {
    let asked_from = ctx.via.as_ref().filter(|via| via.kind == ViaKind::Session);
    let is_other = |id: &str| asked_from.is_none_or(|via| via.id != fingerprint(id));
    end_those(tx, ctx, &ctx.caller()?.actor.id, is_other).await
}

async fn end_those(tx: &Tx, ctx: &Ctx, user_id: &str, ends: impl Fn(&str) -> bool) -> Result<usize> {
    let mut ended = 0;
    for session in sessions::of_user(tx, user_id, ctx.now).await? {
        if ends(&session.id) {
            sessions::delete(tx, &session.id).await?;
            ended += 1;
        }
    }
    Ok(ended)
}
