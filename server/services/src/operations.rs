//! What operators look at and do: the overview, the queue's desk, guided recovery, receivers and files.

mod database;
mod failures;
mod integrations;
mod logs;
mod mark;
mod nodes;
mod overview;
mod pause;
mod queue;

pub use database::{database_desk, note_backup, performance_desk};
pub use failures::{casualties, publication_report, publications};
pub use integrations::{close_circuit, file_desk, integrations, open_circuit};
pub use logs::{export_log, log_desk};
pub use mark::desk_mark;
pub use overview::{outcomes, overview};
pub use pause::{QueueOrder, pause_queue, queue_switch, resume_queue};
pub use queue::{RunOrder, queue_desk, run_now};

use domain::actor::Caller;
use domain::policy::Permission;
use domain::refusal::Refusal;

use crate::Ctx;
use crate::ctx::forbidden;

/// The caller, if it runs the program, or manages who does.
pub fn watcher(ctx: &Ctx) -> Result<&Caller, Refusal> {
    let caller = ctx.caller()?;
    let watches = caller.may(Permission::SystemOperate) || caller.may(Permission::UsersManage);
    if watches { Ok(caller) } else { Err(forbidden(Permission::SystemOperate)) }
}
