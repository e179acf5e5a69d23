//! What the fields of a dataset may hold; every problem is told at once.

use std::collections::BTreeSet;

use super::{Coverage, DatasetMetadata, Frequency, RelatedLink};
use crate::refusal::FieldProblem;
use crate::text::{check_email, check_href, check_line, check_optional, check_telephone};

/// The most keywords of a dataset.
pub const MAX_KEYWORDS: usize = 50;
/// The most topics of a dataset.
pub const MAX_TOPICS: usize = 20;
/// The most contacts of a dataset.
pub const MAX_CONTACTS: usize = 20;
/// The most links of one kind, and the most notes, changes or alerts of a version.
pub const MAX_ITEMS: usize = 100;

impl DatasetMetadata {
    /// Every problem of the metadata at once; what may still be missing in a draft is not one.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let p = &mut problems;
        check_line(p, "title", &self.title, 200);
        check_optional(p, "title_cy", self.title_cy.as_deref().unwrap_or(""), 200, false);
        check_optional(p, "description", &self.description, 10_000, true);
        check_optional(p, "description_cy", self.description_cy.as_deref().unwrap_or(""), 10_000, true);
        self.check_words(p);
        if !self.licence_url.is_empty() {
            check_href(p, "licence_url", &self.licence_url);
        }
        if let Some(page) = &self.publisher_url {
            check_href(p, "publisher_url", page);
        }
        check_frequency(p, "release_frequency", &self.release_frequency);
        check_next_release(p, self.next_release.as_deref().unwrap_or(""));
        check_coverage(p, "temporal_coverage", self.temporal_coverage.as_deref().unwrap_or(""));
        self.check_keywords(p);
        self.check_topics(p);
        self.check_contacts(p);
        let lists = [
            ("methodologies", &self.methodologies),
            ("publications", &self.publications),
            ("related_content", &self.related_content),
            ("related_datasets", &self.related_datasets),
        ];
        for (list, links) in lists {
            check_links(p, list, links);
        }
        if let Some(qmi) = &self.qmi {
            check_link(p, "qmi", qmi);
        }
        if let Some(based_on) = &self.is_based_on {
            based_on.check(p, "is_based_on");
        }
        problems
    }

    fn check_words(&self, p: &mut Vec<FieldProblem>) {
        for (name, text) in [
            ("licence", Some(&self.licence)),
            ("release_frequency", Some(&self.release_frequency)),
            ("publisher", Some(&self.publisher)),
            ("publisher_type", self.publisher_type.as_ref()),
            ("next_release", self.next_release.as_ref()),
            ("survey", self.survey.as_ref()),
            ("unit_of_measure", self.unit_of_measure.as_ref()),
            ("temporal_coverage", self.temporal_coverage.as_ref()),
            ("spatial_coverage", self.spatial_coverage.as_ref()),
            ("attribution", self.attribution.as_ref()),
        ] {
            check_optional(p, name, text.map_or("", String::as_str), 300, false);
        }
    }

    fn check_keywords(&self, p: &mut Vec<FieldProblem>) {
        check_number(p, "keywords", self.keywords.len(), MAX_KEYWORDS);
        let mut seen = BTreeSet::new();
        for (i, keyword) in self.keywords.iter().enumerate() {
            let field = format!("keywords.{i}");
            check_line(p, &field, keyword, 100);
            if keyword.contains(',') {
                p.push(FieldProblem::new(&field, "comma", "Make two keywords of this: commas stand between keywords."));
            }
            if !seen.insert(keyword.trim().to_lowercase()) {
                p.push(FieldProblem::new(&field, "duplicate", format!("The keyword {keyword} is given twice.")));
            }
        }
    }

    fn check_topics(&self, p: &mut Vec<FieldProblem>) {
        check_number(p, "topics", self.topics.len(), MAX_TOPICS);
        let mut seen = BTreeSet::new();
        for (i, topic) in self.topics.iter().enumerate() {
            if !seen.insert(topic) {
                let message = format!("The topic {topic} is given twice.");
                p.push(FieldProblem::new(&format!("topics.{i}"), "duplicate", message));
            }
        }
    }

    fn check_contacts(&self, p: &mut Vec<FieldProblem>) {
        check_number(p, "contacts", self.contacts.len(), MAX_CONTACTS);
        for (i, contact) in self.contacts.iter().enumerate() {
            check_line(p, &format!("contacts.{i}.name"), &contact.name, 200);
            check_email(p, &format!("contacts.{i}.email"), &contact.email);
            check_telephone(p, &format!("contacts.{i}.telephone"), &contact.telephone);
        }
    }

    /// What publication still needs, as `(field, sentence)`.
    #[must_use]
    pub fn gaps(&self) -> Vec<(&'static str, &'static str)> {
        let mut gaps = Vec::new();
        if self.description.trim().is_empty() {
            gaps.push(("description", "The dataset has no description."));
        }
        if self.topics.is_empty() {
            gaps.push(("topics", "The dataset has no topic."));
        }
        if self.contacts.is_empty() {
            gaps.push(("contacts", "The dataset has no contact."));
        }
        if self.licence.trim().is_empty() {
            gaps.push(("licence", "The dataset has no licence."));
        }
        gaps
    }

    /// What publication does without but readers would miss, as sentences that say what to add.
    #[must_use]
    pub fn wanting(&self) -> Vec<&'static str> {
        let missing = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        let mut wanting = Vec::new();
        if missing(&self.title_cy) {
            wanting.push("Add a title in Welsh.");
        }
        if missing(&self.description_cy) {
            wanting.push("Add a description in Welsh.");
        }
        if missing(&self.next_release) {
            wanting.push("Say when the next release is expected.");
        }
        if self.release_frequency.trim().is_empty() {
            wanting.push("Say how often it is released.");
        }
        if !self.contacts.is_empty() && self.contacts.iter().all(|contact| contact.telephone.trim().is_empty()) {
            wanting.push("Give a telephone number to ask at.");
        }
        if self.keywords.is_empty() {
            wanting.push("Add keywords that people search for.");
        }
        if missing(&self.unit_of_measure) {
            wanting.push("Say in which unit the figures are.");
        }
        if self.qmi.is_none() {
            wanting.push("Link to the quality and methodology information.");
        }
        wanting
    }

    /// How much of what readers look for is said, and of how many points: those that publication needs and those that readers would miss.
    #[must_use]
    pub fn described(&self) -> (usize, usize) {
        // Where nobody is named to ask, there is no telephone either.
        let unasked = usize::from(self.contacts.is_empty());
        let lacking = self.gaps().len() + self.wanting().len() + unasked;
        (POINTS.saturating_sub(lacking), POINTS)
    }
}

/// Of how many points a dataset is described, as [`DatasetMetadata::gaps`] and [`DatasetMetadata::wanting`] ask for them.
const POINTS: usize = 12;

/// Checks how many things a list holds.
pub(crate) fn check_number(p: &mut Vec<FieldProblem>, field: &str, found: usize, most: usize) {
    if found > most {
        p.push(FieldProblem::new(field, "too_many", format!("Give at most {most}.")));
    }
}

/// Checks the time covered: an ISO 8601 interval has to be possible, words may say anything.
pub(crate) fn check_coverage(p: &mut Vec<FieldProblem>, field: &str, text: &str) {
    if Coverage::of(text) == Coverage::Impossible {
        let message = "There are no such dates in this order. Give an interval such as 2019-01/2023-12, or words.";
        p.push(FieldProblem::new(field, "invalid_interval", message));
    }
}

/// Checks how often something happens: what claims to be of a vocabulary has to be in it, words may say anything.
pub(crate) fn check_frequency(p: &mut Vec<FieldProblem>, field: &str, text: &str) {
    if Frequency::is_claimed(text) && Frequency::of(text).is_none() {
        let message = "This is no entry of the EU's frequency vocabulary. Give one, such as MONTHLY, or words.";
        p.push(FieldProblem::new(field, "unknown_frequency", message));
    }
}

/// What begins like a date has to be one; words such as `To be announced` may say anything.
fn check_next_release(p: &mut Vec<FieldProblem>, text: &str) {
    if Coverage::of(text) == Coverage::Impossible || text.contains('/') && Coverage::of(text) != Coverage::Words {
        let message = "Give a date such as 2026-11-23, or words such as “To be announced”.";
        p.push(FieldProblem::new("next_release", "invalid_date", message));
    }
}

fn check_links(p: &mut Vec<FieldProblem>, list: &str, links: &[RelatedLink]) {
    check_number(p, list, links.len(), MAX_ITEMS);
    let mut seen = BTreeSet::new();
    for (i, link) in links.iter().enumerate() {
        check_link(p, &format!("{list}.{i}"), link);
        if !link.href.is_empty() && !seen.insert(&link.href) {
            let message = format!("{} stands in this list already.", link.href);
            p.push(FieldProblem::new(&format!("{list}.{i}.href"), "duplicate", message));
        }
    }
}

fn check_link(problems: &mut Vec<FieldProblem>, field: &str, link: &RelatedLink) {
    check_line(problems, &format!("{field}.title"), &link.title, 300);
    check_href(problems, &format!("{field}.href"), &link.href);
    check_optional(problems, &format!("{field}.description"), &link.description, 1000, true);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{BasedOn, Contact};

    fn complete() -> DatasetMetadata {
        DatasetMetadata {
            title: "Prices".into(),
            description: "x".into(),
            topics: vec!["prices".into()],
            contacts: vec![Contact { name: "Desk".into(), email: "desk@example.org".into(), telephone: String::new() }],
            ..DatasetMetadata::default()
        }
    }

    /// The problems that a change of sound metadata makes, as `field code`.
    fn after(change: impl FnOnce(&mut DatasetMetadata)) -> Vec<String> {
        let mut metadata = complete();
        change(&mut metadata);
        metadata.problems().into_iter().map(|p| format!("{} {}", p.field, p.code)).collect()
    }

    fn link(href: &str) -> RelatedLink {
        RelatedLink { title: "A page".into(), href: href.into(), description: String::new() }
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let problems = after(|m| {
            m.title = " ".into();
            m.title_cy = Some("x\u{7}".into());
            m.description = "x".repeat(10_001);
            m.survey = Some("x".repeat(301));
            m.licence_url = "javascript:alert(1)".into();
            m.release_frequency = "http://example.org/often".into();
            m.next_release = Some("2026-13-01".into());
            m.temporal_coverage = Some("2023/2019".into());
            m.keywords = vec!["cpi".into(), "CPI ".into(), "a, b".into()];
            m.topics = vec!["prices".into(), "prices".into()];
            m.contacts[0] = Contact { name: String::new(), email: "nobody".into(), telephone: "ring me".into() };
            m.methodologies = vec![link("/a"), link("/a"), link("//b")];
            m.qmi = Some(RelatedLink::default());
            m.related_datasets = vec![link("/a"), link("ftp://b")];
            m.is_based_on = Some(BasedOn { kind: " ".into(), id: "ftp://c".into() });
            m.publisher_url = Some("office".into());
            m.publisher_type = Some("x\u{7}".into());
        });
        assert_eq!(
            problems,
            [
                "title required",
                "title_cy control_characters",
                "description too_long",
                "publisher_type control_characters",
                "survey too_long",
                "licence_url invalid_link",
                "publisher_url invalid_link",
                "release_frequency unknown_frequency",
                "next_release invalid_date",
                "temporal_coverage invalid_interval",
                "keywords.1 duplicate",
                "keywords.2 comma",
                "topics.1 duplicate",
                "contacts.0.name required",
                "contacts.0.email invalid_email",
                "contacts.0.telephone invalid_telephone",
                "methodologies.1.href duplicate",
                "methodologies.2.href invalid_link",
                "related_datasets.1.href invalid_link",
                "qmi.title required",
                "qmi.href invalid_link",
                "is_based_on.@type required",
                "is_based_on.@id invalid_link",
            ]
        );
    }

    #[test]
    fn every_list_has_its_limit() {
        let problems = after(|m| {
            m.keywords = (0..=MAX_KEYWORDS).map(|n| format!("word {n}")).collect();
            m.topics = (0..=MAX_TOPICS).map(|n| format!("t-{n}")).collect();
            m.contacts = vec![m.contacts[0].clone(); MAX_CONTACTS + 1];
            m.publications = (0..=MAX_ITEMS).map(|n| link(&format!("/{n}"))).collect();
            m.related_content = (0..=MAX_ITEMS).map(|n| link(&format!("/{n}"))).collect();
            m.related_datasets = (0..=MAX_ITEMS).map(|n| link(&format!("/{n}"))).collect();
        });
        assert_eq!(
            problems,
            [
                "keywords too_many",
                "topics too_many",
                "contacts too_many",
                "publications too_many",
                "related_content too_many",
                "related_datasets too_many"
            ]
        );
    }

    #[test]
    fn words_dates_and_codes_are_all_welcome() {
        for frequency in ["Monthly", "Q", "R/P1Y", "Each spring, funding permitting"] {
            assert!(after(|m| m.release_frequency = frequency.into()).is_empty(), "{frequency}");
        }
        for next in ["2026-11-23", "2026-11", "To be announced", "Spring 2027", "2026-11-23T09:30:00Z"] {
            assert!(after(|m| m.next_release = Some(next.into())).is_empty(), "{next}");
        }
        for next in ["2026-02-30", "2026/2027"] {
            assert_eq!(after(|m| m.next_release = Some(next.into())), ["next_release invalid_date"], "{next}");
        }
    }

    #[test]
    fn a_complete_dataset_has_no_gaps() {
        assert!(complete().gaps().is_empty());
        assert_eq!(DatasetMetadata::default().gaps().len(), 3);
    }

    #[test]
    fn a_dataset_is_described_as_far_as_nothing_is_lacking() {
        // The licence is there from the start.
        assert_eq!(DatasetMetadata::default().described(), (1, POINTS));
        let nothing = DatasetMetadata { licence: String::new(), ..DatasetMetadata::default() };
        assert_eq!(nothing.described(), (0, POINTS));
        let (said, of) = complete().described();
        assert_eq!(said + complete().wanting().len(), of);
        let anonymous = DatasetMetadata { contacts: Vec::new(), ..complete() };
        assert!(anonymous.described().0 < said, "who is not named cannot be rung up either");
    }
}
