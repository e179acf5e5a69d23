//! What a line says of a version: of its figures, and by the file that it names.

use domain::refusal::Refusal;
use domain::slug::Slug;
use domain::uk_time;
use domain::version::{Version, VersionMetadata, VersionState};

use super::cells::periods;
use super::lines::Line;
use super::told;
use crate::datasets::{self, NewEdition};
use crate::versions::{self, NewVersion, VersionKey};
use crate::{Ctx, Result, ServiceError, Services};

/// The usual time of a release, on a UK clock.
const RELEASE_TIME: &str = "09:30";

/// The version that a line speaks of, as it stands.
pub(super) struct Target {
    /// The newest of its edition, where that can be edited.
    present: Option<Version>,
    /// What a new one would begin with.
    carried: VersionMetadata,
}

impl Line {
    /// Whether it says anything of a version.
    pub(super) fn is_of_version(&self) -> bool {
        ["lowest_geography", "temporal", "file"].iter().any(|column| !self.cell(column).is_empty())
    }

    /// The metadata with what the line says; what it leaves empty stays as it is.
    pub(super) fn applied_to_version(&self, present: VersionMetadata) -> VersionMetadata {
        let (geography, temporal) = (self.cell("lowest_geography"), self.cell("temporal"));
        let mut metadata = present;
        if !geography.is_empty() {
            metadata.lowest_geography = Some(geography.to_owned());
        }
        if !temporal.is_empty() {
            metadata.temporal = periods(temporal);
        }
        metadata
    }
}

impl Target {
    /// Looks at what is there.
    pub(super) async fn find(services: &Services, ctx: &Ctx, line: &Line) -> Result<Self> {
        let (db, reach) = (services.db.pool(), ctx.reach());
        let known = persistence::versions::list_visible_to(db, &reach, line.cell("id"), line.cell("edition")).await?;
        let last = known.into_iter().max_by_key(|version| version.version);
        let carried = last.as_ref().map(|last| last.metadata.carried_forward()).unwrap_or_default();
        Ok(Self { present: last.filter(|last| last.state == VersionState::Created), carried })
    }

    /// What the line changes of its metadata, by name.
    fn changed(&self, line: &Line) -> Vec<String> {
        let before = self.present.as_ref().map_or(&self.carried, |version| &version.metadata);
        told::parts_of(before, &line.applied_to_version(before.clone()))
    }

    /// What the line changes of it, by name, its file included.
    pub(super) fn parts(&self, line: &Line) -> Vec<String> {
        let mut parts = self.changed(line);
        let file = line.cell("file");
        parts.extend((!file.is_empty()).then(|| format!("file {file}")));
        parts
    }

    /// Everything that is wrong with what the line says of it, by column.
    pub(super) fn problems(&self, line: &Line) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Err(problem) = Slug::parse("edition", line.cell("edition")) {
            wrong.push(format!("edition: Say to which edition this belongs. {}", problem.message));
        }
        match release_date(line) {
            Err(_) => wrong.push("release_date: Give the release date as a date, for example 2026-11-23.".to_owned()),
            Ok(None) if self.present.is_none() && !self.parts(line).is_empty() => {
                wrong.push("release_date: Give the release date of the version that is begun.".to_owned());
            }
            Ok(_) => {}
        }
        let said = line.applied_to_version(VersionMetadata::default()).problems();
        wrong.extend(said.iter().filter(|problem| problem.field != "release_date").map(told::problem));
        wrong
    }

    /// What is to be told of its metadata once that is saved, should its file be refused then; nothing where nothing changes.
    pub(super) fn saved(&self, line: &Line) -> Option<String> {
        let (changed, edition) = (self.changed(line).join(", "), line.cell("edition"));
        match &self.present {
            Some(_) if changed.is_empty() => None,
            Some(version) => {
                Some(format!("Version {} of the edition {edition} was changed: {changed}.", version.version))
            }
            None if changed.is_empty() => Some(format!("A version of the edition {edition} was begun.")),
            None => Some(format!("A version of the edition {edition} was begun with: {changed}.")),
        }
    }

    /// The version with what the line says of it: the one that can be edited, or else a new one.
    pub(super) async fn save(self, services: &Services, ctx: &Ctx, line: &Line) -> Result<Version> {
        let Some(version) = self.present else {
            return begin(services, ctx, line, self.carried).await;
        };
        let metadata = line.applied_to_version(version.metadata.clone());
        if metadata == version.metadata {
            return Ok(version);
        }
        versions::edit(services, ctx, &key_of(&version), version.revision, metadata).await
    }
}

/// Begins a version, and its edition where that is new.
async fn begin(services: &Services, ctx: &Ctx, line: &Line, carried: VersionMetadata) -> Result<Version> {
    let (dataset, edition) = (line.cell("id"), line.cell("edition"));
    let (db, reach) = (services.db.pool(), ctx.reach());
    if persistence::editions::find_visible_to(db, &reach, dataset, edition).await?.is_none() {
        let new = NewEdition {
            dataset_id: dataset.to_owned(),
            edition: edition.to_owned(),
            title: edition.to_owned(),
            title_cy: None,
        };
        datasets::create_edition(services, ctx, new).await?;
    }
    let release_date = release_date(line).map_err(ServiceError::from)?;
    let metadata = VersionMetadata { release_date, ..line.applied_to_version(carried) };
    let new = NewVersion { dataset_id: dataset.to_owned(), edition: edition.to_owned(), metadata };
    versions::create(services, ctx, new).await
}

/// Names a version.
pub(super) fn key_of(version: &Version) -> VersionKey {
    VersionKey { dataset_id: version.dataset_id.clone(), edition: version.edition.clone(), version: version.version }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(&str, &str)]) -> Line {
        let cells = cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Line { number: 2, cells, odd: None }
    }

    fn nothing_yet() -> Target {
        Target { present: None, carried: VersionMetadata::default() }
    }

    #[test]
    fn what_is_said_of_a_version_is_told_and_what_it_has_already_is_not() {
        let said = line(&[("lowest_geography", "ltla"), ("temporal", "1997/ Annual"), ("file", "a.csv")]);
        assert_eq!(nothing_yet().parts(&said), ["lowest_geography", "temporal", "file a.csv"]);
        let carried = said.applied_to_version(VersionMetadata::default());
        assert_eq!(Target { present: None, carried }.parts(&said), ["file a.csv"]);
        assert!(said.is_of_version() && !line(&[("edition", "2026"), ("temporal", "")]).is_of_version());
    }

    #[test]
    fn what_was_saved_before_a_file_was_refused_is_told() {
        let file = [("edition", "2026"), ("file", "a.csv"), ("lowest_geography", "ltla")];
        let told = |target: &Target, cells: &[(&str, &str)]| target.saved(&line(cells));
        let begun = "A version of the edition 2026 was begun";
        assert_eq!(told(&nothing_yet(), &file[..2]), Some(format!("{begun}.")));
        assert_eq!(told(&nothing_yet(), &file), Some(format!("{begun} with: lowest_geography.")));
        let version = testkit::builders::version("cpi", "2026", 3);
        let present = Target { present: Some(version), carried: VersionMetadata::default() };
        assert_eq!(told(&present, &file[..2]), None);
        let changed = "Version 3 of the edition 2026 was changed: lowest_geography.";
        assert_eq!(told(&present, &file).as_deref(), Some(changed));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_by_its_column() {
        let columns = |cells: &[(&str, &str)]| {
            let wrong = nothing_yet().problems(&line(cells));
            wrong.iter().map(|reason| reason.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let long = "x".repeat(101);
        let wrong = [("edition", "A b"), ("release_date", "soon"), ("lowest_geography", long.as_str())];
        assert_eq!(columns(&wrong), ["edition", "release_date", "lowest_geography"]);
        let periods = [("edition", "2026"), ("release_date", "2026-11-23"), ("temporal", "soon/2026-13; 2026/2025")];
        assert_eq!(columns(&periods), ["temporal, 1, start_date", "temporal, 1, end_date", "temporal, 2, end_date"]);
        assert_eq!(columns(&[("edition", "2026"), ("lowest_geography", "ltla")]), ["release_date"]);
    }
}
