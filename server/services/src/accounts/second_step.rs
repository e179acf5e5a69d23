//! The second step of signing in: a code of the authenticator app, or a recovery code in its place.

use domain::people::User;
use domain::refusal::Refusal;
use persistence::{Tx, accounts, second_factors};
use serde_json::{Value, json};

use super::attempts;
use super::devices;
use super::one_time_codes::{recovery_hash, step_of};
use super::second_factor::OF_ACCOUNT;
use super::sign_in::as_caller;
use super::throttle;
use crate::{Ctx, Result, Services, records};

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
    throttle::spend(services, ctx, &tries_of(user_id), OF_ACCOUNT).await?;
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
    if by == "recovery code" {
        let details = json!({"left": second_factors::codes_left(&tx, user_id).await?});
        records::note(&tx, ctx, &as_caller(&user), records::user(user_id), "recovery_code_used", details).await?;
    }
    let way = Way { name: by, details: json!({"method": METHOD}) };
    let_in(services, ctx, tx, user, way, browser).await
}

/// Under what tries of somebody's second step are counted, whichever way they try.
pub(super) fn tries_of(user_id: &str) -> String {
    format!("second step of {user_id}")
}

/// How somebody took the second step.
#[derive(Debug)]
pub(super) struct Way {
    /// As the log tells it.
    pub name: &'static str,
    /// As the record tells it.
    pub details: Value,
}

/// Records that somebody took the second step, remembers the device that is named, commits, and forgets the tries before; what that
/// device shows from now on comes back.
pub(super) async fn let_in(
    services: &Services,
    ctx: &Ctx,
    tx: Tx,
    user: User,
    way: Way,
    browser: Option<&str>,
) -> Result<(User, Option<String>)> {
    records::note(&tx, ctx, &as_caller(&user), records::user(&user.id), "signed_in", way.details).await?;
    let device = match browser {
        Some(browser) => devices::remember(services, ctx, &tx, &user, browser).await?,
        None => None,
    };
    persistence::db::commit(tx).await?;
    throttle::clear(services, &tries_of(&user.id)).await?;
    tracing::info!(user.id = %user.id, way = way.name, "signed in");
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
