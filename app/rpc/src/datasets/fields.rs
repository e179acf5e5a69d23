//! What the form of a dataset sends.

use domain::dataset::{BasedOn, Contact, DatasetMetadata, QualityDesignation, RelatedLink};
use serde::{Deserialize, Serialize};

/// The fields as typed; lists of words are separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `DatasetMetadata`, as text")]
pub struct DatasetFields {
    pub title: String,
    pub title_cy: String,
    pub description: String,
    pub description_cy: String,
    pub keywords: String,
    pub topics: Vec<String>,
    pub canonical_topic: String,
    pub licence: String,
    pub licence_url: String,
    pub release_frequency: String,
    pub next_release: String,
    pub contacts: Vec<Contact>,
    pub publisher: String,
    pub publisher_url: String,
    pub publisher_type: String,
    pub survey: String,
    pub unit_of_measure: String,
    pub quality_designation: String,
    pub temporal_coverage: String,
    pub spatial_coverage: String,
    pub attribution: String,
    pub qmi: RelatedLink,
    pub methodologies: Vec<RelatedLink>,
    pub publications: Vec<RelatedLink>,
    pub related_content: Vec<RelatedLink>,
    pub related_datasets: Vec<RelatedLink>,
    pub is_based_on: BasedOn,
}

impl DatasetFields {
    /// The metadata that the form describes: every field of it. Blank rows are left out.
    #[must_use]
    pub fn metadata(self, before: DatasetMetadata) -> DatasetMetadata {
        let mut topics = self.topics;
        // The first topic is canonical: the one chosen, else the one that was before, while it is ticked.
        let wanted = some(&self.canonical_topic).or_else(|| before.topics.first().cloned());
        if let Some(at) = wanted.and_then(|first| topics.iter().position(|topic| *topic == first)) {
            topics[..=at].rotate_right(1);
        }
        let blank = Contact::default();
        let contacts = self.contacts.into_iter().map(trimmed).filter(|contact| *contact != blank);
        DatasetMetadata {
            title: self.title.trim().to_owned(),
            title_cy: some(&self.title_cy),
            description: self.description.trim().to_owned(),
            description_cy: some(&self.description_cy),
            keywords: self.keywords.split(',').filter_map(some).collect(),
            topics,
            licence: self.licence.trim().to_owned(),
            licence_url: self.licence_url.trim().to_owned(),
            release_frequency: self.release_frequency.trim().to_owned(),
            next_release: some(&self.next_release),
            contacts: contacts.collect(),
            publisher: self.publisher.trim().to_owned(),
            publisher_url: some(&self.publisher_url),
            publisher_type: some(&self.publisher_type),
            survey: some(&self.survey),
            unit_of_measure: some(&self.unit_of_measure),
            quality_designation: QualityDesignation::parse(&self.quality_designation)
                .unwrap_or(before.quality_designation),
            temporal_coverage: some(&self.temporal_coverage),
            spatial_coverage: some(&self.spatial_coverage),
            attribution: some(&self.attribution),
            qmi: links(vec![self.qmi]).pop(),
            methodologies: links(self.methodologies),
            publications: links(self.publications),
            related_content: links(self.related_content),
            related_datasets: links(self.related_datasets),
            is_based_on: based_on(&self.is_based_on),
        }
    }
}

fn some(text: impl AsRef<str>) -> Option<String> {
    Some(text.as_ref().trim().to_owned()).filter(|text| !text.is_empty())
}

/// The links that are not blank.
fn links(typed: Vec<RelatedLink>) -> Vec<RelatedLink> {
    let trimmed = typed.into_iter().map(|link| RelatedLink {
        title: link.title.trim().to_owned(),
        href: link.href.trim().to_owned(),
        description: link.description.trim().to_owned(),
    });
    let blank = RelatedLink::default();
    trimmed.filter(|link| *link != blank).collect()
}

/// What the dataset is derived from, where anything was typed.
fn based_on(typed: &BasedOn) -> Option<BasedOn> {
    let based_on = BasedOn { kind: typed.kind.trim().to_owned(), id: typed.id.trim().to_owned() };
    (based_on != BasedOn::default()).then_some(based_on)
}

fn trimmed(contact: Contact) -> Contact {
    Contact {
        name: contact.name.trim().to_owned(),
        email: contact.email.trim().to_owned(),
        telephone: contact.telephone.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_rows_are_left_out_and_the_chosen_topic_comes_first() {
        let contact = |name: &str| Contact { name: name.into(), ..Contact::default() };
        let link = |title: &str| RelatedLink { title: title.into(), href: "/x".into(), description: String::new() };
        let before = DatasetMetadata {
            topics: vec!["prices".into(), "trade".into()],
            contacts: vec![contact("One")],
            qmi: Some(link("Quality")),
            ..DatasetMetadata::default()
        };
        let fields = DatasetFields {
            title: " Prices ".into(),
            keywords: "cpi, , inflation".into(),
            topics: vec!["health".into(), "trade".into(), "prices".into()],
            contacts: vec![contact(" Uno "), Contact::default()],
            methodologies: vec![RelatedLink::default(), link(" How ")],
            related_datasets: vec![link("Wages "), RelatedLink::default()],
            is_based_on: BasedOn { kind: " ".into(), id: " UR".into() },
            ..DatasetFields::default()
        };
        let after = fields.clone().metadata(before.clone());
        assert_eq!(after.title, "Prices");
        assert_eq!(after.keywords, ["cpi", "inflation"]);
        assert_eq!(after.topics, ["prices", "health", "trade"]);
        assert_eq!(after.contacts, [contact("Uno")]);
        assert_eq!(after.methodologies, [link("How")]);
        assert_eq!(after.related_datasets, [link("Wages")]);
        assert_eq!(after.is_based_on, Some(BasedOn { kind: String::new(), id: "UR".into() }));
        assert_eq!((after.publisher_url, after.qmi), (None, None));
        assert_eq!(DatasetFields::default().metadata(before.clone()).is_based_on, None);
        let chosen = DatasetFields { canonical_topic: "trade".into(), ..fields };
        assert_eq!(chosen.metadata(before).topics, ["trade", "health", "prices"]);
    }
}
