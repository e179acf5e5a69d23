//! Offering datasets while somebody types.

use domain::catalogue::Suggestion;
use domain::language::Language;
use tantivy::Order;
use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString};
use tantivy::query::{BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query};
use tantivy::schema::Field;

use crate::fields::{Fields, ID, RELEASED};
use crate::matching::starting_with;
use crate::query_text::QueryText;
use crate::words::{sort_key, words};
use crate::{SearchError, SearchIndex};

/// More suggestions than these are never given.
const MOST: usize = 20;
/// How many candidates are looked at for each one given.
const LOOKED_AT: usize = 5;

impl SearchIndex {
    /// Datasets whose title or keywords hold words that begin like those of `prefix`: titles that begin with it
    /// first, then other titles, then keywords. Blocks briefly; nothing typed is an error.
    pub fn suggest(&self, prefix: &str, limit: usize, language: Language) -> Result<Vec<Suggestion>, SearchError> {
        let state = self.state();
        let limit = limit.min(MOST);
        let typed = QueryText::read(prefix).text;
        let beginnings = words(&typed);
        if limit == 0 || beginnings.is_empty() {
            return Ok(Vec::new());
        }
        let clauses = beginnings
            .iter()
            .take(MOST)
            .map(|word| (Occur::Must, anywhere(&state.fields, language, &word.text)))
            .collect();
        let order = (
            (SortBySimilarityScore, Order::Desc),
            (SortByStaticFastValue::<i64>::for_field(RELEASED), Order::Desc),
            (SortByString::for_field(ID), Order::Asc),
        );
        let top = TopDocs::with_limit(limit * LOOKED_AT).order_by(order);
        let found = state.searcher.search(&BooleanQuery::new(clauses), &top)?;

        let start = sort_key(&typed);
        let mut suggestions = Vec::new();
        for (_, address) in found {
            let dataset = state.dataset(address)?;
            let title = language.pick(&dataset.title, dataset.title_cy.as_deref()).to_owned();
            suggestions.push(Suggestion { dataset_id: dataset.dataset_id, title });
        }
        suggestions.sort_by_key(|suggestion| !sort_key(&suggestion.title).starts_with(&start));
        suggestions.truncate(limit);
        Ok(suggestions)
    }
}

fn anywhere(fields: &Fields, language: Language, beginning: &str) -> Box<dyn Query> {
    let (own, other) = match language {
        Language::En => (fields.title_plain, fields.title_cy),
        Language::Cy => (fields.title_cy, fields.title_plain),
    };
    let weighed = |field: Field, weight| -> Box<dyn Query> {
        Box::new(ConstScoreQuery::new(starting_with(field, beginning), weight))
    };
    Box::new(DisjunctionMaxQuery::new(vec![
        weighed(own, 10.0),
        weighed(other, 5.0),
        weighed(fields.keywords_plain, 1.0),
    ]))
}
