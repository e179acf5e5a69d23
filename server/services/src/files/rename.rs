//! Renaming a file of a version in preparation.

use domain::file::{File, check_filename, format_of};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_optional;
use persistence::{files, versions};

use super::upload::must_be_free;
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, records};

/// What a file is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNames {
    /// The name under which it is downloaded.
    pub filename: String,
    /// A title for people; the name where there is none.
    pub title: Option<String>,
}

/// Gives a file another name and title; its bytes and what kind of file it is stay. Whoever does so counts as the last editor of
/// its version.
///
/// # Errors
/// `Invalid` with everything that is wrong with the names, `Blocked` where another file of the version has the name, or the
/// version is no longer being prepared, and every refusal of the right to edit.
pub async fn rename(services: &Services, ctx: &Ctx, id: &str, names: FileNames) -> Result<File> {
    let tx = services.db.begin().await?;
    let found = files::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?.file;
    let key = VersionKey { dataset_id: found.dataset_id, edition: found.edition, version: found.version };
    let (mut version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &key).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    // Only now, with the version locked, nobody else gives one of its files another name.
    let there = files::list_of_version(&tx, &version).await?;
    let before = &there.iter().find(|other| other.file.id == id).ok_or(Refusal::NotFound)?.file;
    let after = checked(before, names)?;
    if after.filename != before.filename {
        must_be_free(there.iter().filter(|other| other.file.id != id), &after.filename)?;
    }
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !files::rename(&tx, id, &after.filename, &after.title).await? || !versions::touch(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let details = serde_json::json!({"file_id": id, "filename": after.filename});
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "file_renamed");
    entry.details(details).change(&super::as_recorded(before), &super::as_recorded(&after))?.write(&tx);
    persistence::db::commit(tx).await?;
    Ok(after)
}

/// The file under its new names, or everything that is wrong with them.
fn checked(before: &File, names: FileNames) -> Result<File, Refusal> {
    let FileNames { filename, title } = names;
    let mut problems = Vec::new();
    // A name that was given when others were allowed keeps no title from being put right.
    let wrong = if filename == before.filename { Ok(()) } else { check_filename(&filename) };
    if let Err(problem) = wrong {
        problems.push(FieldProblem { field: "filename".to_owned(), ..problem });
    } else if format_of(&filename).is_none_or(|(format, _)| format != before.format) {
        let message = format!("The file stays what it is, so its name has to end as {} does.", before.filename);
        problems.push(FieldProblem::new("filename", "other_format", message));
    }
    let title = title.unwrap_or_default();
    check_optional(&mut problems, "title", &title, 300, false);
    all_valid(problems)?;
    let title = if title.trim().is_empty() { filename.clone() } else { title };
    Ok(File { filename, title, ..before.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_checked_as_that_of_an_upload_is_and_keeps_its_ending() {
        let before = testkit::builders::file(&testkit::builders::version("gdp", "2026", 1), "gdp.csv").file;
        let named = |filename: &str, title: &str| {
            checked(&before, FileNames { filename: filename.to_owned(), title: Some(title.to_owned()) })
        };
        let after = named("Output.CSV", " ").unwrap();
        assert_eq!(
            (after.filename.as_str(), after.title.as_str(), &after.id),
            ("Output.CSV", "Output.CSV", &before.id)
        );
        assert_eq!(named("output.csv", "Output").unwrap().title, "Output");
        for (filename, title, fields) in [
            ("../output.csv", "Output", &["filename"][..]),
            ("", "Output", &["filename"][..]),
            ("output.xlsx", "Output", &["filename"][..]),
            ("output.csv-metadata.json", "Output", &["filename"][..]),
            ("output", "Out\u{7}put", &["filename", "title"][..]),
        ] {
            let Err(Refusal::Invalid { problems }) = named(filename, title) else { panic!("{filename} was taken") };
            let wrong: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(wrong, fields, "{filename}");
        }
    }
}
