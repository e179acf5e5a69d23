//! Invitations: a link by which somebody gets into an account that was made for them. It works once and for seven days.

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::delivery::Sink;
use domain::invitation::{Invitation, Invited, Welcome};
use domain::people::User;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_line;
use persistence::outbox::{self, Task};
use persistence::{Connection, Tx, accounts, identities, invitations, password_links, people};
use serde::{Deserialize, Serialize};

use super::authenticate::{by_user_id, hash_of};
use super::create_user::{self, NewUser};
use super::letters::invitation_letter;
use super::provider::STAND_IN;
use super::second_factor::{begin_second_factor, owes_second_factor};
use super::sign_in::{Opening, as_caller, open};
use super::tokens::secret;
use super::{password_of, password_rules, passwords};
use crate::{Ctx, Result, ServiceError, Services, ids, records};

/// What letters of invitations are called in the outbox.
pub(super) const SUBJECT: &str = "invitation";

/// The letter that a task of the outbox stands for; it holds no secret.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    user_id: String,
    at: DateTime<Utc>,
}

/// Somebody who has taken an invitation up.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// That they are in.
    pub opening: Opening,
    /// Whether they go on to set a second factor up, which was begun.
    pub sets_factor_up: bool,
}

/// Invites somebody to the account that was made for them, or invites again, which ends the link before.
///
/// By letter where mail is configured; otherwise the link itself, for whoever invites to hand over.
///
/// # Errors
/// `NotFound` where there is no such account; `Blocked` where it is suspended, has a password or is one of a provider;
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn invite(services: &Services, ctx: &Ctx, user_id: &str) -> Result<(Invited, Option<String>)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let done = invite_within(services, ctx, by, &tx, user_id).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(done)
}

/// Makes an account for somebody and invites them to it; where either is refused, neither is done.
///
/// `found` is what was found wrong in the request already.
///
/// # Errors
/// As of making an account and of [`invite`]; `Invalid` where the account is to have a password, too.
pub async fn invite_new(
    services: &Services,
    ctx: &Ctx,
    new: NewUser,
    mut found: Vec<FieldProblem>,
) -> Result<(Invited, Option<String>)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    if new.password.is_some() {
        let message = "Whoever is invited chooses a password. Leave this empty, or do not invite.";
        found.push(FieldProblem::new("password", "not_with_invitation", message));
    }
    let (user, hash) = create_user::sound(services, ctx, new, found).await?;
    let tx = services.db.begin().await?;
    create_user::insert(&tx, ctx, by, &user, hash).await?;
    let done = invite_within(services, ctx, by, &tx, &user.id).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(done)
}

async fn invite_within(
    services: &Services,
    ctx: &Ctx,
    by: &Caller,
    tx: &Tx,
    user_id: &str,
) -> Result<(Invited, Option<String>)> {
    let user = invitable(tx, user_id).await?;
    let again = invitations::find(tx, &user.id).await?.is_some();
    let invitation = Invitation::new(&user.id, &by.actor.name, ctx.now);
    invitations::save(tx, &invitation).await?;
    let link = if services.accounts.mailer.is_some() {
        password_links::remove_of_user(tx, &user.id).await?;
        outbox::push(tx, &letter_to(&user, ctx)?, ctx.now).await?;
        None
    } else {
        let token = secret();
        password_links::replace(tx, &user.id, &hash_of(&token), invitation.expires_at).await?;
        Some(link_of(services, &token))
    };
    let event = if again { "invited_again" } else { "invited" };
    let details = serde_json::json!({"by_mail": link.is_none(), "expires_at": invitation.expires_at});
    records::note(tx, ctx, by, records::user(&user.id), event, details).await?;
    Ok((Invited { name: user.name, email: user.email, invitation }, link))
}

/// The account, if somebody may be invited to it.
///
/// Whatever changes an invitation locks the account before anything else, as does who edits it, so that no two wait for each other.
async fn invitable(tx: &Tx, user_id: &str) -> Result<User> {
    let user = accounts::find_user_to_change(tx, user_id).await?.ok_or(Refusal::NotFound)?;
    if user.disabled {
        return Err(Refusal::blocked("suspended", "This account is suspended. Open it again first.").into());
    }
    let found = accounts::find_user_by_email(tx, &user.email).await?;
    if found.is_some_and(|(_, hash)| hash.is_some()) {
        let message = "This person has a password already. They can ask for a new one, or you give them one.";
        return Err(Refusal::blocked("has_password", message).into());
    }
    if is_of_provider(tx, &user).await? {
        let message = "This person signs in with the provider's account, and needs no invitation.";
        return Err(Refusal::blocked("of_provider", message).into());
    }
    Ok(user)
}

/// Whether somebody comes in through a provider, whose word alone opens the account.
async fn is_of_provider(db: &impl Connection, user: &User) -> Result<bool> {
    Ok(user.email.ends_with(STAND_IN) || !identities::of_user(db, &user.id).await?.is_empty())
}

/// Ends the links into an account with its invitation: what they stood for is no more.
pub(crate) async fn end_links_of(tx: &Tx, ctx: &Ctx, by: &Caller, user_id: &str) -> Result<()> {
    password_links::remove_of_user(tx, user_id).await?;
    if invitations::end(tx, user_id).await? {
        records::note(tx, ctx, by, records::user(user_id), "invitation_withdrawn", serde_json::json!({})).await?;
    }
    Ok(())
}

fn letter_to(user: &User, ctx: &Ctx) -> Result<Task> {
    let payload = serde_json::to_value(Asked { user_id: user.id.clone(), at: ctx.now })
        .map_err(|e| ServiceError::Internal(format!("a task cannot be written: {e}")))?;
    Ok(Task::new(ids::new_id(ctx.now), Sink::Letter.as_str(), SUBJECT, payload))
}

fn link_of(services: &Services, token: &str) -> String {
    format!("{}/account/first-time/{token}", services.accounts.public_url)
}

/// Sends the letter of a task, with a new link each time it is tried; not where the invitation was withdrawn or made anew.
pub(super) async fn send(services: &Services, task: &Task) -> Result<()> {
    let now = services.clock.now();
    let asked: Asked = serde_json::from_value(task.payload.clone())
        .map_err(|e| ServiceError::Internal(format!("a task cannot be read: {e}")))?;
    let Some(mailer) = &services.accounts.mailer else {
        return Err(ServiceError::Internal("a letter waits, but SMTP_URL is not set".to_owned()));
    };
    let Some((user, invitation, token)) = link_anew(services, &asked, now).await? else { return Ok(()) };
    let letter =
        invitation_letter(&services.accounts.site_name, &user, &invitation.invited_by, &link_of(services, &token));
    mailer.send(&letter, now).await?;
    let ctx = Ctx::system("mail", now);
    let tx = services.db.begin().await?;
    invitations::note_sent(&tx, &invitation, now).await?;
    let by = Caller::system("mail");
    records::note(&tx, &ctx, &by, records::user(&user.id), "invitation_sent", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Whom a letter is to, with their invitation and its new link; nothing where the letter was asked for another invitation.
///
/// Whoever puts the address right or invites again does so before, and the letter is not sent, or after the commit, and its
/// link ends with that: never between a look and the link.
async fn link_anew(
    services: &Services,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Option<(User, Invitation, String)>> {
    let tx = services.db.begin().await?;
    let Some(user) = accounts::find_user_to_change(&tx, &asked.user_id).await?.filter(|user| !user.disabled) else {
        return Ok(None);
    };
    let Some(invitation) = invitations::find_to_change(&tx, &user.id).await? else { return Ok(None) };
    if invitation.invited_at.timestamp_micros() != asked.at.timestamp_micros() || !invitation.is_live(now) {
        return Ok(None);
    }
    let token = secret();
    password_links::replace(&tx, &user.id, &hash_of(&token), invitation.expires_at).await?;
    persistence::db::commit(tx).await?;
    Ok(Some((user, invitation, token)))
}

/// Takes an invitation back: its link ends. The account stays, with no way into it until somebody is invited again.
///
/// # Errors
/// `NotFound` where there is none; `Unauthenticated` or `Forbidden` without the right.
pub async fn withdraw_invitation(services: &Services, ctx: &Ctx, user_id: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    accounts::find_user_to_change(&tx, user_id).await?.ok_or(Refusal::NotFound)?;
    if !invitations::end(&tx, user_id).await? {
        return Err(Refusal::NotFound.into());
    }
    password_links::remove_of_user(&tx, user_id).await?;
    records::note(&tx, ctx, by, records::user(user_id), "invitation_withdrawn", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// The invitations that were not taken up yet, newest first.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn open_invitations(services: &Services, ctx: &Ctx) -> Result<Vec<Invited>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(invitations::list(services.db.pool()).await?)
}

/// The invitation to an account that was not taken up yet.
///
/// # Errors
/// `NotFound` where there is none; `Unauthenticated` or `Forbidden` without the right.
pub async fn find_invitation(services: &Services, ctx: &Ctx, user_id: &str) -> Result<Invited> {
    ctx.caller_with(Permission::UsersManage)?;
    let db = services.db.pool();
    let invitation = invitations::find(db, user_id).await?.ok_or(Refusal::NotFound)?;
    let user = accounts::find_user(db, user_id).await?.ok_or(Refusal::NotFound)?;
    Ok(Invited { name: user.name, email: user.email, invitation })
}

/// The open invitation of somebody, and whether they could be invited: they have no password, are not suspended and do not
/// come in through a provider.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn invitation_of(services: &Services, ctx: &Ctx, user: &User) -> Result<(Option<Invitation>, bool)> {
    ctx.caller_with(Permission::UsersManage)?;
    let db = services.db.pool();
    let invitation = invitations::find(db, &user.id).await?;
    let has_way_in = password_of(services, user).await?.is_some() || is_of_provider(db, user).await?;
    Ok((invitation, !user.disabled && !has_way_in))
}

/// Whom the link of an invitation is to; looking does not use it up.
pub async fn welcome(services: &Services, ctx: &Ctx, token: &str) -> Result<Option<Welcome>> {
    let Some(user) = invited_by_link(services, ctx, token).await? else { return Ok(None) };
    let needs_second_factor = owes(services, ctx, &user).await?;
    Ok(Some(Welcome { name: user.name, email: user.email, needs_second_factor }))
}

/// Takes an invitation up with a password, which uses its link up, and signs the person in; where they want a second factor, or
/// a role of theirs asks for one, its set-up is begun. They are called as they write their name, or as before where it is empty.
///
/// # Errors
/// `Blocked` where the link works no more; `Invalid` where the name or the password does not do.
pub async fn accept_invitation(
    services: &Services,
    ctx: &Ctx,
    token: &str,
    name: &str,
    password: &str,
    wants_factor: bool,
) -> Result<Accepted> {
    let user = invited_by_link(services, ctx, token).await?.ok_or_else(ended)?;
    let mut problems = Vec::new();
    let name = name.trim();
    if !name.is_empty() {
        check_line(&mut problems, "name", name, 200);
    }
    password_rules::check(services, &mut problems, "new_password", password, &[name, &user.name, &user.email]).await?;
    all_valid(problems)?;
    let new = passwords::hash(password.to_owned()).await?;
    let tx = services.db.begin().await?;
    let user = accounts::find_user_to_change(&tx, &user.id).await?.filter(|user| !user.disabled).ok_or_else(ended)?;
    if !password_links::take(&tx, &hash_of(token), ctx.now).await? || !invitations::end(&tx, &user.id).await? {
        return Err(ended().into());
    }
    accounts::set_password(&tx, &user.id, &new).await?;
    // That raised the revision.
    let user = User { revision: user.revision + 1, ..user };
    accounts::note_sign_in(&tx, &user.email, None).await?;
    password_links::remove_of_user(&tx, &user.id).await?;
    let user = accepted_as(&tx, ctx, user, name).await?;
    let caller = as_caller(&user);
    persistence::db::commit(tx).await?;
    let sets_factor_up = wants_factor || owes(services, ctx, &user).await?;
    if sets_factor_up {
        let own = Ctx { caller: Some(caller), via: None, ..ctx.clone() };
        begin_second_factor(services, &own).await?;
    }
    let opening = open(services, ctx, user, "invitation").await?;
    Ok(Accepted { sets_factor_up: sets_factor_up && !opening.second_step, opening })
}

/// Notes that somebody took their invitation up, and is called as they wrote their name.
async fn accepted_as(tx: &Tx, ctx: &Ctx, user: User, name: &str) -> Result<User> {
    let event = "invitation_accepted";
    if name.is_empty() || name == user.name {
        records::note(tx, ctx, &as_caller(&user), records::user(&user.id), event, serde_json::json!({})).await?;
        return Ok(user);
    }
    let called = User { name: name.to_owned(), last_edited: ctx.now, ..user.clone() };
    if !people::replace(tx, &called, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    let (before, after) = (serde_json::json!({"name": user.name}), serde_json::json!({"name": called.name}));
    records::change(tx, ctx, &as_caller(&called), records::user(&user.id), event, &before, &after).await?;
    Ok(User { revision: called.revision + 1, ..called })
}

/// Who has a live invitation with this link, and may take it up.
async fn invited_by_link(services: &Services, ctx: &Ctx, token: &str) -> Result<Option<User>> {
    let db = services.db.pool();
    let Some(user_id) = password_links::find(db, &hash_of(token), ctx.now).await? else { return Ok(None) };
    if invitations::find(db, &user_id).await?.is_none_or(|invitation| !invitation.is_live(ctx.now)) {
        return Ok(None);
    }
    let Some(user) = accounts::find_user(db, &user_id).await?.filter(|user| !user.disabled) else { return Ok(None) };
    let has_password = password_of(services, &user).await?.is_some();
    Ok(Some(user).filter(|_| !has_password))
}

/// Whether a role that somebody holds, through a team too, asks for a second factor.
async fn owes(services: &Services, ctx: &Ctx, user: &User) -> Result<bool> {
    match by_user_id(services, ctx, &user.id).await? {
        Some(caller) => owes_second_factor(services, &caller).await,
        None => Ok(false),
    }
}

fn ended() -> Refusal {
    let message =
        "This invitation was taken up already, has ended or was withdrawn. Ask whoever invited you for a new one.";
    Refusal::blocked("link_ended", message)
}
