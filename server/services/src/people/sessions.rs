//! Somebody's sessions, for those who manage people.

use chrono::{DateTime, Utc};
use domain::administration::EVERYBODY;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::{MAX_SHORT_REASON, check_line};
use persistence::{accounts, sessions};

use crate::accounts::{end_others_of_caller, end_tokens_of, forget_devices_of, handle_of};
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services, records};

/// A session as it may be told: its own id would let its reader take it over.
#[derive(Clone, Debug)]
pub struct SessionSeen {
    /// A name made of the id, by which it cannot be used.
    pub id: String,
    /// The browser, as far as it is known.
    pub browser: Option<String>,
    /// The address it was last seen at.
    pub address: Option<String>,
    /// When it began.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last seen.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it ends if nothing more is done.
    pub expires_at: DateTime<Utc>,
}

/// The sessions of somebody that have not ended.
pub async fn list_sessions(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<SessionSeen>> {
    super::find(services, ctx, id).await?;
    let found = sessions::of_user(services.db.pool(), id, ctx.now).await?;
    let seen = |session: sessions::StoredSession| SessionSeen {
        id: handle_of(&session.id),
        browser: session.details.browser,
        address: session.details.address,
        created_at: session.details.created_at,
        last_seen_at: session.details.last_seen_at,
        expires_at: session.expires_at,
    };
    Ok(found.into_iter().map(seen).collect())
}

/// Ends all sessions of somebody, and the tokens that they made for themselves, and forgets their devices; how many sessions there
/// were.
pub async fn end_sessions(services: &Services, ctx: &Ctx, id: &str) -> Result<u64> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    accounts::find_user(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let ended = sessions::delete_of_user(&tx, id).await?;
    if ended > 0 {
        let details = serde_json::json!({"sessions": ended});
        records::note(&tx, ctx, by, records::user(id), "sessions_ended", details).await?;
    }
    end_tokens_of(&tx, ctx, by, id).await?;
    forget_devices_of(&tx, ctx, by, id).await?;
    persistence::db::commit(tx).await?;
    Ok(ended)
}

/// Ends one session of somebody, by the name that is told of it.
pub async fn end_session(services: &Services, ctx: &Ctx, id: &str, handle: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    accounts::find_user(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let found = sessions::of_user(&tx, id, ctx.now).await?.into_iter().find(|session| handle_of(&session.id) == handle);
    let session = found.ok_or(Refusal::NotFound)?;
    sessions::delete(&tx, &session.id).await?;
    let details = serde_json::json!({"browser": session.details.browser, "address": session.details.address});
    records::note(&tx, ctx, by, records::user(id), "session_ended", details).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Ends all sessions but the one from which this is asked, such as after somebody broke in; how many there were. Another session of the
/// caller may be the stolen one. API tokens stay, and so do remembered devices, which open nothing without a password.
///
/// # Errors
/// `Invalid` without a reason, and where `typed` is not [`EVERYBODY`].
pub async fn sign_everybody_out(services: &Services, ctx: &Ctx, reason: &str, typed: &str) -> Result<u64> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let mut problems = Vec::new();
    check_line(&mut problems, "reason", reason, MAX_SHORT_REASON);
    if typed.trim() != EVERYBODY {
        let message = format!("Type “{EVERYBODY}”, so that nobody is signed out by a slip.");
        problems.push(FieldProblem::new("confirmation", "not_confirmed", message));
    }
    all_valid(problems)?;
    let tx = services.db.begin().await?;
    let own = end_others_of_caller(&tx, ctx).await?;
    let ended = sessions::delete_of_all_but(&tx, &by.actor.id).await? + u64::try_from(own).unwrap_or(u64::MAX);
    let about = About { resource_type: "system", resource_id: "sessions" };
    let entry = Entry::new(ctx, &by.actor, about, "everybody_signed_out").because(Some(reason.trim().to_owned()));
    entry.details(serde_json::json!({"sessions": ended})).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(ended)
}
