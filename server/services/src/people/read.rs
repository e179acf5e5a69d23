//! Reading accounts, and giving somebody a new password.

use std::collections::HashSet;

use domain::actor::{ActorKind, Caller};
use domain::administration::SignsIn;
use domain::page::{Page, Paging};
use domain::people::{Team, User};
use domain::policy::{Permission, Role};
use domain::refusal::Refusal;
use persistence::people::UserFilter;
use persistence::{accounts, events, people, second_factors, teams};

use crate::{Ctx, Result, Services};

/// Which accounts are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only those whose name or address holds this text.
    pub text: Option<String>,
    /// Only those with a grant of this role.
    pub role: Option<Role>,
    /// Only those with a grant that names this department; of the role asked for, if one is.
    pub department: Option<String>,
    /// Only those that are disabled, or that are not.
    pub disabled: Option<bool>,
}

/// A page of the accounts, by name.
pub async fn list(services: &Services, ctx: &Ctx, asked: &Asked, paging: Paging) -> Result<Page<User>> {
    ctx.caller_with(Permission::UsersManage)?;
    let filter = UserFilter {
        text: asked.text.clone(),
        disabled: asked.disabled,
        role: asked.role,
        department: asked.department.clone(),
    };
    Ok(people::page(services.db.pool(), &filter, paging).await?)
}

/// When each of these last signed in and whether they are asked for a second factor, in their order.
pub async fn sign_in(services: &Services, ctx: &Ctx, users: &[User]) -> Result<Vec<SignsIn>> {
    ctx.caller_with(Permission::UsersManage)?;
    let db = services.db.pool();
    let ids: Vec<String> = users.iter().map(|user| user.id.clone()).collect();
    let last = events::last_signed_in_among(db, &ids).await?;
    let factors: HashSet<String> = second_factors::confirmed(db).await?.into_iter().collect();
    let of = |id: &String| SignsIn { last: last.get(id).copied(), has_second_factor: factors.contains(id) };
    Ok(ids.iter().map(of).collect())
}

/// The account with this id.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<User> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(accounts::find_user(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?)
}

/// Whether somebody is asked for a second factor at sign-in.
pub async fn has_second_factor(services: &Services, ctx: &Ctx, id: &str) -> Result<bool> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(second_factors::is_asked_for(services.db.pool(), id).await?)
}

/// The caller itself: its rights, its teams, and its account where it is a person with one.
pub async fn me<'a>(services: &Services, ctx: &'a Ctx) -> Result<(&'a Caller, Option<User>, Vec<Team>)> {
    let caller = ctx.caller()?;
    if caller.actor.kind != ActorKind::User {
        return Ok((caller, None, Vec::new()));
    }
    let db = services.db.pool();
    let user = accounts::find_user(db, &caller.actor.id).await?;
    let mine = teams::page(db, None, Some(&caller.actor.id), Paging::WHOLE).await?;
    Ok((caller, user, mine.items))
}

/// Gives somebody a new password and ends all their sessions.
pub async fn set_password(services: &Services, ctx: &Ctx, id: &str, password: &str) -> Result<()> {
    let user = find(services, ctx, id).await?;
    crate::accounts::reset_password(services, ctx, &user.email, password).await
}
