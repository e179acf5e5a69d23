//! Mending misspelt words from the vocabulary of the index.

use std::collections::HashMap;

use tantivy::collector::Count;
use tantivy::query::{FuzzyTermQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use crate::SearchError;
use crate::fields::Fields;

/// Shorter words are not mended: too much lies one letter away.
const SHORTEST: usize = 5;
/// More candidates than these are not weighed.
const MOST_CANDIDATES: usize = 20;

/// Words of living datasets that are one letter away from `word`, the likeliest first.
pub fn corrections(searcher: &Searcher, fields: &Fields, word: &str) -> Result<Vec<String>, SearchError> {
    if word.chars().count() < SHORTEST {
        return Ok(Vec::new());
    }
    let mut candidates: HashMap<String, u32> = HashMap::new();
    let fuzzy = FuzzyTermQuery::new(Term::from_field_text(fields.words, word), 1, true);
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.words)?;
        let mut stream = inverted.terms().search(fuzzy.automaton()?).into_stream()?;
        while let Some((bytes, info)) = stream.next() {
            if let Ok(candidate) = std::str::from_utf8(bytes) {
                *candidates.entry(candidate.to_owned()).or_insert(0) += info.doc_freq;
            }
        }
    }
    let mut ranked: Vec<_> = candidates.into_iter().collect();
    // Misspellings seldom touch the first letter; then the commoner word is likelier.
    ranked.sort_by(|(a, a_docs), (b, b_docs)| {
        let keeps_first = |candidate: &str| candidate.chars().next() == word.chars().next();
        keeps_first(b).cmp(&keeps_first(a)).then(b_docs.cmp(a_docs)).then_with(|| a.cmp(b))
    });
    let mut living = Vec::new();
    for (candidate, _) in ranked.into_iter().take(MOST_CANDIDATES) {
        // The vocabulary still knows words of removed datasets; those must not show.
        let term = Term::from_field_text(fields.words, &candidate);
        if searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &Count)? > 0 {
            living.push(candidate);
        }
        if living.len() == 3 {
            break;
        }
    }
    Ok(living)
}
