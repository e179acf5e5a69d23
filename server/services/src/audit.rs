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
    preview_of_image, preview_of_page, preview_of_version, refused,
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

    /// What the sources of this crate name, by what finds names in one of them.
    fn named_in(folder: &Path, find: &dyn Fn(&str) -> Vec<String>, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named_in(&path, find, found);
            } else if path.extension().is_some_and(|ext| ext == "rs")
                && path.file_name().is_none_or(|name| name != "audit.rs")
            {
                found.extend(find(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// Every kind of thing that a source puts into a record.
    fn kinds_in(text: &str) -> Vec<String> {
        let parts = text.split("resource_type: \"").skip(1);
        parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
    }

    /// Every kind of record that a source writes by its name: a word that stands by itself among what a record is made of.
    fn types_in(text: &str) -> Vec<String> {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let calls = ["note(", "change(", "Entry::new(", "note_output("];
        let within = |rest: &str| {
            let mut open = 1;
            let end = rest.char_indices().find(|(_, letter)| {
                open += match letter {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
                open == 0
            });
            rest[..end.map_or(rest.len(), |(at, _)| at)].to_owned()
        };
        let parts = calls.iter().flat_map(|call| text.split(call).skip(1).map(within));
        let mut found = Vec::new();
        for call in parts {
            let pieces: Vec<&str> = call.split('"').collect();
            for around in pieces.windows(3).step_by(2) {
                let is_word = around[1].chars().all(|letter| letter == '_' || letter.is_ascii_lowercase());
                let is_alone = around[0].trim_end().ends_with(',') && !around[2].trim_start().starts_with(':');
                if is_word && is_alone && !around[1].is_empty() {
                    found.push(around[1].to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn every_kind_of_record_is_listed_so_that_it_has_words() {
        let mut found = Vec::new();
        named_in(Path::new("src"), &types_in, &mut found);
        assert!(found.len() > 50, "{found:?}");
        for kind in found {
            assert!(domain::event::EVENT_TYPES.contains(&kind.as_str()), "{kind} is not among the kinds of records");
        }
    }

    #[test]
    fn every_kind_of_thing_that_is_recorded_can_be_asked_for() {
        let mut found = Vec::new();
        named_in(Path::new("src"), &kinds_in, &mut found);
        assert!(found.len() > 10, "{found:?}");
        for kind in found {
            assert!(domain::event::RESOURCE_TYPES.contains(&kind.as_str()), "{kind} is not among the kinds to ask for");
        }
    }
}
