//! The files of an import: matched by name with the column `file`, and put into a version of their dataset.

use std::collections::BTreeMap;

use domain::refusal::Refusal;
use domain::slug::Slug;
use domain::uk_time;
use domain::version::{Version, VersionMetadata, VersionState};

use super::lines::Line;
use crate::datasets::NewEdition;
use crate::files::{self, NewFile, Received};
use crate::versions::{self, NewVersion, VersionKey};
use crate::{Ctx, Result, ServiceError, Services};

/// The usual time of a release, on a UK clock.
const RELEASE_TIME: &str = "09:30";

/// The files that came with an import, by the name as sent.
#[derive(Debug, Default)]
pub struct Sent {
    files: BTreeMap<String, One>,
    /// Names that came twice: nobody can say which of the two is meant.
    twice: Vec<String>,
}

#[derive(Debug)]
struct One {
    size: u64,
    /// The bytes, unless this is a rehearsal.
    received: Option<Received>,
    named: bool,
}

impl Sent {
    /// Adds a file of which only name and size are wanted.
    pub fn look_at(&mut self, name: &str, size: u64) {
        self.add(name, size, None);
    }

    /// Adds a file whose bytes have arrived; answers what was sent before under its name, which is nobody's then.
    pub fn take(&mut self, name: &str, received: Received) -> Option<Received> {
        self.add(name, received.size, Some(received))
    }

    fn add(&mut self, name: &str, size: u64, received: Option<Received>) -> Option<Received> {
        let before = self.files.insert(name.to_owned(), One { size, received, named: false });
        if before.is_some() && !self.twice.iter().any(|known| known == name) {
            self.twice.push(name.to_owned());
        }
        before.and_then(|before| before.received)
    }

    /// What was sent and is named by no line, and what came twice.
    pub(super) fn superfluous(&self) -> Vec<String> {
        let unnamed = self.files.iter().filter(|(_, one)| !one.named).map(|(name, _)| name.clone());
        unnamed.collect()
    }

    /// The bytes that became nobody's file.
    pub(super) fn left(self) -> Vec<Received> {
        self.files.into_values().filter_map(|one| one.received).collect()
    }

    /// Everything that stands in the way of the file that a line names.
    pub(super) fn problems_of(&mut self, line: &Line, key: &VersionKey) -> Vec<String> {
        let name = line.cell("file");
        let mut wrong = Vec::new();
        if let Err(problem) = Slug::parse("edition", line.cell("edition")) {
            wrong.push(format!("Say in the column edition where {name} belongs. {}", problem.message));
        }
        if release_date(line).is_err() {
            wrong.push("Give the release date as a date, for example 2026-11-23.".to_owned());
        }
        if self.twice.iter().any(|known| known == name) {
            wrong.push(format!("Two files of the name {name} were sent."));
        }
        match self.files.get_mut(name) {
            None => wrong.push(format!("The file {name} was not sent.")),
            Some(one) if one.named => wrong.push(format!("The file {name} is named by a line before.")),
            Some(one) => {
                one.named = true;
                let claims = files::check_claims(Some(one.size), &new_file(key.clone(), name));
                wrong.extend(claims.err().map(|refusal| format!("{name}: {refusal}")));
            }
        }
        wrong
    }

    /// Puts the file of a line into its version, which is begun, as its edition is, where there is none to edit.
    pub(super) async fn put(&mut self, services: &Services, ctx: &Ctx, line: &Line) -> Result<()> {
        let name = line.cell("file");
        let received = self.files.get_mut(name).and_then(|one| one.received.take());
        // A sender who says only after the files that they are to be kept has sent nothing to keep.
        let Some(received) = received else {
            return Err(Refusal::field("step", "too_late", "Say what is to be done before the files.").into());
        };
        let version = match version_for(services, ctx, line).await {
            Ok(version) => version,
            Err(error) => {
                files::forget(services, received).await;
                return Err(error);
            }
        };
        files::attach(services, ctx, received, new_file(key_of(&version), name)).await.map(|_| ())
    }
}

fn key_of(version: &Version) -> VersionKey {
    VersionKey { dataset_id: version.dataset_id.clone(), edition: version.edition.clone(), version: version.version }
}

fn new_file(version: VersionKey, name: &str) -> NewFile {
    NewFile { version, filename: name.to_owned(), title: None, licence: None, licence_url: None }
}

fn release_date(line: &Line) -> Result<Option<chrono::DateTime<chrono::Utc>>, Refusal> {
    let text = line.cell("release_date");
    if text.is_empty() {
        return Ok(None);
    }
    let field = "release_date";
    let read = uk_time::read((field, text), (field, RELEASE_TIME), (field, ""));
    read.map(Some).map_err(|problems| Refusal::Invalid { problems })
}

/// The newest version of the line's edition if it can be edited, else a new one.
async fn version_for(services: &Services, ctx: &Ctx, line: &Line) -> Result<Version> {
    let (dataset, edition) = (line.cell("id"), line.cell("edition"));
    let new = NewEdition {
        dataset_id: dataset.to_owned(),
        edition: edition.to_owned(),
        title: edition.to_owned(),
        title_cy: None,
    };
    let db = services.db.pool();
    if persistence::editions::find_visible_to(db, &ctx.reach(), dataset, edition).await?.is_none() {
        crate::datasets::create_edition(services, ctx, new).await?;
    }
    let known = persistence::versions::list_visible_to(db, &ctx.reach(), dataset, edition).await?;
    let last = known.into_iter().max_by_key(|version| version.version);
    if let Some(last) = last.filter(|version| version.state == VersionState::Created) {
        return Ok(last);
    }
    let carried = versions::carried_forward(services, ctx, dataset, edition).await?;
    let metadata = VersionMetadata { release_date: release_date(line).map_err(ServiceError::from)?, ..carried };
    let new = NewVersion { dataset_id: dataset.to_owned(), edition: edition.to_owned(), metadata };
    versions::create(services, ctx, new).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(&str, &str)]) -> Line {
        let cells = cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Line { number: 2, cells }
    }

    fn key() -> VersionKey {
        VersionKey { dataset_id: "gdp".into(), edition: "2026".into(), version: 0 }
    }

    #[test]
    fn files_are_matched_by_name_and_each_is_named_once() {
        let mut sent = Sent::default();
        for (name, size) in [("gdp.csv", 10), ("notes.xyz", 10), ("spare.csv", 10), ("twin.csv", 1), ("twin.csv", 2)] {
            sent.look_at(name, size);
        }
        let mut wrong = |cells: &[(&str, &str)]| sent.problems_of(&line(cells), &key()).join(" ");
        let whole = [("id", "gdp"), ("edition", "2026"), ("file", "gdp.csv"), ("release_date", "2026-11-23")];
        assert_eq!(wrong(&whole), "");
        assert_eq!(wrong(&whole), "The file gdp.csv is named by a line before.");
        assert_eq!(wrong(&[("edition", "2026"), ("file", "gone.csv")]), "The file gone.csv was not sent.");
        assert!(wrong(&[("edition", "2026"), ("file", "notes.xyz")]).contains("Send a CSV"));
        assert!(wrong(&[("edition", "2026"), ("file", "twin.csv")]).contains("Two files of the name twin.csv"));
        assert!(
            wrong(&[("edition", ""), ("file", "gone.csv"), ("release_date", "soon")])
                .contains("release date as a date")
        );
        assert_eq!(sent.superfluous(), ["spare.csv"]);
    }
}
