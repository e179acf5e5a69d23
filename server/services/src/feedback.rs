//! What readers tell the office, without an account.

mod answering;

pub(crate) use answering::{REPLY, send_reply};
pub use answering::{assign, inbox, link, reply};

use chrono::TimeDelta;
use domain::feedback::{Feedback, FeedbackState, MAX_NOTE, NewFeedback, dataset_of, page_of};
use domain::page::{MAX_LIMIT, Page, Paging};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use domain::text::check_optional;
use persistence::feedback;
pub use persistence::feedback::{Assigned, FeedbackFilter};

use crate::accounts::throttle::{self, Allowance};
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids};

/// What one client may tell.
const OF_CLIENT: Allowance = Allowance { tries: 10, within: TimeDelta::hours(1) };

/// Keeps what somebody tells; nothing is kept of who it was but the address that they gave.
///
/// # Errors
/// `Invalid` where words are missing or an address is none; `TooMany` after a number of tries.
pub async fn give(services: &Services, ctx: &Ctx, new: NewFeedback) -> Result<Feedback> {
    let new = NewFeedback {
        page: page_of(&new.page),
        message: new.message.trim().to_owned(),
        address: new.address.trim().to_owned(),
        ..new
    };
    all_valid(new.problems())?;
    let from = format!("feedback from {}", throttle::client_of(ctx));
    throttle::spend(services, ctx, &from, OF_CLIENT).await?;
    let told = Feedback {
        id: ids::new_id(ctx.now),
        kind: new.kind,
        dataset_id: dataset_of(&new.page),
        page: new.page,
        message: new.message,
        address: Some(new.address).filter(|address| !address.is_empty()),
        language: new.language,
        state: FeedbackState::New,
        created_at: ctx.now,
        handled_by: None,
        handled_at: None,
        handled_by_name: None,
        note: None,
        assigned_to: None,
        assigned_to_name: None,
        correction: None,
    };
    feedback::insert(services.db.pool(), &told).await?;
    Ok(told)
}

/// To whom something is given that is asked for: `me`, `nobody` or the id of an account.
#[must_use]
pub fn assigned_to(ctx: &Ctx, asked: &str) -> Option<Assigned> {
    match asked.trim() {
        "" => None,
        "nobody" => Some(Assigned::Nobody),
        "me" => Some(Assigned::To(ctx.caller.as_ref().map(|own| own.actor.id.clone()).unwrap_or_default())),
        id => Some(Assigned::To(id.to_owned())),
    }
}

/// A page of what was told, newest first, for those who run the program.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn list(services: &Services, ctx: &Ctx, filter: &FeedbackFilter, paging: Paging) -> Result<Page<Feedback>> {
    ctx.caller_with(Permission::SystemOperate)?;
    Ok(feedback::list(services.db.pool(), filter, paging).await?)
}

/// Everything that fits, newest first, to take away; who took it, and how much, is recorded.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn export(services: &Services, ctx: &Ctx, filter: &FeedbackFilter) -> Result<Vec<Feedback>> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    // What is told meanwhile is left to the next one.
    let filter = FeedbackFilter { until: Some(ctx.now), ..filter.clone() };
    let mut found: Vec<Feedback> = Vec::new();
    loop {
        let part = feedback::list_after(services.db.pool(), &filter, found.last(), MAX_LIMIT).await?;
        let last = part.len() < MAX_LIMIT as usize;
        found.extend(part);
        if last {
            break;
        }
    }
    let tx = services.db.begin().await?;
    let about = About { resource_type: "feedback", resource_id: "list" };
    let details = serde_json::json!({"format": "csv", "count": found.len()});
    records::note(&tx, ctx, by, about, "exported", details).await?;
    persistence::db::commit(tx).await?;
    Ok(found)
}

/// Notes that the caller has dealt with it, and in their words how.
///
/// # Errors
/// `Invalid` where the note is too long; `NotFound` where there is no such thing; `Blocked` where somebody has dealt with it
/// already; `Unauthenticated` or `Forbidden` without the right.
pub async fn handle(services: &Services, ctx: &Ctx, id: &str, note: &str) -> Result<()> {
    let note = note.trim();
    let mut problems = Vec::new();
    check_optional(&mut problems, "note", note, MAX_NOTE, true);
    all_valid(problems)?;
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let kept = Some(note).filter(|note| !note.is_empty());
    if !feedback::handle(&tx, id, &by.actor, kept, ctx.now).await? {
        return Err(no_longer(&tx, id, "handled", "Somebody has dealt with it already.").await?.into());
    }
    let about = About { resource_type: "feedback", resource_id: id };
    records::note(&tx, ctx, by, about, "handled", serde_json::json!({ "note": kept })).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Puts back what somebody had dealt with, so that it waits again.
///
/// # Errors
/// `NotFound` where there is no such thing; `Blocked` where it waits already; `Unauthenticated` or `Forbidden` without the right.
pub async fn put_back(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    if !feedback::put_back(&tx, id).await? {
        return Err(no_longer(&tx, id, "new", "It waits already.").await?.into());
    }
    let about = About { resource_type: "feedback", resource_id: id };
    records::note(&tx, ctx, by, about, "put_back", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Why something that was told cannot be changed so: it is none, or it stands there already.
async fn no_longer(tx: &persistence::Tx, id: &str, code: &'static str, message: &str) -> Result<Refusal> {
    Ok(if feedback::exists(tx, id).await? { Refusal::blocked(code, message) } else { Refusal::NotFound })
}
