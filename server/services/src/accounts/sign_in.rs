//! Signing in and out.

use chrono::{DateTime, Duration, Utc};
use domain::actor::{Actor, ActorKind, Caller};
use domain::people::{MAX_PASSWORD, User};
use domain::refusal::Refusal;
use persistence::{accounts, second_factors, throttles};
use tracing::Instrument;

use super::throttle::{self, Allowance};
use super::{attempts, devices, password_of, passwords};
use crate::records;
use crate::{Ctx, Result, ServiceError, Services};

/// Failures in a row that are free of waiting.
const FREE_FAILURES: i64 = 5;
/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 900;
/// Failures of one client, whatever the accounts; enough for an office behind one address.
const OF_CLIENT: Allowance = Allowance { tries: 50, within: Duration::minutes(15) };

/// Somebody who has shown that they are who they say.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Who.
    pub user: User,
    /// Whether the second factor has still to be asked for.
    pub second_step: bool,
    /// Whether what the browser showed of a remembered device holds no more.
    pub forgets_device: bool,
}

/// Signs somebody in, or refuses in the same words and time whatever is wrong; too many failures make it wait.
///
/// A try counts as failed before its password is looked at, so that guesses side by side, from wherever, gain nothing; one that is
/// right takes that back, and all before it. What is refused for its number is recorded once while the wait lasts, so that nobody
/// fills the audit trail by trying. `device` is what the browser shows of a device that was remembered, where it does: for a right
/// password it may stand in for the second step.
pub async fn sign_in(
    services: &Services,
    ctx: &Ctx,
    email: &str,
    password: &str,
    device: Option<&str>,
) -> Result<Opening> {
    let email = email.trim().to_lowercase();
    if password.chars().count() > MAX_PASSWORD || email.len() > 254 {
        return Err(wrong().into());
    }
    let (services, ctx, password) = (services.clone(), ctx.clone(), password.to_owned());
    let device = device.map(ToOwned::to_owned);
    // In a task of its own, so that who hangs up does not leave a right password counted as wrong.
    let trying = async move { try_password(&services, &ctx, &email, password, device).await };
    let tried = tokio::spawn(trying.in_current_span()).await;
    tried.map_err(|e| ServiceError::Internal(format!("a sign-in stopped: {e}")))?
}

async fn try_password(
    services: &Services,
    ctx: &Ctx,
    email: &str,
    password: String,
    device: Option<String>,
) -> Result<Opening> {
    let of_client = format!("sign-in from {}", throttle::client_of(ctx));
    throttle::spend(services, ctx, &of_client, OF_CLIENT).await?;
    let db = services.db.pool();
    if let Some(until) = count_try(services, ctx, email).await? {
        let seconds = (until - ctx.now).num_seconds().max(1);
        throttle::note_once(services, ctx, &format!("sign-in to {email}"), Duration::seconds(LONGEST_WAIT)).await?;
        return Err(Refusal::TooMany { seconds: u64::try_from(seconds).unwrap_or(1) }.into());
    }
    let found = accounts::find_user_by_email(db, email).await?;
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
    let fits = passwords::verify(password, hash).await?;
    let known = user.clone();
    match user.filter(|user| fits && !user.disabled) {
        Some(user) => {
            accounts::note_sign_in(db, email, None).await?;
            throttles::give_back(db, &of_client).await?;
            match device {
                Some(shown) => devices::open_on(services, ctx, user, &shown).await,
                None => open(services, ctx, user, "password").await,
            }
        }
        None => {
            let tx = services.db.begin().await?;
            attempts::failed(&tx, ctx, known.as_ref(), email);
            persistence::db::commit(tx).await?;
            tracing::warn!("sign-in refused");
            Err(wrong().into())
        }
    }
}

/// Counts a try for an address as failed, with the wait that follows, or tells until when it has to wait.
async fn count_try(services: &Services, ctx: &Ctx, email: &str) -> Result<Option<DateTime<Utc>>> {
    let tx = services.db.begin().await?;
    let (failures, until) = accounts::sign_in_failures_to_change(&tx, email).await?;
    if until > ctx.now {
        tx.rollback().await?;
        return Ok(Some(until));
    }
    let failures = failures + 1;
    // Without a wait there is no instant to wait for: one beside it may have begun a moment before, or by another node's clock.
    let until = wait_after(failures).map_or(DateTime::UNIX_EPOCH, |wait| ctx.now + wait);
    accounts::note_sign_in(&tx, email, Some((failures, until))).await?;
    persistence::db::commit(tx).await?;
    Ok(None)
}

/// How long it takes until a try after so many failures in a row; nothing for the first few.
fn wait_after(failures: i64) -> Option<Duration> {
    let over = u32::try_from(failures - FREE_FAILURES).ok().filter(|over| *over > 0)?;
    Some(Duration::seconds((1_i64 << over.min(10)).min(LONGEST_WAIT)))
}

/// Lets somebody in, or on to the second step where they have a second factor.
pub(super) async fn open(services: &Services, ctx: &Ctx, user: User, way: &str) -> Result<Opening> {
    let second_step = second_factors::is_asked_for(services.db.pool(), &user.id).await?;
    if !second_step {
        note_signed_in(services, ctx, &user, way).await?;
    }
    Ok(Opening { user, second_step, forgets_device: false })
}

/// Records that somebody is in, by which way.
pub(super) async fn note_signed_in(services: &Services, ctx: &Ctx, user: &User, way: &str) -> Result<()> {
    let tx = services.db.begin().await?;
    attempts::succeeded(&tx, ctx, user, way);
    persistence::db::commit(tx).await?;
    tracing::info!(user.id = %user.id, way, "signed in");
    Ok(())
}

/// Records that somebody signed out; the session itself is ended by whoever holds it.
pub async fn sign_out(services: &Services, ctx: &Ctx) -> Result<()> {
    let Some(caller) = &ctx.caller else { return Ok(()) };
    let tx = services.db.begin().await?;
    records::note(&tx, ctx, caller, records::user(&caller.actor.id), "signed_out", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// The person of the request and their password's hash; the public and programs are refused, and so is a token of theirs,
/// which is no way to change how they sign in or to make more tokens.
pub(super) async fn own(services: &Services, ctx: &Ctx) -> Result<(User, Option<String>)> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let user = match caller.actor.kind {
        ActorKind::User if !ctx.is_through_token() => accounts::find_user(db, &caller.actor.id).await?,
        _ => None,
    };
    let user = user.ok_or(Refusal::Unauthenticated)?;
    let hash = password_of(services, &user).await?;
    Ok((user, hash))
}

/// Refuses unless the password is the person's own; guessing it from an open session has to wait, too.
pub(super) async fn confirm_password(
    services: &Services,
    ctx: &Ctx,
    user: &User,
    hash: Option<String>,
    password: &str,
) -> Result<()> {
    const OF_ACCOUNT: Allowance = Allowance { tries: 10, within: Duration::minutes(15) };
    let subject = format!("password of {}", user.id);
    throttle::spend(services, ctx, &subject, OF_ACCOUNT).await?;
    let sound = password.chars().count() <= MAX_PASSWORD;
    if !sound || !passwords::verify(password.to_owned(), hash).await? {
        return Err(Refusal::field("password", "wrong", "This is not your password. Check it and try again.").into());
    }
    throttle::clear(services, &subject).await
}

/// Somebody as the actor of a record, before they have a session.
pub(super) fn as_caller(user: &User) -> Caller {
    Caller {
        actor: Actor { id: user.id.clone(), name: user.name.clone(), kind: ActorKind::User },
        grants: Vec::new(),
        teams: Vec::new(),
        approve_own: false,
        all_permissions: false,
    }
}

fn wrong() -> Refusal {
    Refusal::field("password", "wrong", "The e-mail address or the password is not right. Check both and try again.")
}
