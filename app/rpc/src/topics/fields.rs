//! What the form of a topic sends.

use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopicFields {
    /// The slug.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The title in Welsh.
    pub title_cy: String,
    /// A sentence about it.
    pub description: String,
    /// The same in Welsh.
    pub description_cy: String,
    /// The topic above; empty at the top.
    pub parent_id: String,
    /// Its place among those beside it, from 1; empty leaves it or puts it last.
    pub place: String,
}

#[cfg(not(target_family = "wasm"))]
impl TopicFields {
    /// The topic, and its place from nought.
    #[must_use]
    pub fn read(&self) -> (domain::topic::Topic, Option<u32>) {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let topic = domain::topic::Topic {
            id: self.slug.trim().to_owned(),
            title: self.title.trim().to_owned(),
            title_cy: some(&self.title_cy),
            description: self.description.trim().replace("\r\n", "\n"),
            description_cy: some(&self.description_cy.replace("\r\n", "\n")),
            parent_id: some(&self.parent_id),
            ..domain::topic::Topic::default()
        };
        (topic, self.place.trim().parse::<u32>().ok().map(|place| place.saturating_sub(1)))
    }
}
