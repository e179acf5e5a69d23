//! What the pages about topics, the release calendar, the archive and corrections show.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::archiving::{ArchivePolicy, Candidate, Fate};
use crate::catalogue::Hit;
use crate::event::Event;
use crate::imported::ImportSummary;
use crate::page::Page;
use crate::release::Release;
use crate::several::is_by_fault;
use crate::subscription::SubscriptionChannel;
use crate::topic::{Department, Topic};
use crate::version::Version;
use crate::views::DatasetAdminPage;

/// What a merge of a topic gives to another, for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicWeight {
    /// How many datasets carry it, drafts included.
    pub datasets: usize,
    /// How many of these carry it in public.
    pub public: usize,
    /// The titles of the topics right below it.
    pub below: Vec<String>,
    /// The addresses that lead to it already.
    pub addresses: Vec<String>,
}

/// The whole taxonomy with what is filed under it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledTopics {
    /// The topics, each followed by those below it.
    pub topics: Vec<Topic>,
    /// By a topic's id, how many datasets carry it, drafts included, and how many of these in public.
    pub datasets: BTreeMap<String, (u64, u64)>,
}

/// One topic with the taxonomy around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicSheet {
    /// The topic.
    pub topic: Topic,
    /// The whole taxonomy, each topic followed by those below it.
    pub topics: Vec<Topic>,
    /// What a merge would give to another topic.
    pub weight: TopicWeight,
    /// What happened to the topic; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
}

/// A part of the release calendar as those who prepare it see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseList {
    /// The entries.
    pub releases: Page<Release>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// One entry of the release calendar, with what it can be linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSheet {
    /// The entry; `None` for one that is to be made.
    pub release: Option<Release>,
    /// Bundles that it can be linked to, by id and title.
    pub bundles: Vec<(String, String)>,
    /// The departments.
    pub departments: Vec<Department>,
    /// What happened to the entry; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// What a department keeps in standard storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveDesk {
    /// The departments.
    pub departments: Vec<Department>,
    /// The one that is looked at; empty where none is.
    pub department: String,
    /// Its policy, with its revision.
    pub policy: Option<(ArchivePolicy, i64)>,
    /// Another policy that is tried out.
    pub tried: Option<ArchivePolicy>,
    /// Its published versions with what becomes of each.
    pub versions: Vec<(Candidate, Fate)>,
    /// Its archived versions: dataset, edition and number.
    pub archived: Vec<(String, String, u32)>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// Corrections of what is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionDesk {
    /// Datasets that were found, to pick one.
    pub found: Vec<Hit>,
    /// The latest corrections, newest first.
    pub recent: Vec<Event>,
}

/// What somebody needs who corrects a version step by step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectionGuide {
    /// Public datasets that were found, to pick one.
    pub found: Vec<Hit>,
    /// The dataset that was picked, with its editions and versions.
    pub dataset: Option<DatasetAdminPage>,
    /// How many subscribers a new version of it would be told to, by channel.
    pub readers: Vec<(SubscriptionChannel, u64)>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

impl CorrectionGuide {
    /// The public version that was picked of the dataset.
    #[must_use]
    pub fn version(&self, edition: &str, number: u32) -> Option<&Version> {
        let editions = &self.dataset.as_ref()?.editions;
        let mut versions = editions.iter().flat_map(|(_, versions)| versions);
        versions.find(|one| one.edition == edition && one.version == number && one.is_public())
    }
}

/// What an import does, or would do, with one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportOutcome {
    /// A dataset is made.
    Makes,
    /// These parts of a dataset's draft change.
    Changes(Vec<String>),
    /// Everything is as it says already.
    Same,
    /// The dataset is as the line says, and its file was not taken, for these reasons.
    WithoutFile(Vec<String>),
    /// The dataset is as the line says, and what the line says of a version was not taken, for these reasons.
    WithoutVersion(Vec<String>),
    /// It cannot be done, for these reasons; nothing changed.
    Refused(Vec<String>),
}

/// One line of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// Its number in the file, the heading being line 1.
    pub line: u64,
    /// The dataset.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What becomes of it.
    pub outcome: ImportOutcome,
}

/// What an import does, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Every line.
    pub lines: Vec<ImportLine>,
    /// Why the file cannot be read at all.
    pub problem: Option<String>,
    /// Files that were sent and that no line names.
    #[serde(default)]
    pub superfluous: Vec<String>,
    /// The import, by its id, where it was carried out and did anything: it can be undone.
    #[serde(default)]
    pub import: Option<String>,
}

impl ImportReport {
    /// Whether any line names a file, going by the headings of what was sent.
    #[must_use]
    pub fn names_files(csv: &str) -> bool {
        let headings = csv.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
        headings.split(',').any(|heading| heading.trim().trim_matches('"').eq_ignore_ascii_case("file"))
    }

    /// Whether a fault of the service ended it, so that lines are left to be sent again.
    #[must_use]
    pub fn was_cut_short(&self) -> bool {
        let by_fault = |line: &ImportLine| matches!(&line.outcome, ImportOutcome::Refused(why) if is_by_fault(why));
        self.lines.iter().any(by_fault)
    }

    /// How many lines make, change, leave as they are, and are refused, those too of which only a part was.
    #[must_use]
    pub fn counts(&self) -> [usize; 4] {
        let count = |wanted: fn(&ImportOutcome) -> bool| self.lines.iter().filter(|line| wanted(&line.outcome)).count();
        [
            count(|outcome| *outcome == ImportOutcome::Makes),
            count(|outcome| matches!(outcome, ImportOutcome::Changes(_))),
            count(|outcome| *outcome == ImportOutcome::Same),
            count(|outcome| {
                matches!(
                    outcome,
                    ImportOutcome::Refused(_) | ImportOutcome::WithoutFile(_) | ImportOutcome::WithoutVersion(_)
                )
            }),
        ]
    }
}

/// The page of imports: what was sent last, with its rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDesk {
    /// The text as it was sent.
    pub csv: String,
    /// What it would do; `None` before anything was sent.
    pub report: Option<ImportReport>,
    /// Whether it was carried out.
    pub done: bool,
    /// The newest imports that were carried out.
    #[serde(default)]
    pub past: Vec<ImportSummary>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::several::NOT_TRIED;

    #[test]
    fn an_import_that_a_fault_ended_leaves_lines_to_send_again() {
        let refused = |why: &str| ImportReport {
            lines: vec![ImportLine {
                line: 2,
                id: "cpi".to_owned(),
                title: "Prices".to_owned(),
                outcome: ImportOutcome::Refused(vec![why.to_owned()]),
            }],
            ..ImportReport::default()
        };
        assert!(refused(NOT_TRIED).was_cut_short());
        assert!(!refused("There is no department nowhere.").was_cut_short());
        assert!(!ImportReport::default().was_cut_short());
    }
}
