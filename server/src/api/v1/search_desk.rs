//! What people add to the search: rules of synonyms, and datasets that come first.

use chrono::{DateTime, Utc};
use domain::search_desk::{PinSight, SynonymEntry, SynonymRule};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Links, segment};

/// Words that mean the same to the search.
#[derive(Debug, Serialize, ToSchema)]
pub struct SynonymBody {
    /// The id; of a rule that comes with the program, one that stays.
    #[schema(example = "built-in-gdp-gross-domestic-product")]
    id: String,
    /// What is asked for in a rule of one way; empty in a group, whose words all stand for each other.
    asked: Vec<String>,
    /// The words of a group, or what is also found in a rule of one way.
    #[schema(example = json!(["gdp", "gross domestic product"]))]
    words: Vec<String>,
    /// Whether searches go by it.
    enabled: bool,
    /// The rule as it came with the program, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    built_in: Option<SynonymWordsBody>,
    /// Who changed it last; not there while it is as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ann Lee")]
    changed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<DateTime<Utc>>,
    links: Links,
}

/// The words of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct SynonymWordsBody {
    asked: Vec<String>,
    words: Vec<String>,
}

impl From<SynonymRule> for SynonymWordsBody {
    fn from(rule: SynonymRule) -> Self {
        Self { asked: rule.asked, words: rule.words }
    }
}

impl From<SynonymEntry> for SynonymBody {
    fn from(entry: SynonymEntry) -> Self {
        let (changed_by, changed_at) = entry.changed.unzip();
        Self {
            links: Links::from([("self", synonym_path(&entry.id)), ("page", synonym_page(&entry.id))]),
            id: entry.id,
            asked: entry.rule.asked,
            words: entry.rule.words,
            enabled: entry.is_on,
            built_in: entry.built_in.map(SynonymWordsBody::from),
            changed_by,
            changed_at,
        }
    }
}

/// The address of a rule of synonyms.
#[must_use]
pub fn synonym_path(id: &str) -> String {
    format!("/v1/search/synonyms/{}", segment(id))
}

fn synonym_page(id: &str) -> String {
    format!("/admin/search/synonyms/{}", segment(id))
}

/// The datasets that come first for a query.
#[derive(Debug, Serialize, ToSchema)]
pub struct PinBody {
    id: String,
    /// The query, as the search compares it: words in small letters without marks.
    #[schema(example = "inflation")]
    query: String,
    /// The ids of the datasets, in their order.
    #[schema(example = json!(["consumer-prices"]))]
    datasets: Vec<String>,
    /// Those of them that are public; the others show to nobody until they are.
    #[schema(example = json!(["consumer-prices"]))]
    shown: Vec<String>,
    /// Who put them first.
    #[schema(example = "Ann Lee")]
    changed_by: String,
    changed_at: DateTime<Utc>,
    links: Links,
}

impl From<PinSight> for PinBody {
    fn from(seen: PinSight) -> Self {
        let pin = seen.pin;
        Self {
            links: Links::from([
                ("self", pin_path(&pin.id)),
                ("search", format!("/v1/search?q={}", segment(&pin.query))),
                ("page", "/admin/search".to_owned()),
            ]),
            id: pin.id,
            query: pin.query,
            datasets: pin.datasets,
            shown: seen.shown,
            changed_by: pin.changed_by,
            changed_at: pin.changed_at,
        }
    }
}

/// The address of a pin.
#[must_use]
pub fn pin_path(id: &str) -> String {
    format!("/v1/search/pins/{}", segment(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_tells_how_it_came_and_who_changed_it() {
        let came = SynonymRule::of_lines("", "a\nb");
        let entry = SynonymEntry {
            id: "built-in-a-b".to_owned(),
            rule: came.clone(),
            is_on: true,
            built_in: Some(came),
            changed: None,
            revision: 0,
        };
        let told = |entry: SynonymEntry| serde_json::to_value(SynonymBody::from(entry)).unwrap();
        let as_it_came = told(entry.clone());
        assert_eq!(as_it_came["built_in"]["words"], serde_json::json!(["a", "b"]));
        assert!(as_it_came.get("changed_by").is_none() && as_it_came.get("changed_at").is_none());
        let changed = Some(("Ann".to_owned(), DateTime::UNIX_EPOCH));
        let own = told(SynonymEntry { built_in: None, is_on: false, changed, revision: 2, ..entry });
        assert!(own.get("built_in").is_none());
        assert_eq!((&own["enabled"], &own["changed_by"]), (&false.into(), &"Ann".into()));
    }
}
