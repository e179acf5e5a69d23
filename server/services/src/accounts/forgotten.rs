//! A forgotten password: a letter with a link that works once and for half an hour.

use chrono::{DateTime, Duration, Utc};
use domain::actor::Caller;
use domain::delivery::Sink;
use domain::people::User;
use domain::refusal::{Refusal, all_valid};
use domain::text::check_email;
use persistence::outbox::{self, Task};
use persistence::{accounts, password_links, sessions};
use serde::{Deserialize, Serialize};

use super::authenticate::hash_of;
use super::devices::forget_devices_of;
use super::letters::password_letter;
use super::own_tokens::end_tokens_of;
use super::sign_in::as_caller;
use super::throttle::{self, Allowance};
use super::tokens::secret;
use super::{invitations, password_of, password_rules, passwords};
use crate::records::{self, About};
use crate::{Ctx, Result, ServiceError, Services, ids};

/// How long a link works.
const LINK: Duration = Duration::minutes(30);
/// After this long nobody waits for a letter any more.
const TOO_LATE: Duration = Duration::days(1);
/// Letters asked for by one client.
const OF_CLIENT: Allowance = Allowance { tries: 20, within: Duration::hours(1) };
/// Letters to one address; those over it are not sent, which nobody is told.
const TO_ADDRESS: Allowance = Allowance { tries: 3, within: Duration::hours(1) };

/// The letter that a task of the outbox stands for; it holds no secret.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    email: String,
    at: DateTime<Utc>,
}

/// Asks for a letter to this address. Nothing is looked up here, so that answer and time are the same whoever has an account.
pub async fn ask_for_link(services: &Services, ctx: &Ctx, email: &str) -> Result<()> {
    if services.accounts.mailer.is_none() {
        let message = "This site sends no mail. Ask an operator or administrator to give you a new password.";
        return Err(Refusal::blocked("no_mail", message).into());
    }
    let email = email.trim().to_lowercase();
    let mut problems = Vec::new();
    check_email(&mut problems, "email", &email);
    all_valid(problems)?;
    throttle::spend(services, ctx, &format!("link asked from {}", throttle::client_of(ctx)), OF_CLIENT).await?;
    if throttle::seconds_to_wait(services, ctx, &format!("link to {email}"), TO_ADDRESS).await?.is_some() {
        return Ok(());
    }
    let payload = serde_json::to_value(Asked { email, at: ctx.now })
        .map_err(|e| ServiceError::Internal(format!("a task cannot be written: {e}")))?;
    let task = Task::new(ids::new_id(ctx.now), Sink::Letter.as_str(), "password_link", payload);
    let tx = services.db.begin().await?;
    outbox::push(&tx, &task, ctx.now).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(())
}

/// Sends the letter of a task, with a new link each time it is tried.
pub(crate) async fn send_letter(services: &Services, task: &Task) -> Result<()> {
    if task.subject == invitations::SUBJECT {
        return invitations::send(services, task).await;
    }
    let now = services.clock.now();
    let asked: Asked = serde_json::from_value(task.payload.clone())
        .map_err(|e| ServiceError::Internal(format!("a task cannot be read: {e}")))?;
    let Some(mailer) = &services.accounts.mailer else {
        return Err(ServiceError::Internal("a letter waits, but SMTP_URL is not set".to_owned()));
    };
    if now - asked.at > TOO_LATE {
        tracing::warn!(task = %task.id, "a letter could not be sent for a day and was given up");
        return Ok(());
    }
    let Some((user, token)) = link_anew(services, &asked.email, now).await? else { return Ok(()) };
    let link = format!("{}/account/reset?token={token}", services.accounts.public_url);
    mailer.send(&password_letter(&services.accounts.site_name, &user, &link), now).await?;
    let ctx = Ctx::system("mail", now);
    let tx = services.db.begin().await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    records::note(&tx, &ctx, &Caller::system("mail"), about, "password_link_sent", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Whom a letter is to, with their new link: people with a password of their own who may sign in.
///
/// The account is locked before anything else, as it is by whoever changes it or its links: who puts the address right does so
/// before, and no letter goes to the old one, or after the commit, and the link ends with that; never between a look and the link.
async fn link_anew(services: &Services, email: &str, now: DateTime<Utc>) -> Result<Option<(User, String)>> {
    let tx = services.db.begin().await?;
    let found = accounts::find_user_by_email_to_change(&tx, email).await?;
    let found = found.and_then(|(user, hash)| hash.map(|_| user)).filter(|user| !user.disabled);
    let Some(user) = found else { return Ok(None) };
    let token = secret();
    password_links::replace(&tx, &user.id, &hash_of(&token), now + LINK).await?;
    persistence::db::commit(tx).await?;
    Ok(Some((user, token)))
}

/// Whether a link still works; looking does not use it up.
pub async fn link_is_live(services: &Services, ctx: &Ctx, token: &str) -> Result<bool> {
    Ok(password_links::find(services.db.pool(), &hash_of(token), ctx.now).await?.is_some())
}

/// Chooses a new password by a link, which is used up; all sessions and the person's own tokens end, and devices are forgotten.
pub async fn reset_by_link(services: &Services, ctx: &Ctx, token: &str, password: &str) -> Result<()> {
    let hash = hash_of(token);
    let db = services.db.pool();
    let user_id = password_links::find(db, &hash, ctx.now).await?.ok_or_else(ended)?;
    let user = accounts::find_user(db, &user_id).await?.filter(|user| !user.disabled).ok_or_else(ended)?;
    password_of(services, &user).await?.ok_or_else(ended)?;
    let mut problems = Vec::new();
    password_rules::check(services, &mut problems, "new_password", password, &[&user.name, &user.email]).await?;
    all_valid(problems)?;
    let new = passwords::hash(password.to_owned()).await?;
    let tx = services.db.begin().await?;
    // Before the link, as by whoever changes the account; it may have been suspended since it was read.
    let user = accounts::find_user_to_change(&tx, &user.id).await?.filter(|user| !user.disabled).ok_or_else(ended)?;
    if !password_links::take(&tx, &hash, ctx.now).await? {
        return Err(ended().into());
    }
    accounts::set_password(&tx, &user.id, &new).await?;
    accounts::note_sign_in(&tx, &user.email, None).await?;
    password_links::remove_of_user(&tx, &user.id).await?;
    let sessions = sessions::delete_of_user(&tx, &user.id).await?;
    end_tokens_of(&tx, ctx, &as_caller(&user), &user.id).await?;
    forget_devices_of(&tx, ctx, &as_caller(&user), &user.id).await?;
    let about = About { resource_type: "user", resource_id: &user.id };
    let details = serde_json::json!({"by": "mail", "sessions_ended": sessions});
    records::note(&tx, ctx, &as_caller(&user), about, "password_reset", details).await?;
    Ok(persistence::db::commit(tx).await?)
}

fn ended() -> Refusal {
    Refusal::blocked("link_ended", "This link was used already or has ended. Ask for a new one.")
}
