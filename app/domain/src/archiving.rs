//! Moving old versions out of standard storage: a policy for each department, and what keeps a version from it.

use std::collections::BTreeMap;

use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;

/// What a department keeps in standard storage; whatever either rule keeps stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivePolicy {
    /// Whether the scheduler carries it out.
    pub enabled: bool,
    /// The newest versions of each edition that stay.
    pub keep_versions: Option<u32>,
    /// For how many months after its publication a version stays.
    pub keep_months: Option<u32>,
}

impl ArchivePolicy {
    /// What is wrong with it.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.enabled && self.keep_versions.is_none() && self.keep_months.is_none() {
            let message = "Say how many versions or how many months are kept, or everything would be archived.";
            problems.push(FieldProblem::new("keep_versions", "required", message));
        }
        if self.keep_versions == Some(0) {
            problems.push(FieldProblem::new(
                "keep_versions",
                "out_of_range",
                "The newest version always stays: give 1 or more.",
            ));
        }
        if self.keep_months.is_some_and(|months| months > 1200) {
            problems.push(FieldProblem::new("keep_months", "out_of_range", "Give at most 1200 months."));
        }
        problems
    }
}

/// A published version, as far as archiving looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The version's row id.
    pub id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// When it became public.
    pub published_at: Option<DateTime<Utc>>,
    /// How many public versions of its edition are newer.
    pub newer: u32,
    /// Why it is kept whatever the policy says.
    pub hold: Option<String>,
    /// Bytes that its files take in standard storage, their copies in the public bucket included.
    pub bytes: u64,
}

/// What is to become of a version, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is archived the next time.
    Archive,
    /// It is the newest of its edition.
    Newest,
    /// It is among the newest that are kept.
    AmongNewest,
    /// It was published too recently.
    Recent,
    /// Somebody holds it.
    Held,
}

impl ArchivePolicy {
    /// What the policy does with a version at `now`; the newest of an edition and held ones always stay.
    #[must_use]
    pub fn fate(&self, candidate: &Candidate, now: DateTime<Utc>) -> Fate {
        if candidate.newer == 0 {
            return Fate::Newest;
        }
        if candidate.hold.is_some() {
            return Fate::Held;
        }
        if self.keep_versions.is_some_and(|kept| candidate.newer < kept) {
            return Fate::AmongNewest;
        }
        let since = self.keep_months.and_then(|months| now.checked_sub_months(Months::new(months)));
        match (since, candidate.published_at) {
            (Some(since), Some(published)) if published > since => Fate::Recent,
            // Without a date nobody can tell how old it is.
            (Some(_), None) => Fate::Recent,
            _ if self.keep_versions.is_none() && self.keep_months.is_none() => Fate::Recent,
            _ => Fate::Archive,
        }
    }
}

/// What some of the versions take in standard storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many they are.
    pub versions: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of those that the policy archives next.
    pub leaving: u64,
}

impl Taken {
    fn add(&mut self, candidate: &Candidate, fate: Fate) {
        self.versions = self.versions.saturating_add(1);
        self.bytes = self.bytes.saturating_add(candidate.bytes);
        if fate == Fate::Archive {
            self.leaving = self.leaving.saturating_add(candidate.bytes);
        }
    }
}

/// What each dataset takes, the most first.
#[must_use]
pub fn by_dataset(versions: &[(Candidate, Fate)]) -> Vec<(String, Taken)> {
    let mut found: BTreeMap<&str, Taken> = BTreeMap::new();
    for (candidate, fate) in versions {
        found.entry(&candidate.dataset_id).or_default().add(candidate, *fate);
    }
    let mut found: Vec<(String, Taken)> = found.into_iter().map(|(id, taken)| (id.to_owned(), taken)).collect();
    found.sort_by_key(|(_, taken)| std::cmp::Reverse(taken.bytes));
    found
}

/// The ages that are told apart: in words, and up to how many months after publication.
const AGES: [(&str, u32); 4] =
    [("Less than a year", 12), ("One to two years", 24), ("Two to five years", 60), ("Five years or more", u32::MAX)];

/// What versions of each age take, the youngest first; ages without any are left out. One without a date counts as young, as the
/// policy keeps it.
#[must_use]
pub fn by_age(versions: &[(Candidate, Fate)], now: DateTime<Utc>) -> Vec<(&'static str, Taken)> {
    let mut found = AGES.map(|(words, _)| (words, Taken::default()));
    for (candidate, fate) in versions {
        let is_younger = |months: u32| {
            let since = now.checked_sub_months(Months::new(months));
            since.is_none_or(|since| candidate.published_at.is_none_or(|at| at > since))
        };
        let age = AGES.iter().position(|(_, months)| is_younger(*months)).unwrap_or_default();
        if let Some((_, taken)) = found.get_mut(age) {
            taken.add(candidate, *fate);
        }
    }
    found.into_iter().filter(|(_, taken)| taken.versions > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(newer: u32, published: &str) -> Candidate {
        Candidate {
            id: "v".into(),
            dataset_id: "gdp".into(),
            edition: "e".into(),
            version: 1,
            published_at: published.parse().ok(),
            newer,
            hold: None,
            bytes: 1,
        }
    }

    #[test]
    fn whatever_either_rule_keeps_stays() {
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        let policy = ArchivePolicy { enabled: true, keep_versions: Some(3), keep_months: Some(12) };
        for (newer, published, fate) in [
            (0, "2001-01-01T00:00:00Z", Fate::Newest),
            (2, "2001-01-01T00:00:00Z", Fate::AmongNewest),
            (3, "2025-11-28T12:00:01Z", Fate::Recent),
            (3, "2025-11-28T12:00:00Z", Fate::Archive),
            (3, "", Fate::Recent),
        ] {
            assert_eq!(policy.fate(&candidate(newer, published), now), fate, "{newer} {published}");
        }
        let held = Candidate { hold: Some("an inquiry".into()), ..candidate(9, "2001-01-01T00:00:00Z") };
        assert_eq!(policy.fate(&held, now), Fate::Held);
        let nothing = ArchivePolicy::default();
        assert_eq!(nothing.fate(&candidate(9, "2001-01-01T00:00:00Z"), now), Fate::Recent);
    }

    #[test]
    fn sizes_are_told_by_dataset_and_by_age() {
        let of = |dataset: &str, bytes: u64, published: &str, fate| {
            (Candidate { dataset_id: dataset.into(), bytes, ..candidate(1, published) }, fate)
        };
        let versions = [
            of("cpi", 5, "2026-01-01T00:00:00Z", Fate::Newest),
            of("gdp", 10, "2024-11-28T12:00:00Z", Fate::Archive),
            of("gdp", 20, "2001-01-01T00:00:00Z", Fate::Held),
            of("gdp", 1, "", Fate::Recent),
        ];
        let taken = |versions, bytes, leaving| Taken { versions, bytes, leaving };
        let of_datasets = by_dataset(&versions);
        assert_eq!(of_datasets, [("gdp".to_owned(), taken(3, 31, 10)), ("cpi".to_owned(), taken(1, 5, 0))]);
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        let ages = [
            ("Less than a year", taken(2, 6, 0)),
            ("Two to five years", taken(1, 10, 10)),
            ("Five years or more", taken(1, 20, 0)),
        ];
        assert_eq!(by_age(&versions, now), ages);
        assert!(by_dataset(&[]).is_empty() && by_age(&[], now).is_empty());
    }

    #[test]
    fn a_policy_that_would_keep_nothing_is_refused() {
        assert_eq!(ArchivePolicy { enabled: true, ..ArchivePolicy::default() }.problems().len(), 1);
        assert_eq!(ArchivePolicy { enabled: true, keep_versions: Some(0), keep_months: None }.problems().len(), 1);
        assert!(ArchivePolicy { enabled: true, keep_versions: None, keep_months: Some(24) }.problems().is_empty());
    }
}
