//! The log of this node, as far as its memory reaches: every look at it is recorded, and following it as one in ten minutes.

use chrono::TimeDelta;
use domain::operations::{KeptLog, LogAsked, LogDesk, LogLine};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use persistence::events;
use serde_json::{Value, json};

use super::nodes;
use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// What a look is recorded as.
const VIEWED: &str = "logs_viewed";
/// For how long a page that follows the log goes by the look that is recorded.
const ONE_LOOK: TimeDelta = TimeDelta::minutes(10);

/// A page of the lines that fit, newest first; `read` is asked only where the caller may see them. A page that `follows` the log by itself
/// leaves a record only now and then, as each of its looks is part of one.
pub async fn log_desk(
    services: &Services,
    ctx: &Ctx,
    asked: &LogAsked,
    read: impl Fn() -> KeptLog + Send,
    paging: Paging,
    follows: bool,
) -> Result<LogDesk> {
    let details = json!({"asked": asked});
    if !follows || !was_noted(services, ctx, &details).await? {
        note(services, ctx, VIEWED, details).await?;
    }
    let node = nodes::answering(services, ctx).await?;
    let log = read();
    let found = asked.find(log.lines.iter().map(|line| &**line), ctx.now);
    Ok(LogDesk {
        lines: Page::of_whole(found, paging),
        kept: log.lines.len() as u64,
        dropped: log.dropped,
        node,
        now: ctx.now,
    })
}

/// All lines that fit, newest first, to be taken away in a file of this form.
pub async fn export_log(
    services: &Services,
    ctx: &Ctx,
    asked: &LogAsked,
    read: impl Fn() -> KeptLog + Send,
    form: &str,
) -> Result<Vec<LogLine>> {
    note(services, ctx, "logs_exported", json!({"asked": asked, "format": form})).await?;
    let log = read();
    Ok(asked.find(log.lines.iter().map(|line| &**line), ctx.now))
}

/// Whether the caller's look at the very same lines was recorded of late.
async fn was_noted(services: &Services, ctx: &Ctx, details: &Value) -> Result<bool> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let details = of_this_node(services, details.clone());
    let since = ctx.now - ONE_LOOK;
    Ok(events::has_noted(services.db.pool(), &by.actor.id, VIEWED, &details, since).await?)
}

/// What was asked, with the node whose log it is of.
fn of_this_node(services: &Services, mut details: Value) -> Value {
    details["node"] = json!(services.settings.node);
    details
}

/// Records a look at the log before anything of it is shown.
async fn note(services: &Services, ctx: &Ctx, event_type: &str, details: Value) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let details = of_this_node(services, details);
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "logs" };
    records::note(&tx, ctx, by, about, event_type, details).await?;
    Ok(persistence::db::commit(tx).await?)
}
