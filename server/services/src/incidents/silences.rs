//! Conditions that open no incident for a time, for a reason.

use domain::operations::{NewSilence, Silence};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use persistence::silences;

use crate::records::{About, Entry};
use crate::{Ctx, Result, Services};

/// Of what the audit trail tells.
const ABOUT: About<'static> = About { resource_type: "system", resource_id: "alerts" };

/// Has a condition open no incident for some hours, on every node; one that is open already stays.
///
/// # Errors
/// `Invalid` with everything that is wrong; `Unauthenticated` or `Forbidden` without the right.
pub async fn silence(services: &Services, ctx: &Ctx, new: &NewSilence) -> Result<Silence> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    all_valid(new.problems())?;
    let begun = new.begin(&by.actor.name, ctx.now).ok_or(Refusal::NotFound)?;
    let tx = services.db.begin().await?;
    silences::save(&tx, &begun).await?;
    let details = serde_json::json!({"condition": begun.key(), "title": begun.title(), "until": begun.until});
    Entry::new(ctx, &by.actor, ABOUT, "alert_silenced").because(Some(begun.reason.clone())).details(details).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(begun)
}

/// Has a condition open incidents again before its silence is over.
///
/// # Errors
/// `NotFound` where it is not silenced; `Unauthenticated` or `Forbidden` without the right.
pub async fn unsilence(services: &Services, ctx: &Ctx, key: &str) -> Result<Silence> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let found = silences::find(&tx, key).await?;
    // One that is over is there until it is tidied away, and silences nothing.
    let silence = found.filter(|silence| silence.until > ctx.now).ok_or(Refusal::NotFound)?;
    silences::remove(&tx, key).await?;
    let details = serde_json::json!({"condition": key, "title": silence.title(), "until": silence.until});
    Entry::new(ctx, &by.actor, ABOUT, "alert_unsilenced").details(details).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(silence)
}
