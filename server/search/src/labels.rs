//! The names of the filters' values, read from the datasets that are in the index now.

use std::collections::{BTreeSet, HashMap};

use domain::language::Language;
use tantivy::Searcher;

use crate::SearchError;
use crate::fields::{LABELS, PART};

/// English and Welsh names by filter and value.
#[derive(Default)]
pub struct Labels(HashMap<(String, String), (String, String)>);

impl Labels {
    /// What people read for a value of a filter, and its language.
    pub fn label(&self, facet: &str, value: &str, language: Language) -> (String, Language) {
        if facet == "formats" {
            return (value.to_uppercase(), language);
        }
        match self.0.get(&(facet.to_owned(), value.to_owned())) {
            Some((en, cy)) => (language.pick(en, Some(cy)).to_owned(), language.of(en, Some(cy))),
            None => (value.to_owned(), Language::En),
        }
    }
}

/// Reads the names from all living documents, so that nothing removed is remembered.
pub fn read_labels(searcher: &Searcher) -> Result<Labels, SearchError> {
    let mut labels = Labels::default();
    for label in living_values(searcher)? {
        let mut parts = label.split(PART).map(str::to_owned);
        if let (Some(facet), Some(value), Some(en), Some(cy)) = (parts.next(), parts.next(), parts.next(), parts.next())
        {
            labels.0.insert((facet, value), (en, cy));
        }
    }
    Ok(labels)
}

fn living_values(searcher: &Searcher) -> Result<BTreeSet<String>, SearchError> {
    let mut values = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().str(LABELS)? else {
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
