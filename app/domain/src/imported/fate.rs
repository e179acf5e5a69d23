//! What becomes of each thing once its import is undone: what nobody has touched since is taken back, anything else stays.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ImportedItem, ImportedKind};
use crate::uk_time;
use crate::version::VersionState;

/// What becomes of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportFate {
    /// It is taken back: deleted where the import made it, else put back as it was.
    TakenBack,
    /// It stays, for this reason.
    Stays(String),
    /// It is not there any more.
    Gone,
    /// It was taken back before.
    Before(DateTime<Utc>),
}

/// Who touched something last, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The name of its last editor.
    pub by: String,
    /// When anything of it changed last.
    pub at: DateTime<Utc>,
}

/// A dataset of an import as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentDataset {
    /// Whether whoever undoes the import may write it.
    pub may_write: bool,
    /// Whether somebody else is changing it at this moment.
    pub is_busy: bool,
    /// Whether it is public.
    pub is_public: bool,
    /// Its revision.
    pub revision: i64,
    /// The last change.
    pub touched: Touched,
    /// Whether its draft becomes public with a bundle that is approved.
    pub is_approved: bool,
    /// A topic that its draft had before the import, and that is no longer there.
    pub lost_topic: Option<String>,
}

/// An edition of a dataset of an import as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentEdition {
    /// Whether somebody else is changing it at this moment.
    pub is_busy: bool,
    /// Whether it is public.
    pub is_public: bool,
    /// Its revision.
    pub revision: i64,
    /// When it was begun.
    pub made_at: DateTime<Utc>,
}

/// A version of a dataset of an import as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentVersion {
    /// The dataset.
    pub dataset_id: String,
    /// The edition.
    pub edition: String,
    /// The number.
    pub number: u32,
    /// Whether somebody else is changing it at this moment.
    pub is_busy: bool,
    /// Whether a bundle holds it.
    pub is_held: bool,
    /// Where it stands.
    pub state: VersionState,
    /// Its revision.
    pub revision: i64,
    /// The last change.
    pub touched: Touched,
}

/// What is there now of the datasets of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// The datasets, by id.
    pub datasets: BTreeMap<String, PresentDataset>,
    /// All their editions, by dataset and id.
    pub editions: BTreeMap<(String, String), PresentEdition>,
    /// All their versions, by the id of the row.
    pub versions: BTreeMap<String, PresentVersion>,
    /// Those files of the import that are there.
    pub files: BTreeSet<String>,
}

/// What is taken away, so that what holds nothing else may go, too.
#[derive(Default)]
struct Going<'a> {
    versions: BTreeSet<&'a str>,
    editions: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Going<'a> {
    fn add(&mut self, item: &'a ImportedItem) {
        match item.kind {
            ImportedKind::Version => self.versions.extend(item.version_id.as_deref()),
            ImportedKind::Edition => {
                self.editions.extend(item.edition.as_deref().map(|edition| (item.dataset_id.as_str(), edition)));
            }
            _ => {}
        }
    }
}

/// From the inside out: what holds something that stays, stays.
const TURNS: [&[ImportedKind]; 3] = [
    &[ImportedKind::File, ImportedKind::Details, ImportedKind::Version, ImportedKind::Draft],
    &[ImportedKind::Edition],
    &[ImportedKind::Dataset],
];

/// What becomes of each of these things of one import, in their order.
#[must_use]
pub fn fates(items: &[ImportedItem], present: &Present) -> Vec<ImportFate> {
    let mut going = Going::default();
    let mut told: BTreeMap<usize, ImportFate> = BTreeMap::new();
    for kinds in TURNS {
        for (place, item) in items.iter().enumerate().filter(|(_, item)| kinds.contains(&item.kind)) {
            let fate = fate_of(item, present, &going);
            if fate == ImportFate::TakenBack {
                going.add(item);
            }
            told.insert(place, fate);
        }
    }
    told.into_values().collect()
}

const BUSY: &str = "Somebody is changing it at this moment.";

fn stays(why: impl Into<String>) -> ImportFate {
    ImportFate::Stays(why.into())
}

fn fate_of(item: &ImportedItem, present: &Present, going: &Going<'_>) -> ImportFate {
    if let Some(at) = item.taken_back_at {
        return ImportFate::Before(at);
    }
    let Some(dataset) = present.datasets.get(&item.dataset_id) else { return ImportFate::Gone };
    if !dataset.may_write {
        return stays("Your rights do not reach it.");
    }
    match item.kind {
        ImportedKind::Dataset => of_dataset(item, dataset, present, going),
        ImportedKind::Draft => of_draft(item, dataset),
        ImportedKind::Edition => of_edition(item, present, going),
        ImportedKind::Version | ImportedKind::Details | ImportedKind::File => of_version(item, present),
    }
}

/// That something was changed, with what is known of it.
fn changed(what: &str, touched: &Touched) -> ImportFate {
    let Touched { by, at } = touched;
    stays(format!("{what} since, on {} (last edited by {by}).", uk_time::date_time(*at)))
}

/// Whether the dataset is still as the import left it; one that was made anew under the same id is not.
fn is_as_left(item: &ImportedItem, dataset: &PresentDataset) -> bool {
    dataset.revision == item.left && dataset.touched.at == item.at
}

fn of_dataset(item: &ImportedItem, dataset: &PresentDataset, present: &Present, going: &Going<'_>) -> ImportFate {
    if dataset.is_busy {
        return stays(BUSY);
    }
    if dataset.is_public {
        return stays("It is public.");
    }
    if !is_as_left(item, dataset) {
        return changed("It was changed", &dataset.touched);
    }
    let own = present.editions.keys().filter(|(of, _)| *of == item.dataset_id);
    let mut kept = own.filter(|(of, edition)| !going.editions.contains(&(of.as_str(), edition.as_str())));
    match kept.next() {
        Some((_, edition)) => stays(format!("It holds the edition {edition}, which stays.")),
        None => ImportFate::TakenBack,
    }
}

fn of_draft(item: &ImportedItem, dataset: &PresentDataset) -> ImportFate {
    if dataset.is_busy {
        return stays(BUSY);
    }
    if !is_as_left(item, dataset) {
        let what = if dataset.is_public { "It was changed or published" } else { "It was changed" };
        return changed(what, &dataset.touched);
    }
    if dataset.is_approved {
        return stays("It becomes public with a bundle that is approved.");
    }
    match &dataset.lost_topic {
        Some(topic) => stays(format!("The topic {topic}, which it had, is no longer there.")),
        None => ImportFate::TakenBack,
    }
}

fn of_edition(item: &ImportedItem, present: &Present, going: &Going<'_>) -> ImportFate {
    let own = (item.dataset_id.clone(), item.edition.clone().unwrap_or_default());
    let Some(edition) = present.editions.get(&own) else { return ImportFate::Gone };
    if edition.is_busy {
        return stays(BUSY);
    }
    if edition.is_public {
        return stays("It is public.");
    }
    if edition.revision != item.left || edition.made_at != item.at {
        return stays("It was changed since.");
    }
    let is_of_it = |version: &PresentVersion| version.dataset_id == own.0 && version.edition == own.1;
    let kept =
        present.versions.iter().filter(|(id, version)| is_of_it(version) && !going.versions.contains(id.as_str()));
    match kept.map(|(_, version)| version.number).min() {
        Some(number) => stays(format!("It holds version {number}, which stays.")),
        None => ImportFate::TakenBack,
    }
}

fn of_version(item: &ImportedItem, present: &Present) -> ImportFate {
    let found = item.version_id.as_ref().and_then(|id| present.versions.get(id));
    let Some(version) = found else { return ImportFate::Gone };
    if item.file_id.as_ref().is_some_and(|id| !present.files.contains(id)) {
        return ImportFate::Gone;
    }
    let what = if item.kind == ImportedKind::Version { "It" } else { "Its version" };
    if version.is_busy {
        return stays(BUSY);
    }
    match version.state {
        VersionState::Published | VersionState::Archived => return stays(format!("{what} is public.")),
        VersionState::Approved => return stays(format!("{what} was approved since.")),
        VersionState::Submitted => return stays(format!("{what} was sent for approval since.")),
        VersionState::Created => {}
    }
    if version.is_held {
        return stays(format!("{what} is in a bundle."));
    }
    if version.revision != item.left {
        return changed(&format!("{what} was changed"), &version.touched);
    }
    let is_later = |other: &PresentVersion| {
        (&other.dataset_id, &other.edition) == (&version.dataset_id, &version.edition) && other.number > version.number
    };
    // Numbers have no gaps.
    if item.kind == ImportedKind::Version && present.versions.values().any(is_later) {
        return stays("A later version of its edition was begun since.");
    }
    ImportFate::TakenBack
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn later() -> DateTime<Utc> {
        AT + chrono::TimeDelta::hours(1)
    }

    fn touched() -> Touched {
        Touched { by: "Ann".to_owned(), at: AT }
    }

    fn item(kind: ImportedKind, left: i64) -> ImportedItem {
        let is_file = kind == ImportedKind::File;
        ImportedItem {
            edition: Some("2026".to_owned()),
            version: Some(1),
            version_id: Some("v".to_owned()),
            file_id: is_file.then(|| "f".to_owned()),
            ..ImportedItem::new(kind, "cpi", left, AT)
        }
    }

    /// A dataset, its edition, version and file, all made by one import.
    fn made() -> Vec<ImportedItem> {
        [(ImportedKind::Dataset, 1), (ImportedKind::Edition, 1), (ImportedKind::Version, 2), (ImportedKind::File, 2)]
            .map(|(kind, left)| item(kind, left))
            .to_vec()
    }

    fn version(number: u32) -> PresentVersion {
        PresentVersion {
            dataset_id: "cpi".to_owned(),
            edition: "2026".to_owned(),
            number,
            is_busy: false,
            is_held: false,
            state: VersionState::Created,
            revision: 2,
            touched: touched(),
        }
    }

    fn as_left() -> Present {
        let dataset = PresentDataset {
            may_write: true,
            is_busy: false,
            is_public: false,
            revision: 1,
            touched: touched(),
            is_approved: false,
            lost_topic: None,
        };
        let edition = PresentEdition { is_busy: false, is_public: false, revision: 1, made_at: AT };
        Present {
            datasets: BTreeMap::from([("cpi".to_owned(), dataset)]),
            editions: BTreeMap::from([(("cpi".to_owned(), "2026".to_owned()), edition)]),
            versions: BTreeMap::from([("v".to_owned(), version(1))]),
            files: BTreeSet::from(["f".to_owned()]),
        }
    }

    /// What becomes of the four, in words, where something is otherwise than the import left it.
    fn told(otherwise: impl FnOnce(&mut Present)) -> Vec<String> {
        let mut present = as_left();
        otherwise(&mut present);
        words(&made(), &present)
    }

    fn words(items: &[ImportedItem], present: &Present) -> Vec<String> {
        let word = |fate: &ImportFate| match fate {
            ImportFate::TakenBack => "goes".to_owned(),
            ImportFate::Gone => "gone".to_owned(),
            ImportFate::Before(_) => "before".to_owned(),
            ImportFate::Stays(why) => why.clone(),
        };
        fates(items, present).iter().map(word).collect()
    }

    fn of(present: &mut Present) -> (&mut PresentDataset, &mut PresentEdition, &mut PresentVersion) {
        let dataset = present.datasets.values_mut().next().unwrap();
        let edition = present.editions.values_mut().next().unwrap();
        (dataset, edition, present.versions.get_mut("v").unwrap())
    }

    const HOLDS: [&str; 2] = ["It holds the edition 2026, which stays.", "It holds version 1, which stays."];

    #[test]
    fn what_nobody_touched_is_taken_back_whole() {
        assert_eq!(told(|_| {}), ["goes"; 4]);
    }

    #[test]
    fn whatever_became_of_a_version_keeps_it_and_what_holds_it() {
        let state = |state| move |present: &mut Present| of(present).2.state = state;
        for (said, why) in [
            (told(state(VersionState::Submitted)), "was sent for approval since."),
            (told(state(VersionState::Approved)), "was approved since."),
            (told(state(VersionState::Published)), "is public."),
            (told(state(VersionState::Archived)), "is public."),
            (told(|present| of(present).2.is_held = true), "is in a bundle."),
            (told(|present| of(present).2.revision = 3), "was changed since, on 1 January 1970"),
        ] {
            assert_eq!(said[..2], HOLDS);
            let begins = |at: usize, what: &str| said[at].starts_with(&format!("{what} {why}"));
            assert!(begins(2, "It") && begins(3, "Its version"), "{said:?}");
        }
        let busy = told(|present| of(present).2.is_busy = true);
        assert_eq!(busy, [HOLDS[0], HOLDS[1], BUSY, BUSY]);
    }

    #[test]
    fn a_version_with_a_later_one_stays_and_its_file_goes() {
        let said = told(|present| {
            present.versions.insert("later".to_owned(), version(2));
        });
        assert_eq!(said, [HOLDS[0], HOLDS[1], "A later version of its edition was begun since.", "goes"]);
        // One of another edition is no later one, and keeps what holds it all the same.
        let said = told(|present| {
            let other = PresentVersion { edition: "2027".to_owned(), ..version(2) };
            present.versions.insert("other".to_owned(), other);
            let edition = of(present).1.clone();
            present.editions.insert(("cpi".to_owned(), "2027".to_owned()), edition);
        });
        assert_eq!(said, ["It holds the edition 2027, which stays.", "goes", "goes", "goes"]);
    }

    #[test]
    fn what_was_changed_or_is_public_or_was_made_anew_stays() {
        let of_dataset = |otherwise: fn(&mut PresentDataset)| told(|present| otherwise(of(present).0)).swap_remove(0);
        assert_eq!(of_dataset(|dataset| dataset.is_public = true), "It is public.");
        assert!(of_dataset(|dataset| dataset.revision = 2).starts_with("It was changed since, on "));
        assert!(of_dataset(|dataset| dataset.touched.at = later()).starts_with("It was changed since, on "));
        assert_eq!(of_dataset(|dataset| dataset.is_busy = true), BUSY);
        let of_edition = |otherwise: fn(&mut PresentEdition)| told(|present| otherwise(of(present).1));
        for (said, why) in [
            (of_edition(|edition| edition.is_public = true), "It is public."),
            (of_edition(|edition| edition.revision = 2), "It was changed since."),
            (of_edition(|edition| edition.made_at = later()), "It was changed since."),
            (of_edition(|edition| edition.is_busy = true), BUSY),
        ] {
            assert_eq!(said, [HOLDS[0], why, "goes", "goes"]);
        }
    }

    #[test]
    fn nothing_is_taken_back_that_rights_do_not_reach_or_that_is_gone() {
        assert_eq!(told(|present| of(present).0.may_write = false), ["Your rights do not reach it."; 4]);
        assert_eq!(told(|present| present.datasets.clear()), ["gone"; 4]);
        let without_file = told(|present| present.files.clear());
        assert_eq!(without_file, ["goes", "goes", "goes", "gone"]);
        let before: Vec<ImportedItem> =
            made().into_iter().map(|item| ImportedItem { taken_back_at: Some(AT), ..item }).collect();
        assert_eq!(words(&before, &as_left()), ["before"; 4]);
    }

    #[test]
    fn what_was_changed_is_put_back_only_where_it_is_as_it_was_left() {
        let drafts = [item(ImportedKind::Draft, 1), item(ImportedKind::Details, 2)];
        let told = |otherwise: fn(&mut Present)| {
            let mut present = as_left();
            otherwise(&mut present);
            words(&drafts, &present)
        };
        assert_eq!(told(|_| {}), ["goes", "goes"]);
        assert_eq!(told(|present| of(present).0.is_public = true), ["goes", "goes"], "its draft is its own");
        assert!(told(|present| of(present).0.revision = 2)[0].starts_with("It was changed since, on "));
        let published = told(|present| {
            let dataset = of(present).0;
            (dataset.revision, dataset.is_public) = (2, true);
        });
        assert!(published[0].starts_with("It was changed or published since, on "), "{published:?}");
        let approved = told(|present| of(present).0.is_approved = true);
        assert_eq!(approved[0], "It becomes public with a bundle that is approved.");
        let lost = told(|present| of(present).0.lost_topic = Some("trade".to_owned()));
        assert_eq!(lost[0], "The topic trade, which it had, is no longer there.");
        assert!(told(|present| of(present).2.revision = 3)[1].starts_with("Its version was changed since, on "));
    }
}
