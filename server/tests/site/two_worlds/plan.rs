//! What a random world holds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

/// A world: what happens in it, in order.
#[derive(Clone, Debug)]
pub struct Plan {
    pub datasets: usize,
    pub steps: Vec<Step>,
}

/// Something that happens; hidden steps leave nothing that the public sees.
#[derive(Clone, Debug)]
pub struct Step {
    pub hidden: bool,
    pub what: What,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum What {
    /// A dataset is begun.
    Dataset { dataset: usize, department: &'static str, title: String, topics: Vec<&'static str> },
    /// An edition is begun.
    Edition { dataset: usize, edition: usize },
    /// The next version of an edition is prepared up to a fate.
    Version { dataset: usize, edition: usize, fate: Fate },
    /// The draft of a dataset is edited.
    Draft { dataset: usize, title: String, topics: Vec<&'static str> },
    /// A public version is kept from the archive for a reason that is nobody else's, and is talked about.
    Held { dataset: usize, edition: usize, version: u32 },
    /// The bytes of a public version go to the archive.
    Archived { dataset: usize, edition: usize, version: u32 },
    /// An entry of the release calendar is begun and not announced.
    Release { dataset: usize, title: String },
    /// An entry of the release calendar that everybody may read, for the hidden bundle of the dataset where it has one.
    Announced { dataset: usize, title: String },
    /// A bundle of approved versions of two departments, which no reader limited to one of them may see.
    Together { first: usize, second: usize },
}

/// How far a version goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Created,
    Submitted,
    Approved,
    InProgress,
    ReadyForReview,
    BundleApproved,
    Scheduled,
    Failed,
    Published,
    /// Published with a second table and a second picture, which are recalled afterwards; where nothing is hidden there never were any.
    Recalled,
}

const WORDS: [&str; 6] = ["rainfall", "prices", "births", "turnover", "rents", "wages"];
const TOPICS: [&str; 3] = ["output", "trade", "people"];
const HIDDEN: [Fate; 8] = [
    Fate::Created,
    Fate::Submitted,
    Fate::Approved,
    Fate::InProgress,
    Fate::ReadyForReview,
    Fate::BundleApproved,
    Fate::Scheduled,
    Fate::Failed,
];

pub fn dataset_id(dataset: usize) -> String {
    format!("series-{dataset}")
}

pub fn edition_id(edition: usize) -> String {
    format!("edition-{edition}")
}

/// One dataset with its steps in order: what is public comes before what is not, as it does in life.
fn one(dataset: usize) -> impl Strategy<Value = Vec<Step>> {
    let title = (0..WORDS.len(), 0..WORDS.len());
    let topics = (0..TOPICS.len(), 0..TOPICS.len());
    let departments = prop_oneof![3 => Just("economy"), 1 => Just("health")];
    (
        departments,
        title,
        topics,
        vec(0_usize..3, 1..3),
        vec((0_usize..HIDDEN.len(), 0_u8..4), 0..3),
        0_u8..3,
        title_again(),
    )
        .prop_map(move |(department, (a, b), (t, u), public, tails, edits, twist)| {
            let title = format!("{} and {}", WORDS[a], WORDS[b]);
            let topics = if t == u { vec![TOPICS[t]] } else { vec![TOPICS[t], TOPICS[u]] };
            let is_public = public.iter().any(|versions| *versions > 0);
            let step = |hidden, what| Step { hidden, what };
            let mut steps = vec![step(!is_public, What::Dataset { dataset, department, title, topics })];
            for (edition, versions) in public.iter().enumerate() {
                steps.push(step(*versions == 0, What::Edition { dataset, edition }));
                for _ in 0..*versions {
                    steps.push(step(false, What::Version { dataset, edition, fate: Fate::Published }));
                }
            }
            let versions = public.iter().enumerate().flat_map(|(edition, versions)| {
                (1..=u32::try_from(*versions).unwrap_or(0)).map(move |version| (edition, version))
            });
            let versions: Vec<(usize, u32)> = versions.collect();
            if let (Some((edition, version)), true) = (versions.last().copied(), edits > 0) {
                steps.push(step(true, What::Held { dataset, edition, version }));
            }
            // Never the one that is held.
            if let ([(edition, version), _, ..], 2) = (versions.as_slice(), edits) {
                steps.push(step(false, What::Archived { dataset, edition: *edition, version: *version }));
            }
            // Late, so that it would move what it edits past what others publish; but what is approved is not edited.
            let is_approved = tails.iter().any(|(fate, _)| HIDDEN[*fate] as u8 >= Fate::BundleApproved as u8);
            let topics = vec![TOPICS[(t + 1) % TOPICS.len()]];
            let mut draft = (edits > 0).then(|| step(true, What::Draft { dataset, title: twist, topics }));
            if is_approved {
                steps.extend(draft.take());
            }
            if edits == 2 {
                steps.push(step(true, What::Release { dataset, title: format!("A secret release of {}", WORDS[a]) }));
            }
            let announced = step(false, What::Announced { dataset, title: format!("Known figures of {}", WORDS[b]) });
            // At most one hidden version of an edition goes into a bundle: the next needs it to be public.
            for (place, (fate, fresh)) in tails.into_iter().enumerate() {
                let edition = if fresh == 0 || place > 0 { public.len() + place } else { 0 };
                if edition >= public.len() {
                    steps.push(step(true, What::Edition { dataset, edition }));
                }
                steps.push(step(true, What::Version { dataset, edition, fate: HIDDEN[fate] }));
            }
            if edits > 0 {
                steps.push(announced);
            }
            steps.extend(draft);
            steps
        })
}

fn title_again() -> impl Strategy<Value = String> {
    (0..WORDS.len()).prop_map(|word| format!("A secret twist of {}", WORDS[word]))
}

/// Random worlds of a few datasets whose steps are mixed.
pub fn plans() -> impl Strategy<Value = Plan> {
    let datasets = 3_usize..6;
    datasets.prop_flat_map(|count| {
        let each: Vec<_> = (0..count).map(one).collect();
        (each, vec(0_usize..count, 120), any::<bool>()).prop_map(move |(each, turns, together)| {
            let mut queues: Vec<_> = each.into_iter().map(|steps| steps.into_iter().peekable()).collect();
            let mut steps = Vec::new();
            for turn in turns.into_iter().chain((0..count).cycle().take(count * 20)) {
                steps.extend(queues[turn].next());
            }
            if together {
                // Two datasets of their own, so that their fates do not meet others.
                steps.extend(joint(count));
            }
            Plan { datasets: count + 2, steps }
        })
    })
}

fn joint(count: usize) -> Vec<Step> {
    let begin = |dataset: usize, department: &'static str| {
        let title = format!("Joint {department}");
        let what = [
            What::Dataset { dataset, department, title, topics: vec!["trade"] },
            What::Edition { dataset, edition: 0 },
            What::Version { dataset, edition: 0, fate: Fate::Approved },
        ];
        what.map(|what| Step { hidden: true, what })
    };
    let mut steps: Vec<Step> = begin(count, "economy").into_iter().chain(begin(count + 1, "health")).collect();
    steps.push(Step { hidden: true, what: What::Together { first: count, second: count + 1 } });
    steps
}

impl Plan {
    /// The department that owns a dataset.
    pub fn department(&self, wanted: usize) -> &'static str {
        self.steps
            .iter()
            .find_map(|step| match &step.what {
                What::Dataset { dataset, department, .. } if *dataset == wanted => Some(*department),
                _ => None,
            })
            .unwrap_or("economy")
    }

    /// Whether the step is left out of the world without hidden things: what the other department hides stays.
    pub fn is_left_out(&self, step: &Step) -> bool {
        let dataset = match &step.what {
            What::Dataset { dataset, .. }
            | What::Edition { dataset, .. }
            | What::Version { dataset, .. }
            | What::Release { dataset, .. }
            | What::Announced { dataset, .. }
            | What::Held { dataset, .. }
            | What::Archived { dataset, .. }
            | What::Draft { dataset, .. } => *dataset,
            What::Together { .. } => return true,
        };
        step.hidden && self.department(dataset) == "economy"
    }

    /// What sorts of things are left out, in words.
    pub fn hidden_kinds(&self) -> BTreeSet<String> {
        let left_out = self.steps.iter().filter(|step| self.is_left_out(step));
        let word = |step: &Step| match &step.what {
            What::Dataset { .. } => "dataset",
            What::Edition { .. } => "edition",
            What::Draft { dataset, .. } if self.is_public(*dataset) => "draft of what is public",
            What::Draft { .. } => "draft",
            What::Held { .. } => "held",
            What::Archived { .. } => "archived",
            What::Release { .. } | What::Announced { .. } => "release",
            What::Together { .. } => "together",
            What::Version { fate, .. } => match fate {
                Fate::Created => "created",
                Fate::Submitted => "submitted",
                Fate::Approved | Fate::BundleApproved | Fate::Published | Fate::Recalled => "approved",
                Fate::InProgress => "in_progress",
                Fate::ReadyForReview => "ready_for_review",
                Fate::Scheduled => "scheduled",
                Fate::Failed => "failed",
            },
        };
        // Each version that is not public has a correction, a kept selection and a picture of its own.
        let beside = |step: &Step| -> &'static [&'static str] {
            if matches!(step.what, What::Version { .. }) { &["alert", "filter", "image"] } else { &[] }
        };
        let words = |step: &Step| std::iter::once(word(step)).chain(beside(step).iter().copied());
        left_out.flat_map(words).map(str::to_owned).collect()
    }

    fn is_public(&self, wanted: usize) -> bool {
        let published = |step: &Step| matches!(step.what, What::Version { dataset, fate: Fate::Published, .. } if dataset == wanted);
        self.steps.iter().any(published)
    }

    /// How many public datasets have a draft that is left out.
    pub fn edited_in_secret(&self) -> usize {
        let drafts = self.steps.iter().filter(|step| self.is_left_out(step));
        drafts.filter(|step| matches!(step.what, What::Draft { dataset, .. } if self.is_public(dataset))).count()
    }

    /// Datasets and their editions, hidden ones included.
    pub fn editions(&self) -> Vec<(usize, usize)> {
        let begun = self.steps.iter().filter_map(|step| match &step.what {
            What::Edition { dataset, edition } => Some((*dataset, *edition)),
            _ => None,
        });
        begun.collect()
    }

    /// Datasets, editions and their versions, hidden ones included.
    pub fn versions(&self) -> Vec<(usize, usize, u32)> {
        let mut last: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        let begun = self.steps.iter().filter_map(|step| match &step.what {
            What::Version { dataset, edition, .. } => Some((*dataset, *edition)),
            _ => None,
        });
        let numbered = begun.map(|(dataset, edition)| {
            let number = last.entry((dataset, edition)).or_default();
            *number += 1;
            (dataset, edition, *number)
        });
        numbered.collect()
    }

    /// The labels of the tables or pictures that are recalled.
    pub fn recalled(&self, what: &str) -> Vec<String> {
        let is_recalled = |step: &Step| matches!(step.what, What::Version { fate: Fate::Recalled, .. });
        let places = self.steps.iter().enumerate().filter(|(_, step)| is_recalled(step));
        places.map(|(place, _)| format!("{{{what}-{place}-recalled}}")).collect()
    }

    /// The labels of what is kept of versions that are left out: filters, or outputs of these.
    pub fn kept(&self, what: &str) -> Vec<String> {
        let is_left_out = |step: &Step| matches!(step.what, What::Version { .. }) && self.is_left_out(step);
        let places = self.steps.iter().enumerate().filter(|(_, step)| is_left_out(step));
        places.map(|(place, _)| format!("{{{what}-{place}}}")).collect()
    }

    /// Datasets, editions and numbers of the versions that are left out.
    pub fn left_out(&self) -> Vec<(usize, usize, u32)> {
        let begun = self.steps.iter().filter(|step| matches!(step.what, What::Version { .. }));
        let numbered = self.versions().into_iter().zip(begun);
        numbered.filter(|(_, step)| self.is_left_out(step)).map(|(version, _)| version).collect()
    }

    /// The labels of what comes to be where a version is prepared, ready to be replaced by ids; what is hidden comes first.
    pub fn labelled(&self, what: &str) -> Vec<String> {
        let makes = |step: &Step| match step.what {
            What::Version { fate, .. } => ["file", "image"].contains(&what) || fate as u8 >= Fate::InProgress as u8,
            What::Together { .. } => !["file", "image"].contains(&what),
            _ => false,
        };
        let places = self.steps.iter().enumerate().filter(|(_, step)| makes(step));
        let (hidden, public): (Vec<_>, Vec<_>) = places.partition(|(_, step)| self.is_left_out(step));
        // Of what is public a few are enough to see that it is told.
        let all = hidden.into_iter().chain(public.into_iter().take(3));
        all.map(|(place, _)| format!("{{{what}-{place}}}")).collect()
    }
}
