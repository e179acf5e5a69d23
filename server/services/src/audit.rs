//! The audit trail: reading it, proving it, and recording what people look at or are refused.

mod access_list;
mod look;
mod observe;
mod spans;
mod trail;

pub use access_list::{Access, Insider, Reason, access_list, export_access_list};
pub use look::AuditQuery;
pub use observe::{RefusedRight, preview_of_bundle, preview_of_file, preview_of_image, preview_of_version, refused};
pub use trail::{export, list, verify};

use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;

use crate::Ctx;
use crate::ctx::forbidden;

/// Refuses whoever may not read the trail, before the rest of a request is looked at.
pub fn check_reader(ctx: &Ctx) -> Result<(), Refusal> {
    must_read_all(ctx)
}

/// Refuses whoever may not read the whole trail: it tells of every department, so a limited grant does not open it.
fn must_read_all(ctx: &Ctx) -> Result<(), Refusal> {
    let caller = ctx.caller_with(Permission::AuditRead)?;
    if caller.reach(Permission::AuditRead) == Reach::All { Ok(()) } else { Err(forbidden(Permission::AuditRead)) }
}
