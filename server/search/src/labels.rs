//! The names of topics and departments, read from the datasets that are in the index now.

use std::collections::{BTreeSet, HashMap};

use domain::language::Language;
use tantivy::Searcher;

use crate::SearchError;
use crate::fields::{DEPARTMENT_LABEL, PART, TOPIC_LABEL};

/// Names by id.
#[derive(Default)]
pub struct Labels {
    topics: HashMap<String, (String, String)>,
    departments: HashMap<String, String>,
}

impl Labels {
    /// What people read for a value of a filter.
    pub fn label(&self, facet: &str, value: &str, language: Language) -> String {
        let known = match facet {
            "topics" => self.topics.get(value).map(|(en, cy)| language.pick(en, Some(cy))),
            "departments" => self.departments.get(value).map(String::as_str),
            "formats" => return value.to_uppercase(),
            _ => None,
        };
        known.unwrap_or(value).to_owned()
    }
}

/// Reads the names from all living documents, so that nothing removed is remembered.
pub fn read_labels(searcher: &Searcher) -> Result<Labels, SearchError> {
    let mut labels = Labels::default();
    for label in living_values(searcher, TOPIC_LABEL)? {
        let mut parts = label.splitn(3, PART).map(str::to_owned);
        if let (Some(id), Some(en), Some(cy)) = (parts.next(), parts.next(), parts.next()) {
            labels.topics.insert(id, (en, cy));
        }
    }
    for label in living_values(searcher, DEPARTMENT_LABEL)? {
        if let Some((id, title)) = label.split_once(PART) {
            labels.departments.insert(id.to_owned(), title.to_owned());
        }
    }
    Ok(labels)
}

fn living_values(searcher: &Searcher, field: &str) -> Result<BTreeSet<String>, SearchError> {
    let mut values = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().str(field)? else {
            continue;
        };
        let ords: BTreeSet<u64> = segment.doc_ids_alive().flat_map(|doc| column.term_ords(doc)).collect();
        for ord in ords {
            let mut value = String::new();
            if column.ord_to_str(ord, &mut value)? {
                values.insert(value);
            }
        }
    }
    Ok(values)
}
