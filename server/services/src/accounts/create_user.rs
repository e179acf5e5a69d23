//! Making and mending accounts.

use domain::actor::Caller;
use domain::people::{Team, User};
use domain::policy::{Grant, Permission};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::{check_email, check_line};
use persistence::{PersistenceError, Tx, accounts, invitations, password_links, sessions, teams};

use super::devices::forget_devices_of;
use super::own_tokens::end_tokens_of;
use super::{password_rules, passwords};
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids, rights};

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The address to sign in with.
    pub email: String,
    /// The name shown to colleagues.
    pub name: String,
    /// The first password; none where somebody else signs people in.
    pub password: Option<String>,
    /// What the person may do.
    pub grants: Vec<Grant>,
}

/// Makes an account.
pub async fn create_user(services: &Services, ctx: &Ctx, new: NewUser) -> Result<User> {
    create_user_unless(services, ctx, new, Vec::new()).await
}

/// The same for a request in which something was found wrong already.
pub async fn create_user_unless(
    services: &Services,
    ctx: &Ctx,
    new: NewUser,
    found: Vec<FieldProblem>,
) -> Result<User> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let (user, hash) = sound(services, ctx, new, found).await?;
    let tx = services.db.begin().await?;
    insert(&tx, ctx, by, &user, hash).await?;
    persistence::db::commit(tx).await?;
    Ok(user)
}

/// The account with the hash of its password, if nothing is wrong with it.
pub(super) async fn sound(
    services: &Services,
    ctx: &Ctx,
    new: NewUser,
    found: Vec<FieldProblem>,
) -> Result<(User, Option<String>)> {
    let email = new.email.trim().to_lowercase();
    let mut problems = found;
    check_email(&mut problems, "email", &email);
    check_line(&mut problems, "name", &new.name, 200);
    if let Some(password) = &new.password {
        password_rules::check(services, &mut problems, "password", password, &[&new.name, &email]).await?;
    }
    problems.extend(rights::problems_of(services, "grants", &new.grants, &[], ctx.now).await?);
    all_valid(problems)?;
    let hash = match new.password {
        Some(password) => Some(passwords::hash(password).await?),
        None => None,
    };
    let user = User {
        id: ids::new_id(ctx.now),
        email,
        name: new.name,
        disabled: false,
        grants: rights::with_ids(ctx, new.grants, &[]),
        created_at: ctx.now,
        last_edited: ctx.now,
        revision: 1,
    };
    Ok((user, hash))
}

/// Adds a sound account with its record.
pub(super) async fn insert(tx: &Tx, ctx: &Ctx, by: &Caller, user: &User, hash: Option<String>) -> Result<()> {
    match accounts::insert_user(tx, user, hash).await {
        Err(PersistenceError::Duplicate(_)) => return Err(crate::people::email_taken().into()),
        other => other?,
    }
    records::change(tx, ctx, by, records::user(&user.id), "created", &(), user).await
}

/// Gives somebody a new password, ends all their sessions and the tokens that they made for themselves, and forgets their devices.
pub async fn reset_password(services: &Services, ctx: &Ctx, email: &str, password: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let found = accounts::find_user_by_email(services.db.pool(), &email.trim().to_lowercase()).await?;
    let (user, _) = found.ok_or(Refusal::NotFound)?;
    let mut problems = Vec::new();
    password_rules::check(services, &mut problems, "password", password, &[&user.name, &user.email]).await?;
    all_valid(problems)?;
    let hash = passwords::hash(password.to_owned()).await?;
    let tx = services.db.begin().await?;
    accounts::set_password(&tx, &user.id, &hash).await?;
    accounts::note_sign_in(&tx, &user.email, None).await?;
    password_links::remove_of_user(&tx, &user.id).await?;
    invitations::end(&tx, &user.id).await?;
    sessions::delete_of_user(&tx, &user.id).await?;
    end_tokens_of(&tx, ctx, by, &user.id).await?;
    forget_devices_of(&tx, ctx, by, &user.id).await?;
    records::note(&tx, ctx, by, records::user(&user.id), "password_reset", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Gives several accounts the same new password at once, for demonstrations.
pub async fn set_passwords(services: &Services, ctx: &Ctx, emails: &[String], password: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let mut problems = Vec::new();
    password_rules::check(services, &mut problems, "password", password, &[]).await?;
    all_valid(problems)?;
    let hash = passwords::hash(password.to_owned()).await?;
    let tx = services.db.begin().await?;
    for email in emails {
        if let Some((user, _)) = accounts::find_user_by_email(&tx, email).await? {
            accounts::set_password(&tx, &user.id, &hash).await?;
            forget_devices_of(&tx, ctx, by, &user.id).await?;
            records::note(&tx, ctx, by, records::user(&user.id), "password_reset", serde_json::json!({})).await?;
        }
    }
    Ok(persistence::db::commit(tx).await?)
}

/// All accounts.
pub async fn list_users(services: &Services, ctx: &Ctx) -> Result<Vec<User>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(accounts::list_users(services.db.pool()).await?)
}

/// Adds or replaces a team.
pub async fn save_team(services: &Services, ctx: &Ctx, team: &Team) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let before = teams::find(&tx, &team.id).await?;
    teams::save(&tx, &Team { last_edited: Some(ctx.now), ..team.clone() }).await?;
    let about = About { resource_type: "team", resource_id: &team.id };
    let after = Team { last_edited: before.as_ref().and_then(|team| team.last_edited), ..team.clone() };
    records::change(&tx, ctx, by, about, "saved", &before, &after).await?;
    Ok(persistence::db::commit(tx).await?)
}
