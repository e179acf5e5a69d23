//! Offering datasets while somebody types.

use domain::catalogue::Suggestion;
use domain::language::Language;
use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString};
use tantivy::query::{BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query};
use tantivy::schema::Field;
use tantivy::{DocAddress, Order};

use crate::clauses::like;
use crate::fields::{Fields, ID, RELEASED};
use crate::index::State;
use crate::query_text::cut;
use crate::words::{Word, normalised, words};
use crate::{SearchError, SearchIndex};

/// More suggestions than these are never given.
const MOST: usize = 20;
/// How many candidates are looked at for each one given.
const LOOKED_AT: usize = 5;
/// Shorter beginnings are taken as they are.
const SHORTEST_MENDED: usize = 4;

impl SearchIndex {
    /// Datasets whose title or keywords hold words that begin like those of `prefix`, or nearly if none do: titles that
    /// begin with it first, then other titles, then keywords. Blocks briefly; nothing typed is an error.
    pub fn suggest(&self, prefix: &str, limit: usize, language: Language) -> Result<Vec<Suggestion>, SearchError> {
        let state = self.state();
        let limit = limit.min(MOST);
        let typed = cut(prefix);
        let beginnings = words(&typed);
        if limit == 0 || beginnings.is_empty() {
            return Ok(Vec::new());
        }
        let found = state.begin_like(&beginnings, language, limit, 0)?;
        // Somebody who mistypes is helped as soon as nothing fits.
        let found = if found.is_empty() { state.begin_like(&beginnings, language, limit, 1)? } else { found };
        let start = normalised(&typed);
        let mut suggestions = Vec::new();
        for address in found {
            let dataset = state.dataset(address)?;
            let title = language.pick(&dataset.title, dataset.title_cy.as_deref()).to_owned();
            let language = language.of(&dataset.title, dataset.title_cy.as_deref());
            suggestions.push(Suggestion { dataset_id: dataset.dataset_id, title, language });
        }
        suggestions.sort_by_key(|suggestion| !normalised(&suggestion.title).starts_with(&start));
        suggestions.truncate(limit);
        Ok(suggestions)
    }
}

/// Whether each word of `typed` begins a word of the title; false where nothing was typed.
#[must_use]
pub fn begins_like(title: &str, typed: &str) -> bool {
    let typed = words(typed);
    let title = words(title);
    let begun = |beginning: &Word| title.iter().any(|word| word.text.starts_with(&beginning.text));
    !typed.is_empty() && typed.iter().all(begun)
}

impl State {
    /// The likeliest datasets that have words like these, with so many letters of each wrong.
    fn begin_like(
        &self,
        beginnings: &[Word],
        language: Language,
        limit: usize,
        wrong: u8,
    ) -> Result<Vec<DocAddress>, SearchError> {
        let words = beginnings.iter().take(MOST);
        let clauses = words.map(|word| (Occur::Must, anywhere(&self.fields, language, &word.text, wrong))).collect();
        let order = (
            (SortBySimilarityScore, Order::Desc),
            (SortByStaticFastValue::<i64>::for_field(RELEASED), Order::Desc),
            (SortByString::for_field(ID), Order::Asc),
        );
        let top = TopDocs::with_limit(limit * LOOKED_AT).order_by(order);
        let found = self.searcher.search(&BooleanQuery::new(clauses), &top)?;
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }
}

fn anywhere(fields: &Fields, language: Language, beginning: &str, wrong: u8) -> Box<dyn Query> {
    let (own, other) = match language {
        Language::En => (fields.title_plain, fields.title_cy),
        Language::Cy => (fields.title_cy, fields.title_plain),
    };
    let weighed = |field: Field, weight| -> Box<dyn Query> {
        let wrong = if beginning.chars().count() < SHORTEST_MENDED { 0 } else { wrong };
        Box::new(ConstScoreQuery::new(like(field, beginning, wrong), weight))
    };
    Box::new(DisjunctionMaxQuery::new(vec![
        weighed(own, 10.0),
        weighed(other, 5.0),
        weighed(fields.keywords_plain, 1.0),
    ]))
}

#[cfg(test)]
mod tests {
    use super::begins_like;

    #[test]
    fn every_word_typed_begins_one_of_the_title() {
        for typed in ["pri", "inf pri", "Prisiau", "PRISIAU a chw"] {
            assert!(begins_like("Prisiau a chwyddiant, inflation", typed), "{typed}");
        }
        assert!(begins_like("Tŷ a thŷ", "ty"), "accents make no difference");
        for typed in ["", " ,", "rices", "pri x"] {
            assert!(!begins_like("Prices", typed), "{typed}");
        }
    }
}
