//! The audit trail: reading it, proving it, and recording what people look at or are refused.

mod access_list;
mod look;
mod named;
mod observe;
mod spans;
mod trail;

pub use access_list::{Access, Insider, Reason, access_list, export_access_list};
pub use look::AuditQuery;
pub use named::{Names, actors_of, named};
pub(crate) use observe::note_preview_of_file;
pub use observe::{
    RefusedRight, preview_of_bundle, preview_of_details, preview_of_draft, preview_of_file, preview_of_findings,
    preview_of_image, preview_of_version, refused,
};
pub use trail::{export, list, own, verify};

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

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Every kind that the sources of this crate put into a record.
    fn kinds_in(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                kinds_in(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "rs")
                && path.file_name().is_none_or(|name| name != "audit.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let parts = text.split("resource_type: \"").skip(1);
                found.extend(parts.filter_map(|part| part.split('"').next()).map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_kind_of_thing_that_is_recorded_can_be_asked_for() {
        let mut found = Vec::new();
        kinds_in(Path::new("src"), &mut found);
        assert!(found.len() > 10, "{found:?}");
        for kind in found {
            assert!(domain::event::RESOURCE_TYPES.contains(&kind.as_str()), "{kind} is not among the kinds to ask for");
        }
    }
}
