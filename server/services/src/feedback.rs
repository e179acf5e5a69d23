//! What readers tell the office, without an account.

use chrono::TimeDelta;
use domain::feedback::{Feedback, FeedbackState, NewFeedback, dataset_of, page_of};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use persistence::feedback;
pub use persistence::feedback::FeedbackFilter;

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
    };
    feedback::insert(services.db.pool(), &told).await?;
    Ok(told)
}

/// A page of what was told, newest first, for those who run the program.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn list(services: &Services, ctx: &Ctx, filter: &FeedbackFilter, paging: Paging) -> Result<Page<Feedback>> {
    ctx.caller_with(Permission::SystemOperate)?;
    Ok(feedback::list(services.db.pool(), filter, paging).await?)
}

/// Notes that the caller has dealt with it.
///
/// # Errors
/// `NotFound` where there is no such thing to deal with; `Unauthenticated` or `Forbidden` without the right.
pub async fn handle(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    if !feedback::handle(&tx, id, &by.actor.id, ctx.now).await? {
        return Err(Refusal::NotFound.into());
    }
    let about = About { resource_type: "feedback", resource_id: id };
    records::note(&tx, ctx, by, about, "handled", serde_json::json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}
