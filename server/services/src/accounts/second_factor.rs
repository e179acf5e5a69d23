//! Setting an authenticator app up as a second factor, renewing recovery codes, and taking second factors away; passkeys are added in
//! `passkeys`.

use domain::account::SetUp;
use domain::actor::Caller;
use domain::people::User;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{Tx, accounts, passkeys, second_factors};

use super::devices::forget_devices_of;
use super::one_time_codes::{new_recovery_codes, new_secret, recovery_hash, set_up, step_of};
use super::provider::known_there;
use super::sign_in::{confirm_password, own};
use super::throttle::{self, Allowance};
use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// Codes tried for one account; a guess is right once in 300,000.
pub(super) const OF_ACCOUNT: Allowance = Allowance { tries: 5, within: chrono::Duration::minutes(15) };

/// Whether a person's role asks for a second factor that they have not set up yet.
pub async fn owes_second_factor(services: &Services, caller: &Caller) -> Result<bool> {
    let asked_of = &services.accounts.second_factor_roles;
    if !caller.grants.iter().any(|grant| asked_of.contains(&grant.role)) {
        return Ok(false);
    }
    Ok(!second_factors::is_asked_for(services.db.pool(), &caller.actor.id).await?)
}

/// Whether nothing is open to a person before they have set a second factor up, whichever way they come: one whom the provider knows can
/// sign in there, and is left to it.
pub(crate) async fn is_held_back(services: &Services, caller: &Caller) -> Result<bool> {
    Ok(owes_second_factor(services, caller).await? && known_there(services, &caller.actor.id).await?.is_empty())
}

/// Begins to set up an authenticator app; it is not asked for until a code of it was shown.
pub async fn begin_second_factor(services: &Services, ctx: &Ctx) -> Result<()> {
    let (user, hash) = own(services, ctx).await?;
    if hash.is_none() {
        let message = "This account signs in elsewhere, and its second factor is asked for there.";
        return Err(Refusal::blocked("no_password", message).into());
    }
    let sealed = services.accounts.vault.seal(&user.id, &new_secret())?;
    let tx = services.db.begin().await?;
    if second_factors::find(&tx, &user.id).await?.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Err(already().into());
    }
    second_factors::begin(&tx, &user.id, &sealed).await?;
    note(&tx, ctx, &user, "second_factor_begun").await?;
    Ok(persistence::db::commit(tx).await?)
}

/// What the authenticator app needs to be told, while the second factor is being set up and never afterwards.
pub async fn second_factor_set_up(services: &Services, ctx: &Ctx) -> Result<SetUp> {
    let (user, _) = own(services, ctx).await?;
    let found = second_factors::find(services.db.pool(), &user.id).await?;
    let factor = found.filter(|factor| factor.confirmed_at.is_none()).ok_or(Refusal::NotFound)?;
    let secret = services.accounts.vault.open(&user.id, &factor.sealed_secret)?;
    set_up(&services.accounts.site_name, &user, &secret)
}

/// Ends the set-up with a first code: from now on the second factor is asked for. The recovery codes, shown once, where it is the
/// first second factor, otherwise none.
pub async fn confirm_second_factor(services: &Services, ctx: &Ctx, code: &str) -> Result<Vec<String>> {
    let (user, _) = own(services, ctx).await?;
    let subject = format!("second factor of {}", user.id);
    throttle::spend(services, ctx, &subject, OF_ACCOUNT).await?;
    let found = second_factors::find(services.db.pool(), &user.id).await?;
    let factor = found.filter(|factor| factor.confirmed_at.is_none()).ok_or_else(already)?;
    let secret = services.accounts.vault.open(&user.id, &factor.sealed_secret)?;
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = step_of(&secret, &plain, ctx.now)?.ok_or_else(|| {
        Refusal::field(
            "code",
            "wrong",
            "This is not the present code. Wait for the next one and check the clock of your device.",
        )
    })?;
    let tx = services.db.begin().await?;
    accounts::find_user_to_change(&tx, &user.id).await?.ok_or(Refusal::Unauthenticated)?;
    let codes = codes_with_first(&tx, &user).await?;
    if !second_factors::use_step(&tx, &user.id, step).await? {
        return Err(already().into());
    }
    second_factors::confirm(&tx, &user.id, ctx.now).await?;
    // What stood in for another factor stands in for no new one.
    forget_devices_of(&tx, ctx, ctx.caller()?, &user.id).await?;
    note(&tx, ctx, &user, "second_factor_added").await?;
    persistence::db::commit(tx).await?;
    throttle::clear(services, &subject).await?;
    Ok(codes)
}

/// Replaces the recovery codes, knowing the password; they are shown once.
pub async fn renew_recovery_codes(services: &Services, ctx: &Ctx, password: &str) -> Result<Vec<String>> {
    let (user, hash) = own(services, ctx).await?;
    confirm_password(services, ctx, &user, hash, password).await?;
    let tx = services.db.begin().await?;
    accounts::find_user_to_change(&tx, &user.id).await?.ok_or(Refusal::Unauthenticated)?;
    if !second_factors::is_asked_for(&tx, &user.id).await? {
        return Err(none().into());
    }
    let codes = replace_codes(&tx, &user).await?;
    note(&tx, ctx, &user, "recovery_codes_renewed").await?;
    persistence::db::commit(tx).await?;
    Ok(codes)
}

/// Takes one's own authenticator app away, knowing the password; devices that stood in for it are forgotten. Passkeys stay: whether
/// there are any.
pub async fn remove_second_factor(services: &Services, ctx: &Ctx, password: &str) -> Result<bool> {
    let (user, hash) = own(services, ctx).await?;
    confirm_password(services, ctx, &user, hash, password).await?;
    let tx = services.db.begin().await?;
    accounts::find_user_to_change(&tx, &user.id).await?.ok_or(Refusal::Unauthenticated)?;
    if !second_factors::remove(&tx, &user.id).await? {
        return Err(none().into());
    }
    let is_left = !end_codes_with_last(&tx, &user.id).await?;
    forget_devices_of(&tx, ctx, ctx.caller()?, &user.id).await?;
    note(&tx, ctx, &user, "second_factor_removed").await?;
    persistence::db::commit(tx).await?;
    Ok(is_left)
}

/// Takes somebody's second factors away who has lost them and the recovery codes, app and passkeys alike, and forgets the devices that
/// stood in for them; for those who manage people.
pub async fn reset_second_factor(services: &Services, ctx: &Ctx, user_id: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let user = accounts::find_user_to_change(&tx, user_id).await?.ok_or(Refusal::NotFound)?;
    let had_app = second_factors::remove(&tx, &user.id).await?;
    let passkeys = passkeys::delete_of_user(&tx, &user.id).await?;
    if !had_app && passkeys == 0 {
        return Err(none().into());
    }
    second_factors::remove_codes(&tx, &user.id).await?;
    forget_devices_of(&tx, ctx, by, &user.id).await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    let details = if passkeys > 0 { serde_json::json!({"passkeys": passkeys}) } else { serde_json::json!({}) };
    records::note(&tx, ctx, by, about, "second_factor_reset", details).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Seals recovery codes for the one page that shows them.
pub fn seal_codes(services: &Services, ctx: &Ctx, codes: &[String]) -> Result<String> {
    services.accounts.vault.seal(&shown_to(ctx)?, &codes.join(" "))
}

/// Opens what [`seal_codes`] sealed, for the same person.
pub fn open_codes(services: &Services, ctx: &Ctx, sealed: &str) -> Result<Vec<String>> {
    let codes = services.accounts.vault.open(&shown_to(ctx)?, sealed)?;
    Ok(codes.split(' ').map(ToOwned::to_owned).collect())
}

fn shown_to(ctx: &Ctx) -> Result<String, Refusal> {
    Ok(format!("codes shown to {}", ctx.caller()?.actor.id))
}

/// The recovery codes that come with the first second factor of somebody, whose account is locked; none where they have one already.
pub(super) async fn codes_with_first(tx: &Tx, user: &User) -> Result<Vec<String>> {
    if second_factors::is_asked_for(tx, &user.id).await? { Ok(Vec::new()) } else { replace_codes(tx, user).await }
}

/// Ends the recovery codes of somebody, whose account is locked, where nothing is left that they could stand in for; whether that
/// is so.
pub(super) async fn end_codes_with_last(tx: &Tx, user_id: &str) -> Result<bool> {
    let was_last = !second_factors::is_asked_for(tx, user_id).await?;
    if was_last {
        second_factors::remove_codes(tx, user_id).await?;
    }
    Ok(was_last)
}

async fn replace_codes(tx: &Tx, user: &User) -> Result<Vec<String>> {
    let codes = new_recovery_codes();
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(&user.id, code)).collect();
    second_factors::replace_codes(tx, &user.id, &hashes).await?;
    Ok(codes)
}

async fn note(tx: &Tx, ctx: &Ctx, user: &User, event_type: &str) -> Result<()> {
    let about = About { resource_type: "user", resource_id: &user.id };
    records::note(tx, ctx, ctx.caller()?, about, event_type, serde_json::json!({})).await
}

fn already() -> Refusal {
    Refusal::blocked(
        "second_factor_present",
        "Your authenticator app is set up already. Remove it before you set up another.",
    )
}

fn none() -> Refusal {
    Refusal::blocked("no_second_factor", "There is no second factor.")
}
