//! Changing one's own password.

use domain::refusal::{FieldProblem, Refusal, all_valid};
use persistence::{accounts, password_links};

use super::devices::forget_devices_of;
use super::own_sessions::end_all_but;
use super::sign_in::{confirm_password, own};
use super::{password_rules, passwords};
use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// Replaces one's own password, knowing the present one, ends all sessions but the one with the handle `keep`, and forgets all
/// devices.
pub async fn change_password(
    services: &Services,
    ctx: &Ctx,
    present: &str,
    new: &str,
    keep: Option<&str>,
) -> Result<()> {
    let (user, hash) = own(services, ctx).await?;
    if hash.is_none() {
        return Err(Refusal::blocked("no_password", "This account signs in elsewhere and has no password here.").into());
    }
    confirm_password(services, ctx, &user, hash, present).await?;
    let mut problems: Vec<FieldProblem> = Vec::new();
    password_rules::check(services, &mut problems, "new_password", new, &[&user.name, &user.email]).await?;
    if new == present {
        problems.push(FieldProblem::new("new_password", "unchanged", "Choose another password than the present one."));
    }
    all_valid(problems)?;
    let hash = passwords::hash(new.to_owned()).await?;
    let tx = services.db.begin().await?;
    accounts::set_password(&tx, &user.id, &hash).await?;
    password_links::remove_of_user(&tx, &user.id).await?;
    let ended = end_all_but(&tx, ctx, &user.id, keep).await?;
    forget_devices_of(&tx, ctx, ctx.caller()?, &user.id).await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    let details = serde_json::json!({"sessions_ended": ended});
    records::note(&tx, ctx, ctx.caller()?, about, "password_changed", details).await?;
    Ok(persistence::db::commit(tx).await?)
}
