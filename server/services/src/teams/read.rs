//! Reading teams.

use domain::page::{Page, Paging};
use domain::people::Team;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::teams;

use crate::{Ctx, Result, Services};

/// A page of the teams by name; of those whose name holds a text, or that somebody is in.
pub async fn list(
    services: &Services,
    ctx: &Ctx,
    name: Option<&str>,
    member: Option<&str>,
    paging: Paging,
) -> Result<Page<Team>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(teams::page(services.db.pool(), name, member, paging).await?)
}

/// The team with this id.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Team> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(teams::find(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?)
}
