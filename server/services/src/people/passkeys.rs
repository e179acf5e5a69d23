//! Somebody's passkeys, for those who manage people.

use domain::account::Passkey;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{accounts, passkeys};

use crate::accounts::take_away;
use crate::{Ctx, Result, Services};

/// The passkeys of somebody, the newest first.
pub async fn list_passkeys(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<Passkey>> {
    super::find(services, ctx, id).await?;
    let found = passkeys::of_user(services.db.pool(), id).await?;
    Ok(found.into_iter().map(|stored| stored.passkey).collect())
}

/// Takes one passkey of somebody away, who has lost it; devices that stood in for it are forgotten.
///
/// # Errors
/// `NotFound` where there is no such account or passkey; `Unauthenticated` or `Forbidden` without the right.
pub async fn remove_passkey(services: &Services, ctx: &Ctx, id: &str, passkey: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    accounts::find_user_to_change(&tx, id).await?.ok_or(Refusal::NotFound)?;
    take_away(&tx, ctx, by, id, passkey).await?;
    Ok(persistence::db::commit(tx).await?)
}
