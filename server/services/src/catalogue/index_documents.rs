//! What the search index is given of public datasets, read from the database in parts that fit into memory.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::catalogue::{DepartmentRef, FormatSize, SearchDocument, TopicRef, findable};
use domain::dataset::Edition;
use domain::policy::Reach;
use domain::table::DimensionOptions;
use domain::topic::{Department, Topic};
use domain::version::{AlertKind, Version};
use domain::views::DatasetSummary;
use persistence::files::StoredFile;
use persistence::{Connection, datasets, dimensions, editions, files, topics, versions};

use crate::Result;

/// How many columns of a dataset can be found by their names.
const COLUMNS: usize = 200;
/// How many options of dimensions are in memory at once, and are looked at of one dataset.
const OPTIONS: u64 = 200_000;

/// What is to be found of the files of a version.
struct Tables {
    formats: Vec<String>,
    sizes: Vec<FormatSize>,
    columns: Vec<String>,
    values: Vec<String>,
}

impl Tables {
    fn of(stored: &[StoredFile], options: &HashMap<String, Vec<DimensionOptions>>) -> Self {
        let mut formats: Vec<String> = stored.iter().map(|s| s.file.format.clone()).collect();
        formats.sort_unstable();
        formats.dedup();
        let sizes = formats.iter().map(|format| FormatSize {
            format: format.clone(),
            bytes: stored.iter().filter(|s| s.file.format == *format).map(|s| s.file.size).sum(),
        });
        let sizes = sizes.collect();
        let columns = stored.iter().filter_map(|s| s.file.profile.as_ref()).flat_map(|p| &p.columns);
        let labels = columns.map(|column| column.label.trim()).filter(|label| !label.is_empty());
        let dimensions = stored.iter().filter_map(|s| options.get(&s.file.id)).flatten();
        Self { formats, sizes, columns: different(labels, COLUMNS), values: findable(dimensions) }
    }
}

/// The first different texts.
fn different<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut known = HashSet::new();
    texts.filter(|text| known.insert(*text)).take(most).map(str::to_owned).collect()
}

/// When a version was last corrected.
fn corrected_at(version: &Version) -> Option<DateTime<Utc>> {
    let corrections = version.metadata.alerts.iter().filter(|alert| alert.kind == AlertKind::Correction);
    corrections.filter_map(|alert| alert.date).max()
}

/// A public dataset with its latest version, before its tables are looked into.
struct Found {
    dataset: DatasetSummary,
    editions: Vec<Edition>,
    version: Version,
    files: Vec<StoredFile>,
    has_chart: bool,
}

/// Public datasets whose tables are looked into together.
pub(super) struct Part {
    found: Vec<Found>,
    /// How many dimensions are looked at, the shortest first.
    dimensions: u64,
    /// How many options those have.
    options: u64,
}

impl Part {
    /// Those of these datasets that are public; in a number of statements that does not grow with them.
    pub(super) async fn list(db: &impl Connection, ids: &[String]) -> Result<Vec<Self>> {
        let reach = Reach::PublishedOnly;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let found = datasets::list_of_visible_to(db, &reach, &ids).await?;
        let mut listed = editions::list_of_datasets_visible_to(db, &reach, &ids).await?;
        let newest: Vec<(&str, &str)> = listed
            .values()
            .filter_map(|editions| editions.first().map(|e| (e.dataset_id.as_str(), e.edition.as_str())))
            .collect();
        let latest = versions::latest_public(db, &newest).await?;
        let mut stored = files::list_of_versions(db, &latest).await?;
        let ids: Vec<&str> = stored.values().flatten().map(|s| s.file.id.as_str()).collect();
        let mut known = dimensions::sizes_of_files(db, &ids).await?;
        let drawn = files::drawn_among(db, &ids).await?;
        let mut latest: HashMap<String, Version> =
            latest.into_iter().map(|version| (version.dataset_id.clone(), version)).collect();
        let mut parts: Vec<Self> = Vec::new();
        for dataset in found {
            let Some(version) = latest.remove(&dataset.id) else { continue };
            let Some(editions) = listed.remove(&dataset.id) else { continue };
            let files = stored.remove(&version.id).unwrap_or_default();
            let sizes = files.iter().filter_map(|s| known.remove(&s.file.id)).flatten().collect();
            let has_chart = files.iter().any(|s| drawn.contains(&s.file.id));
            let next = Self::of(Found { dataset, editions, version, files, has_chart }, sizes);
            match parts.last_mut() {
                Some(part) if part.has_room_for(&next) => part.merge(next),
                _ => parts.push(next),
            }
        }
        Ok(parts)
    }

    /// One dataset alone, whose dimensions have so many options.
    fn of(found: Found, sizes: Vec<u64>) -> Self {
        let (dimensions, options) = looked_at(sizes);
        Self { found: vec![found], dimensions, options }
    }

    const fn has_room_for(&self, other: &Self) -> bool {
        self.options + other.options <= OPTIONS
    }

    fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        self.dimensions += other.dimensions;
        self.options += other.options;
    }

    /// How many options there are to look at.
    pub(super) const fn options(&self) -> u64 {
        self.options
    }
}

/// How many of the shortest of these dimensions are looked at, and how many options they take.
fn looked_at(mut sizes: Vec<u64>) -> (u64, u64) {
    sizes.sort_unstable();
    let (mut dimensions, mut options) = (0, 0);
    for size in sizes {
        if options + size > OPTIONS {
            // What is not looked at whole has its part for itself, so that the shortest dimensions there are the shortest of its own.
            return (dimensions, OPTIONS);
        }
        dimensions += 1;
        options += size;
    }
    (dimensions, options)
}

/// What documents are made with.
pub(super) struct Makers {
    topics: Vec<Topic>,
    departments: Vec<Department>,
}

impl Makers {
    pub(super) async fn load(db: &impl Connection) -> Result<Self> {
        Ok(Self { topics: topics::list(db).await?, departments: topics::departments(db).await? })
    }

    /// The documents of a part, in one statement.
    pub(super) async fn documents(&self, db: &impl Connection, part: Part) -> Result<Vec<SearchDocument>> {
        let ids: Vec<&str> = part.found.iter().flat_map(|one| &one.files).map(|s| s.file.id.as_str()).collect();
        let options = dimensions::shortest_of_files(db, &ids, part.dimensions).await?;
        Ok(part.found.into_iter().map(|one| self.document(one, &options)).collect())
    }

    fn document(&self, found: Found, options: &HashMap<String, Vec<DimensionOptions>>) -> SearchDocument {
        let Found { dataset, editions, version, files, has_chart } = found;
        let tables = Tables::of(&files, options);
        let shown = dataset.metadata;
        let chosen: Vec<&Topic> =
            shown.topics.iter().filter_map(|id| self.topics.iter().find(|t| t.id == *id)).collect();
        let (edition, edition_cy) =
            editions.first().map(|edition| (edition.title.clone(), edition.title_cy.clone())).unwrap_or_default();
        SearchDocument {
            edition,
            edition_cy,
            corrected_at: corrected_at(&version),
            topic_ancestors: self.with_ancestors(&chosen),
            topics: chosen
                .into_iter()
                .map(|t| TopicRef { id: t.id.clone(), title: t.title.clone(), title_cy: t.title_cy.clone() })
                .collect(),
            department: self.department(&dataset.department),
            frequency: Some(shown.release_frequency).filter(|text| !text.is_empty()),
            designation: Some(
                version.metadata.quality_designation.unwrap_or(shown.quality_designation).as_str().to_owned(),
            ),
            release_date: version.metadata.release_date.unwrap_or(dataset.last_updated),
            editions: editions.into_iter().flat_map(|e| [Some(e.title), e.title_cy]).flatten().collect(),
            dataset_id: dataset.id,
            title: shown.title,
            title_cy: shown.title_cy,
            description: shown.description,
            description_cy: shown.description_cy,
            keywords: shown.keywords,
            publisher: shown.publisher,
            unit: shown.unit_of_measure,
            geography: shown.spatial_coverage.filter(|text| !text.trim().is_empty()),
            formats: tables.formats,
            sizes: tables.sizes,
            has_chart,
            columns: tables.columns,
            values: tables.values,
        }
    }

    fn department(&self, id: &str) -> DepartmentRef {
        let known = self.departments.iter().find(|d| d.id == id);
        DepartmentRef { id: id.to_owned(), title: known.map_or_else(|| id.to_owned(), |d| d.title.clone()) }
    }

    fn with_ancestors(&self, chosen: &[&Topic]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for topic in chosen {
            let mut at = Some(topic.id.clone());
            while let Some(id) = at {
                at = self.topics.iter().find(|t| t.id == id).and_then(|t| t.parent_id.clone());
                if ids.contains(&id) {
                    break;
                }
                ids.push(id);
            }
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::{OPTIONS, looked_at};

    #[test]
    fn the_shortest_dimensions_are_looked_at_as_far_as_there_is_room() {
        assert_eq!(looked_at(Vec::new()), (0, 0));
        assert_eq!(looked_at(vec![34_753, 3, 34_753]), (3, 69_509));
        assert_eq!(looked_at(vec![OPTIONS, 3, 50_000, 2]), (3, OPTIONS));
    }
}
