//! Topics.

use domain::topic::Topic;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Links, segment};

/// A topic.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopicBody {
    /// The id, which is the slug.
    #[schema(example = "inflation-and-price-indices")]
    id: String,
    /// The slug, by which pages and the API address it.
    #[schema(example = "inflation-and-price-indices")]
    slug: String,
    /// The English title.
    #[schema(example = "Inflation and price indices")]
    title: String,
    /// The Welsh title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Chwyddiant a mynegeion prisiau")]
    title_cy: Option<String>,
    /// A sentence about it.
    description: String,
    /// The same in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    description_cy: Option<String>,
    /// The topic above; null at the top.
    #[schema(example = "economy")]
    parent_id: Option<String>,
    /// Its place among those beside it, from nought.
    #[schema(example = 1)]
    position: u32,
    links: Links,
}

impl From<Topic> for TopicBody {
    fn from(topic: Topic) -> Self {
        let path = topic_path(&topic.id);
        let word = segment(&topic.id);
        let mut links = Links::from([
            ("subtopics", format!("{path}/subtopics")),
            ("content", format!("{path}/content")),
            ("datasets", format!("/v1/datasets?topic={word}")),
            ("page", format!("/topics/{word}")),
            ("self", path),
        ]);
        if let Some(parent) = &topic.parent_id {
            links.insert("parent", topic_path(parent));
        }
        Self {
            links,
            slug: topic.id.clone(),
            id: topic.id,
            title: topic.title,
            title_cy: topic.title_cy,
            description: topic.description,
            description_cy: topic.description_cy,
            parent_id: topic.parent_id,
            position: topic.position,
        }
    }
}

/// What a merge did.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedBody {
    /// The topic that took everything over.
    into: TopicBody,
    /// How many datasets changed their topic, drafts included.
    #[schema(example = 12)]
    datasets: usize,
}

impl MergedBody {
    /// What became of a merge.
    #[must_use]
    pub fn new(into: Topic, datasets: usize) -> Self {
        Self { into: into.into(), datasets }
    }
}

/// The address of a topic.
#[must_use]
pub fn topic_path(id: &str) -> String {
    format!("/v1/topics/{}", segment(id))
}
