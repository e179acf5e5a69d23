//! Taking an account away.

use domain::people::User;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{accounts, people, sessions};

use crate::accounts::{end_links_of, end_tokens_of, forget_devices_of};
use crate::rights::Rights;
use crate::{Ctx, Result, Services, records};

/// Deletes an account that never did anything, and disables any other, so that records keep somebody to name; sessions,
/// links, tokens and remembered devices of its own end at once.
pub async fn remove(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let user = accounts::find_user(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if user.revision != expected {
        return Err(Refusal::Stale.into());
    }
    let has_acted = people::has_acted(&tx, id).await?;
    let done = if has_acted {
        people::replace(&tx, &User { disabled: true, ..user.clone() }, ctx.now).await?
    } else {
        people::delete(&tx, &user, ctx.now).await?
    };
    if !done {
        return Err(Refusal::Stale.into());
    }
    rights.must_hold_after(&tx, by).await?;
    sessions::delete_of_user(&tx, id).await?;
    end_tokens_of(&tx, ctx, by, id).await?;
    forget_devices_of(&tx, ctx, by, id).await?;
    end_links_of(&tx, ctx, by, id).await?;
    let about = records::user(id);
    if has_acted {
        let disabled = |is_disabled: bool| serde_json::json!({"disabled": is_disabled});
        records::change(&tx, ctx, by, about, "disabled", &disabled(user.disabled), &disabled(true)).await?;
    } else {
        records::change(&tx, ctx, by, about, "deleted", &user, &()).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}
