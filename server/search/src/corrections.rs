//! Mending misspelt words from the vocabulary of the index.

use std::collections::HashMap;

use tantivy::collector::Count;
use tantivy::query::{FuzzyTermQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::SearchError;
use crate::fields::Fields;

/// Shorter words are not mended: too much lies one letter away.
const SHORTEST: usize = 4;
/// Words from this length on may have two letters wrong.
const LONG: usize = 7;
/// More candidates than these are not weighed.
const MOST_CANDIDATES: usize = 20;
/// How many corrections are given.
const MOST: usize = 3;

/// Words of living datasets that are one letter away from `word`, or else two, the likeliest first; words inside the
/// data only where descriptions have none.
pub fn corrections(searcher: &Searcher, fields: &Fields, word: &str) -> Result<Vec<String>, SearchError> {
    let length = word.chars().count();
    if length < SHORTEST || word.chars().any(|c| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let attempts = [(fields.words, 1), (fields.words, 2), (fields.values, 1), (fields.values, 2)];
    for (field, distance) in attempts.into_iter().filter(|(_, distance)| *distance == 1 || length >= LONG) {
        let found = living_words_near(searcher, field, word, distance)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn living_words_near(searcher: &Searcher, field: Field, word: &str, distance: u8) -> Result<Vec<String>, SearchError> {
    let mut candidates: HashMap<String, u32> = HashMap::new();
    let fuzzy = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let mut stream = inverted.terms().search(fuzzy.automaton()?).into_stream()?;
        while let Some((bytes, info)) = stream.next() {
            if let Ok(candidate) = std::str::from_utf8(bytes) {
                *candidates.entry(candidate.to_owned()).or_insert(0) += info.doc_freq;
            }
        }
    }
    let keeps_first = |candidate: &str| candidate.chars().next() == word.chars().next();
    // With so few letters right, the first has to be.
    let strict = distance > 1 || word.chars().count() == SHORTEST;
    let mut ranked: Vec<_> =
        candidates.into_iter().filter(|(candidate, _)| !strict || keeps_first(candidate)).collect();
    // Misspellings seldom touch the first letter; then the commoner word is likelier.
    ranked.sort_by(|(a, a_docs), (b, b_docs)| {
        keeps_first(b).cmp(&keeps_first(a)).then(b_docs.cmp(a_docs)).then_with(|| a.cmp(b))
    });
    let mut living = Vec::new();
    for (candidate, _) in ranked.into_iter().take(MOST_CANDIDATES) {
        // The vocabulary still knows words of removed datasets; those must not show.
        let term = Term::from_field_text(field, &candidate);
        if searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &Count)? > 0 {
            living.push(candidate);
        }
        if living.len() == MOST {
            break;
        }
    }
    Ok(living)
}
