//! The log of this node, as far as its memory reaches: every look at it is recorded.

use domain::operations::{KeptLog, LogAsked, LogDesk, LogLine};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use serde_json::{Value, json};

use super::nodes;
use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// A page of the lines that fit, newest first; `read` is asked only where the caller may see them.
pub async fn log_desk(
    services: &Services,
    ctx: &Ctx,
    asked: &LogAsked,
    read: impl Fn() -> KeptLog + Send,
    paging: Paging,
) -> Result<LogDesk> {
    note(services, ctx, "logs_viewed", json!({"asked": asked})).await?;
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

/// Records a look at the log before anything of it is shown.
async fn note(services: &Services, ctx: &Ctx, event_type: &str, mut details: Value) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    details["node"] = json!(services.settings.node);
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "logs" };
    records::note(&tx, ctx, by, about, event_type, details).await?;
    Ok(persistence::db::commit(tx).await?)
}
