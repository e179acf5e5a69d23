//! What can be checked of a version without reading its figures again: from what was found at the upload.

use crate::file::File;
use crate::table::{Profile, Severity};
use crate::version::Version;
use crate::views::{Check, Outcome};

/// Checks a version and its files, against the version before where there is one.
#[must_use]
pub fn checks(version: &Version, files: &[File], before: Option<(&Version, &[File])>) -> Vec<Check> {
    let mut checks = vec![present(files), ready(files)];
    checks.extend(confirmed(files));
    checks.extend(date(version, before.map(|(version, _)| version)));
    let tables: Vec<(&File, &Profile)> = files.iter().filter_map(|file| Some((file, file.profile.as_ref()?))).collect();
    for (file, profile) in &tables {
        checks.push(columns_filled(file, profile));
        checks.push(findings(file, profile));
    }
    if let Some((last, old_files)) = before {
        checks.push(said(version, last));
        checks.push(none_dropped(files, old_files, last));
        for (file, profile) in &tables {
            if let Some((old, was)) = counterpart(file, tables.len(), old_files) {
                checks.push(schema(file, profile, was));
                checks.push(rows(file, profile, was));
                checks.push(size(file, old));
            }
        }
    }
    checks
}

/// The table of the version before that this one follows: of the same name, or where each has only one.
fn counterpart<'a>(file: &File, tables: usize, old_files: &'a [File]) -> Option<(&'a File, &'a Profile)> {
    let old: Vec<(&File, &Profile)> =
        old_files.iter().filter_map(|file| Some((file, file.profile.as_ref()?))).collect();
    let same = old.iter().find(|(old, _)| old.filename == file.filename);
    same.or_else(|| old.first().filter(|_| tables == 1 && old.len() == 1)).copied()
}

fn present(files: &[File]) -> Check {
    match files.len() {
        0 => fail("files_present", "There is no file yet. Upload at least one."),
        1 => pass("files_present", "There is a file."),
        n => pass("files_present", format!("There are {n} files.")),
    }
}

fn ready(files: &[File]) -> Check {
    let unsound: Vec<&str> =
        files.iter().filter(|file| !file.state.is_sound()).map(|file| file.filename.as_str()).collect();
    if unsound.is_empty() {
        return pass("files_ready", "Every file could be read.");
    }
    fail("files_ready", format!("Not ready: {}. Mend, replace or remove what is not.", unsound.join(", ")))
}

fn confirmed(files: &[File]) -> Option<Check> {
    let waiting: Vec<&str> =
        files.iter().filter(|file| file.waits_to_be_confirmed()).map(|file| file.filename.as_str()).collect();
    if !waiting.is_empty() {
        let message = format!("To be confirmed: {}. Say why it is meant, or replace the file.", waiting.join(", "));
        return Some(fail("files_confirmed", message));
    }
    let said = files.iter().any(|file| file.confirmed.is_some());
    said.then(|| pass("files_confirmed", "What was odd in the files was confirmed by an editor."))
}

fn date(version: &Version, last: Option<&Version>) -> Option<Check> {
    let Some(at) = version.metadata.release_date else {
        return Some(fail("release_date", "There is no release date. Give one in the details."));
    };
    let before = last.and_then(|last| last.metadata.release_date)?;
    Some(if at > before {
        pass("release_date", "The release date is later than the last one.")
    } else {
        warn("release_date", "The release date is not later than the last version's. Look whether it was carried over.")
    })
}

fn columns_filled(file: &File, profile: &Profile) -> Check {
    let counted = profile.columns.iter().zip(&profile.statistics);
    let empty: Vec<&str> = counted
        .filter(|(_, statistics)| profile.rows > 0 && statistics.missing >= profile.rows)
        .map(|(column, _)| column.label.as_str())
        .collect();
    if empty.is_empty() {
        return pass("columns_filled", format!("{}: no column is empty.", file.filename));
    }
    warn("columns_filled", format!("{}: nothing stands in {}.", file.filename, empty.join(", ")))
}

fn findings(file: &File, profile: &Profile) -> Check {
    let serious = profile.problems.iter().filter(|problem| problem.severity != Severity::Note).count();
    match serious {
        0 => pass("file_clean", format!("{}: nothing in the table needs a second look.", file.filename)),
        1 => warn("file_clean", format!("{}: one thing in the table needs a second look.", file.filename)),
        n => warn("file_clean", format!("{}: {n} things in the table need a second look.", file.filename)),
    }
}

fn said(version: &Version, last: &Version) -> Check {
    if version.metadata.latest_changes.is_empty() {
        let message = format!("Nothing is said about what changed since version {}.", last.version);
        return warn("changes_said", message);
    }
    pass("changes_said", "The details say what changed.")
}

fn none_dropped(files: &[File], old_files: &[File], last: &Version) -> Check {
    let dropped: Vec<&str> = old_files
        .iter()
        .filter(|old| !files.iter().any(|file| file.filename == old.filename))
        .map(|old| old.filename.as_str())
        .collect();
    // A table with another name is usual where it is the only one.
    if dropped.is_empty() || (files.len() == 1 && old_files.len() == 1) {
        return pass("files_kept", format!("Every file of version {} has a successor.", last.version));
    }
    warn("files_kept", format!("Version {} also had {}.", last.version, dropped.join(", ")))
}

fn schema(file: &File, now: &Profile, was: &Profile) -> Check {
    let names = |profile: &Profile| -> Vec<String> { profile.columns.iter().map(|c| c.label.clone()).collect() };
    let (new, old) = (names(now), names(was));
    let gone: Vec<&str> = old.iter().filter(|name| !new.contains(name)).map(String::as_str).collect();
    let come: Vec<&str> = new.iter().filter(|name| !old.contains(name)).map(String::as_str).collect();
    let retyped = now.columns.iter().any(|column| {
        was.columns.iter().any(|old| old.label == column.label && old.kind.is_numeric() != column.kind.is_numeric())
    });
    let mut said: Vec<String> = Vec::new();
    if !gone.is_empty() {
        said.push(format!("without {}", gone.join(", ")));
    }
    if !come.is_empty() {
        said.push(format!("with the new {}", come.join(", ")));
    }
    if retyped {
        said.push("with a column that holds something else than before".to_owned());
    }
    if said.is_empty() {
        return pass("schema_kept", format!("{}: the columns are those of the last version.", file.filename));
    }
    warn("schema_kept", format!("{}: the table comes {}.", file.filename, said.join(" and ")))
}

fn rows(file: &File, now: &Profile, was: &Profile) -> Check {
    let (new, old) = (now.rows, was.rows);
    let words = if new >= old { format!("{} rows more", new - old) } else { format!("{} rows fewer", old - new) };
    let message = format!("{}: {new} rows, {words} than the last version.", file.filename);
    if new < old || new > old.saturating_mul(2).max(old.saturating_add(100)) {
        return warn("rows_plausible", message);
    }
    pass("rows_plausible", if new == old { format!("{}: {new} rows, as before.", file.filename) } else { message })
}

fn size(file: &File, old: &File) -> Check {
    let (new, was) = (file.size, old.size);
    if was > 0 && (new > was.saturating_mul(3) || new < was / 3) {
        return warn("size_plausible", format!("{}: {new} bytes, where the last one had {was}.", file.filename));
    }
    pass("size_plausible", format!("{}: the size is like that of the last version.", file.filename))
}

fn pass(name: &str, message: impl Into<String>) -> Check {
    check(name, Outcome::Pass, message)
}

fn warn(name: &str, message: impl Into<String>) -> Check {
    check(name, Outcome::Warn, message)
}

fn fail(name: &str, message: impl Into<String>) -> Check {
    check(name, Outcome::Fail, message)
}

fn check(name: &str, outcome: Outcome, message: impl Into<String>) -> Check {
    Check { name: name.to_owned(), outcome, message: message.into(), fix_url: None }
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::actor::Actor;
    use crate::file::FileState;
    use crate::table::{Column, ColumnKind, ColumnRole, ColumnStatistics, Problem};
    use crate::version::{VersionMetadata, VersionState};

    pub fn version(number: u32) -> Version {
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(i64::from(number));
        Version {
            id: format!("v{number}"),
            dataset_id: "gdp".into(),
            edition: "series".into(),
            edition_title: "Series".into(),
            version: number,
            state: VersionState::Created,
            metadata: VersionMetadata { release_date: Some(at), ..VersionMetadata::default() },
            created_by: Actor::system("test"),
            last_edited_by: Actor::system("test"),
            approved_by: None,
            approved_at: None,
            published_at: None,
            last_updated: at,
            revision: 1,
        }
    }

    fn file(rows: u64, columns: &[&str]) -> File {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            label: (*name).to_owned(),
            kind: ColumnKind::Text,
            role: ColumnRole::Dimension,
        };
        File {
            id: "f".into(),
            dataset_id: "gdp".into(),
            edition: "series".into(),
            version: 1,
            filename: "gdp.csv".into(),
            title: String::new(),
            media_type: "text/csv".into(),
            format: "csv".into(),
            size: rows * 10,
            sha256: String::new(),
            state: FileState::Ready,
            profile: Some(Profile {
                encoding: "UTF-8".into(),
                byte_order_mark: false,
                delimiter: ',',
                line_endings: "LF".into(),
                preamble_rows: 0,
                header: true,
                decimal_comma: false,
                columns: columns.iter().map(column).collect(),
                rows,
                problems: Vec::new(),
                statistics: columns.iter().map(|_| ColumnStatistics::default()).collect(),
                v4: false,
                sheet: None,
            }),
            licence: None,
            licence_url: None,
            confirmed: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn outcome(checks: &[Check], name: &str) -> Outcome {
        checks.iter().find(|check| check.name == name).map(|check| check.outcome).unwrap()
    }

    #[test]
    fn a_like_successor_passes() {
        let (old, new) = (file(100, &["Year", "Value"]), file(110, &["Year", "Value"]));
        let (last, next) = (version(1), version(2));
        let checks = checks(&next, &[new], Some((&last, &[old])));
        let failed: Vec<_> = checks.iter().filter(|c| c.outcome != Outcome::Pass).map(|c| c.name.as_str()).collect();
        assert_eq!(failed, ["changes_said"]);
    }

    #[test]
    fn what_is_unlike_is_told() {
        let old = file(1000, &["Year", "Value", "Unit"]);
        let mut new = file(100, &["Year", "Amount"]);
        if let Some(profile) = &mut new.profile {
            profile.statistics[1].missing = 100;
            profile.problems.push(Problem::new(Severity::Warning, "odd"));
        }
        let checks = checks(&version(1), &[new], Some((&version(1), &[old])));
        for name in ["schema_kept", "rows_plausible", "size_plausible", "columns_filled", "file_clean", "release_date"]
        {
            assert_eq!(outcome(&checks, name), Outcome::Warn, "{name}");
        }
        let schema = checks.iter().find(|check| check.name == "schema_kept").unwrap();
        assert_eq!(schema.message, "gdp.csv: the table comes without Value, Unit and with the new Amount.");
    }

    #[test]
    fn what_must_be_confirmed_fails_until_it_is() {
        let mut empty = file(0, &["Year", "Value"]);
        if let Some(profile) = &mut empty.profile {
            profile.problems.push(Problem::new(Severity::Blocking, "no rows"));
        }
        assert_eq!(outcome(&checks(&version(1), &[empty.clone()], None), "files_confirmed"), Outcome::Fail);
        empty.confirmed = Some("Nothing happened this month.".into());
        assert_eq!(outcome(&checks(&version(1), &[empty], None), "files_confirmed"), Outcome::Pass);
        let plain = checks(&version(1), &[file(10, &["Year"])], None);
        assert!(plain.iter().all(|check| check.name != "files_confirmed"));
    }

    #[test]
    fn what_is_missing_fails() {
        let mut bare = version(1);
        bare.metadata.release_date = None;
        let checks = checks(&bare, &[], None);
        assert_eq!(outcome(&checks, "files_present"), Outcome::Fail);
        assert_eq!(outcome(&checks, "release_date"), Outcome::Fail);
    }
}
