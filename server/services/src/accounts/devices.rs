//! Devices that are remembered at the second step: who gives the right password there is not asked for a code again for a time.

use domain::account::RememberedDevice;
use domain::actor::Caller;
use domain::people::User;
use domain::refusal::Refusal;
use persistence::{Tx, accounts, remembered_devices, second_factors};
use serde_json::json;

use super::attempts;
use super::authenticate::hash_of;
use super::sign_in::{Opening, as_caller, open, own};
use super::tokens::secret;
use crate::{Ctx, Result, Services, ids, records};

/// Has a device remembered, unless the site remembers none; what it shows from now on, which is kept as a hash.
pub(super) async fn remember(
    services: &Services,
    ctx: &Ctx,
    tx: &Tx,
    user: &User,
    browser: &str,
) -> Result<Option<String>> {
    let days = services.accounts.remember_device_days;
    if days == 0 {
        return Ok(None);
    }
    // Locked, as by whoever changes the password or suspends the account: either they come first, or they find the device.
    let found = accounts::find_user_to_change(tx, &user.id).await?;
    found.filter(|user| !user.disabled).ok_or(Refusal::Unauthenticated)?;
    let shown = secret();
    let device = RememberedDevice::new(ids::new_id(ctx.now), &user.id, browser, days, ctx.now);
    remembered_devices::insert(tx, &device, &hash_of(&shown)).await?;
    let details = json!({"device": device.id, "browser": device.browser, "expires_at": device.expires_at});
    records::note(tx, ctx, &as_caller(user), records::user(&user.id), "device_remembered", details).await?;
    Ok(Some(shown))
}

/// Lets somebody in who gave the right password in a browser that shows this: without the second step where it is a device that
/// they had remembered.
///
/// What another person had remembered stands in for nobody and is forgotten: somebody else uses that browser now.
pub(super) async fn open_on(services: &Services, ctx: &Ctx, user: User, shown: &str) -> Result<Opening> {
    let tx = services.db.begin().await?;
    let found = remembered_devices::find(&tx, &hash_of(shown)).await?;
    let (theirs, of_others): (Vec<_>, Vec<_>) = found.into_iter().partition(|device| device.user_id == user.id);
    for device in &theirs {
        if stands_in(services, ctx, &tx, device).await? {
            const WAY: &str = "remembered device";
            attempts::succeeded(&tx, ctx, &user, WAY);
            persistence::db::commit(tx).await?;
            tracing::info!(user.id = %user.id, way = WAY, "signed in");
            return Ok(Opening { user, second_step: false, forgets_device: false });
        }
    }
    for device in &of_others {
        forget(&tx, ctx, &as_caller(&user), device).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(Opening { forgets_device: true, ..open(services, ctx, user, "password").await? })
}

/// Whether a device stands in for the second factor of whose it is; that it does is noted.
async fn stands_in(services: &Services, ctx: &Ctx, tx: &Tx, device: &RememberedDevice) -> Result<bool> {
    if !device.clone().under(services.accounts.remember_device_days).is_live(ctx.now) {
        return Ok(false);
    }
    if !second_factors::is_asked_for(tx, &device.user_id).await? {
        return Ok(false);
    }
    // Whoever has it forgotten meanwhile was faster.
    Ok(remembered_devices::note_use(tx, &device.id, ctx.now).await?)
}

/// The devices of somebody that stand in for the second factor now, the newest first.
pub(super) async fn live_devices_of(services: &Services, ctx: &Ctx, user_id: &str) -> Result<Vec<RememberedDevice>> {
    let days = services.accounts.remember_device_days;
    let all = remembered_devices::of_user(services.db.pool(), user_id).await?;
    Ok(all.into_iter().map(|device| device.under(days)).filter(|device| device.is_live(ctx.now)).collect())
}

/// Forgets one of one's own devices.
///
/// # Errors
/// `NotFound` for one that is unknown, forgotten already or somebody else's.
pub async fn forget_device(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let (user, _) = own(services, ctx).await?;
    let tx = services.db.begin().await?;
    let found = remembered_devices::of_user(&tx, &user.id).await?.into_iter().find(|device| device.id == id);
    forget(&tx, ctx, ctx.caller()?, &found.ok_or(Refusal::NotFound)?).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Forgets all devices of somebody: with their password, with their second factor, with all their sessions, and where they may
/// not sign in any more.
pub(crate) async fn forget_devices_of(tx: &Tx, ctx: &Ctx, by: &Caller, user_id: &str) -> Result<()> {
    for device in remembered_devices::of_user(tx, user_id).await? {
        forget(tx, ctx, by, &device).await?;
    }
    Ok(())
}

/// Forgets a device and records it, unless somebody else was faster.
async fn forget(tx: &Tx, ctx: &Ctx, by: &Caller, device: &RememberedDevice) -> Result<()> {
    if remembered_devices::delete(tx, &device.id).await? {
        let details = json!({"device": device.id, "browser": device.browser});
        records::note(tx, ctx, by, records::user(&device.user_id), "device_forgotten", details).await?;
    }
    Ok(())
}
