//! The second step of signing in: a code of the authenticator app, or a recovery code in its place.

use domain::people::User;
use domain::refusal::Refusal;
use persistence::{Tx, accounts, second_factors};

use super::attempts;
use super::devices;
use super::one_time_codes::{recovery_hash, step_of};
use super::second_factor::OF_ACCOUNT;
use super::sign_in::as_caller;
use super::throttle;
use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// What records of it call this way of signing in.
const METHOD: &str = "second factor";
/// The longest text that can be a code.
const LONGEST: usize = 60;

/// Lets somebody in who has taken the first step; every code works once, wrong ones are recorded, and too many of them make it wait.
///
/// `browser` names the device where it is to be remembered; what that device shows from now on comes back, unless the site remembers
/// none.
pub async fn second_step(
    services: &Services,
    ctx: &Ctx,
    user_id: &str,
    code: &str,
    browser: Option<&str>,
) -> Result<(User, Option<String>)> {
    let subject = format!("second step of {user_id}");
    throttle::spend(services, ctx, &subject, OF_ACCOUNT).await?;
    let tx = services.db.begin().await?;
    // Locked before anything else is, in the order of whoever takes second factors away.
    let user = accounts::find_user_to_change(&tx, user_id).await?.filter(|user| !user.disabled).ok_or_else(wrong)?;
    if !second_factors::is_asked_for(&tx, user_id).await? {
        return Err(wrong().into());
    }
    let Some(by) = use_up(services, ctx, &tx, &user, code).await? else {
        attempts::turned_away(&tx, ctx, &user, METHOD);
        persistence::db::commit(tx).await?;
        tracing::warn!(user.id = %user.id, "second step refused");
        return Err(wrong().into());
    };
    let about = About { resource_type: "user", resource_id: &user.id };
    let caller = as_caller(&user);
    if by == "recovery code" {
        let left = second_factors::codes_left(&tx, user_id).await?;
        records::note(&tx, ctx, &caller, about, "recovery_code_used", serde_json::json!({"left": left})).await?;
    }
    records::note(&tx, ctx, &caller, about, "signed_in", serde_json::json!({"method": METHOD})).await?;
    let device = match browser {
        Some(browser) => devices::remember(services, ctx, &tx, &user, browser).await?,
        None => None,
    };
    persistence::db::commit(tx).await?;
    throttle::clear(services, &subject).await?;
    tracing::info!(user.id = %user.id, way = by, "signed in");
    Ok((user, device))
}

/// Uses the code up; by what it was, or `None` where it does not fit.
async fn use_up(services: &Services, ctx: &Ctx, tx: &Tx, user: &User, code: &str) -> Result<Option<&'static str>> {
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).take(LONGEST).collect();
    if plain.len() <= 8 && plain.bytes().all(|b| b.is_ascii_digit()) {
        let factor = second_factors::find(tx, &user.id).await?.filter(|factor| factor.confirmed_at.is_some());
        let Some(factor) = factor else { return Ok(None) };
        let secret = services.accounts.vault.open(&user.id, &factor.sealed_secret)?;
        let Some(step) = step_of(&secret, &plain, ctx.now)? else { return Ok(None) };
        return Ok(second_factors::use_step(tx, &user.id, step).await?.then_some("authenticator"));
    }
    let hash = recovery_hash(&user.id, &plain);
    Ok(second_factors::use_code(tx, &user.id, &hash, ctx.now).await?.then_some("recovery code"))
}

fn wrong() -> Refusal {
    Refusal::field("code", "wrong", "This code does not fit or was used before. Wait for the next one and try again.")
}
