//! What the form of a dataset sends.

use domain::dataset::{Contact, DatasetMetadata, QualityDesignation};
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
    pub licence: String,
    pub licence_url: String,
    pub release_frequency: String,
    pub next_release: String,
    pub contacts: Vec<Contact>,
    pub publisher: String,
    pub survey: String,
    pub unit_of_measure: String,
    pub quality_designation: String,
    pub temporal_coverage: String,
    pub spatial_coverage: String,
    pub attribution: String,
}

impl DatasetFields {
    /// The metadata that the form describes; what the form does not show is taken from `before`.
    #[must_use]
    pub fn metadata(self, before: DatasetMetadata) -> DatasetMetadata {
        let mut topics = self.topics;
        // The first topic is canonical: one that was canonical before stays so while it is ticked.
        if let Some(at) = before.topics.first().and_then(|first| topics.iter().position(|topic| topic == first)) {
            topics.swap(0, at);
        }
        let shown = self.contacts.len();
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
            contacts: contacts.chain(before.contacts.iter().skip(shown).cloned()).collect(),
            publisher: self.publisher.trim().to_owned(),
            survey: some(&self.survey),
            unit_of_measure: some(&self.unit_of_measure),
            quality_designation: QualityDesignation::parse(&self.quality_designation)
                .unwrap_or(before.quality_designation),
            temporal_coverage: some(&self.temporal_coverage),
            spatial_coverage: some(&self.spatial_coverage),
            attribution: some(&self.attribution),
            ..before
        }
    }
}

fn some(text: impl AsRef<str>) -> Option<String> {
    Some(text.as_ref().trim().to_owned()).filter(|text| !text.is_empty())
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
    fn what_the_form_does_not_show_stays() {
        let contact = |name: &str| Contact { name: name.into(), ..Contact::default() };
        let before = DatasetMetadata {
            topics: vec!["prices".into(), "trade".into()],
            contacts: vec![contact("One"), contact("Two")],
            qmi: Some(domain::dataset::RelatedLink::default()),
            ..DatasetMetadata::default()
        };
        let fields = DatasetFields {
            title: " Prices ".into(),
            keywords: "cpi, , inflation".into(),
            topics: vec!["health".into(), "prices".into()],
            contacts: vec![contact(" Uno ")],
            ..DatasetFields::default()
        };
        let after = fields.metadata(before);
        assert_eq!(after.title, "Prices");
        assert_eq!(after.keywords, ["cpi", "inflation"]);
        assert_eq!(after.topics, ["prices", "health"]);
        assert_eq!(after.contacts, [contact("Uno"), contact("Two")]);
        assert!(after.qmi.is_some());
    }
}
