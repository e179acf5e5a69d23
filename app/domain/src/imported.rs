//! What an import did, thing by thing, and what becomes of each once the import is undone.

mod fate;

pub use fate::{ImportFate, Present, PresentDataset, PresentEdition, PresentVersion, Touched, fates};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::wire::wire_enum;

wire_enum! {
    /// What an import did to one thing.
    ImportedKind {
        /// It made a dataset.
        Dataset => "dataset",
        /// It changed the draft of a dataset.
        Draft => "draft",
        /// It began an edition.
        Edition => "edition",
        /// It began a version.
        Version => "version",
        /// It changed what is said of a version.
        Details => "details",
        /// It put a file into a version.
        File => "file",
    }
}

impl ImportedKind {
    /// Whether the thing was made, so that undoing deletes it; what was changed is put back.
    #[must_use]
    pub const fn is_made(self) -> bool {
        !matches!(self, Self::Draft | Self::Details)
    }
}

/// One thing that an import made or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedItem {
    /// Its place among what the import did, from 0.
    pub place: i64,
    /// What was done.
    pub kind: ImportedKind,
    /// The dataset that it is, or is in.
    pub dataset_id: String,
    /// The edition that it is, or is in.
    pub edition: Option<String>,
    /// The number of the version that it is, or is in.
    pub version: Option<u32>,
    /// The same version by the id of its row.
    pub version_id: Option<String>,
    /// The file, by its id.
    pub file_id: Option<String>,
    /// What the file was called.
    pub filename: Option<String>,
    /// The revision that was found: of the dataset, or of the version; none of what was made.
    pub found: Option<i64>,
    /// The revision that the import left: of the dataset, the edition or the version.
    pub left: i64,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// When it was taken back, if it was.
    pub taken_back_at: Option<DateTime<Utc>>,
}

impl ImportedItem {
    /// A thing of a dataset, left in this revision.
    #[must_use]
    pub fn new(kind: ImportedKind, dataset_id: &str, left: i64, at: DateTime<Utc>) -> Self {
        Self {
            place: 0,
            kind,
            dataset_id: dataset_id.to_owned(),
            edition: None,
            version: None,
            version_id: None,
            file_id: None,
            filename: None,
            found: None,
            left,
            at,
            taken_back_at: None,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn name(&self) -> String {
        let (dataset, edition) = (&self.dataset_id, self.edition.as_deref().unwrap_or_default());
        let version = || format!("version {} of {dataset}, {edition}", self.version.unwrap_or_default());
        match self.kind {
            ImportedKind::Dataset => format!("Dataset {dataset}"),
            ImportedKind::Draft => format!("Metadata of {dataset}"),
            ImportedKind::Edition => format!("Edition {edition} of {dataset}"),
            ImportedKind::Version => format!("Version {} of {dataset}, {edition}", self.version.unwrap_or_default()),
            ImportedKind::Details => format!("Details of {}", version()),
            ImportedKind::File => format!("File {} in {}", self.filename.as_deref().unwrap_or_default(), version()),
        }
    }

    /// The portal's page on which it stands.
    #[must_use]
    pub fn admin_path(&self) -> String {
        let dataset = format!("/admin/datasets/{}", self.dataset_id);
        match (&self.edition, self.version) {
            (Some(edition), Some(version)) => format!("{dataset}/editions/{edition}/versions/{version}"),
            _ => dataset,
        }
    }
}

/// An import that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedOut {
    /// Its id.
    pub id: String,
    /// Who carried it out.
    pub by: Actor,
    /// When.
    pub at: DateTime<Utc>,
    /// Who undid it last, and when.
    pub undone: Option<(Actor, DateTime<Utc>)>,
}

impl CarriedOut {
    /// The portal's page about it.
    #[must_use]
    pub fn admin_path(&self) -> String {
        format!("/admin/imports/{}", self.id)
    }
}

/// An import as a list tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// The import.
    pub import: CarriedOut,
    /// How many things it did of each kind.
    pub counts: Vec<(ImportedKind, u64)>,
    /// How many of them were taken back.
    pub taken_back: u64,
}

impl ImportSummary {
    /// How many things it made, and how many it changed.
    #[must_use]
    pub fn made_and_changed(&self) -> (u64, u64) {
        let of = |made: bool| self.counts.iter().filter(|(kind, _)| kind.is_made() == made).map(|(_, n)| n).sum();
        (of(true), of(false))
    }
}

/// An import with everything that it did, and what would become of it if the import were undone now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSheet {
    /// The import.
    pub import: CarriedOut,
    /// The things in the order in which they were done.
    pub things: Vec<(ImportedItem, ImportFate)>,
}

impl ImportSheet {
    /// The import with its things, judged by what is there now.
    #[must_use]
    pub fn new(import: CarriedOut, items: Vec<ImportedItem>, present: &Present) -> Self {
        let fates = fates(&items, present);
        Self { import, things: items.into_iter().zip(fates).collect() }
    }

    /// How many things would be taken back: the number that is typed to confirm it.
    #[must_use]
    pub fn to_take_back(&self) -> usize {
        self.things.iter().filter(|(_, fate)| *fate == ImportFate::TakenBack).count()
    }

    /// How many things would stay.
    #[must_use]
    pub fn staying(&self) -> usize {
        self.things.iter().filter(|(_, fate)| matches!(fate, ImportFate::Stays(_))).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_named_and_leads_to_its_page() {
        let item = |kind| ImportedItem {
            edition: Some("2026".to_owned()),
            version: Some(2),
            filename: Some("cpi.csv".to_owned()),
            ..ImportedItem::new(kind, "cpi", 1, DateTime::UNIX_EPOCH)
        };
        let names: Vec<String> = ImportedKind::ALL.iter().map(|kind| item(*kind).name()).collect();
        assert_eq!(
            names,
            [
                "Dataset cpi",
                "Metadata of cpi",
                "Edition 2026 of cpi",
                "Version 2 of cpi, 2026",
                "Details of version 2 of cpi, 2026",
                "File cpi.csv in version 2 of cpi, 2026",
            ]
        );
        assert_eq!(item(ImportedKind::File).admin_path(), "/admin/datasets/cpi/editions/2026/versions/2");
        let dataset = ImportedItem::new(ImportedKind::Dataset, "cpi", 1, DateTime::UNIX_EPOCH);
        assert_eq!(dataset.admin_path(), "/admin/datasets/cpi");
    }

    #[test]
    fn what_was_made_is_counted_apart_from_what_was_changed() {
        let counts = vec![(ImportedKind::Dataset, 2), (ImportedKind::File, 3), (ImportedKind::Draft, 4)];
        let import =
            CarriedOut { id: "i".to_owned(), by: Actor::system("test"), at: DateTime::UNIX_EPOCH, undone: None };
        let summary = ImportSummary { import, counts, taken_back: 0 };
        assert_eq!(summary.made_and_changed(), (5, 4));
    }
}
