//! Answering a search.

use domain::catalogue::{Hit, SearchDocument, SearchPage, SearchQuery, Sort};
use domain::page::MAX_LIMIT;
use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString};
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query, TermSetQuery};
use tantivy::schema::Value;
use tantivy::{DocAddress, Order, TantivyDocument, Term};

use crate::facets::{Counts, FacetCounter, Selection, selection};
use crate::fields::{ID, RELEASED, SORT_CY, SORT_EN};
use crate::highlights::{highlights, summary};
use crate::index::State;
use crate::matching::{Marks, Matching};
use crate::query_text::QueryText;
use crate::{SearchError, SearchIndex};

impl SearchIndex {
    /// Answers a search; blocks for as long as that takes. Nothing a reader can type is an error.
    pub fn search(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let state = self.state();
        let chosen = selection(query);
        let text = QueryText::read(&query.q);
        let limit = query.limit.min(MAX_LIMIT);
        let found = state.find(query, &text, &chosen)?;

        let mut items = Vec::new();
        if limit > 0 && u64::from(query.offset) < found.counts.total {
            let filtered = state.filtered(found.query, &chosen);
            for address in state.page(&*filtered, query, limit, !text.is_empty())? {
                items.push(hit(state.dataset(address)?, query, &found.marks));
            }
        }
        Ok(SearchPage {
            items,
            total_count: found.counts.total,
            limit,
            offset: query.offset,
            facets: found.counts.named(&chosen, &state.labels, query.language),
            suggestion: found.suggestion,
        })
    }
}

struct Found {
    query: Box<dyn Query>,
    counts: Counts,
    marks: Marks,
    suggestion: Option<String>,
}

impl State {
    /// Finds the strictest reading of the words that shows anything, and counts under it.
    fn find(&self, query: &SearchQuery, text: &QueryText, chosen: &Selection) -> Result<Found, SearchError> {
        let counter = FacetCounter { selection: chosen };
        if text.is_empty() {
            let counts = self.searcher.search(&AllQuery, &counter)?;
            return Ok(Found { query: Box::new(AllQuery), counts, marks: Marks::default(), suggestion: None });
        }
        let matching = Matching::build(&self.searcher, &self.fields, text, query.language)?;
        let strictest = matching.strictest();
        let mut words = matching.query(strictest);
        let mut counts = self.searcher.search(&words, &counter)?;
        if counts.total == 0 && strictest > 1 {
            words = matching.query(1);
            counts = self.searcher.search(&words, &counter)?;
        }
        Ok(Found { query: Box::new(words), counts, marks: matching.marks, suggestion: matching.suggestion })
    }

    /// Adds the chosen filters without touching the scores.
    fn filtered(&self, words: Box<dyn Query>, chosen: &Selection) -> Box<dyn Query> {
        let mut clauses = vec![(Occur::Must, words)];
        for (field, values) in self.fields.facets.into_iter().zip(chosen) {
            if !values.is_empty() {
                let terms = TermSetQuery::new(values.iter().map(|value| Term::from_field_text(field, value)));
                clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(terms), 0.0))));
            }
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// The documents of one page. Every order ends with the id, so that pages neither overlap nor leave gaps.
    fn page(
        &self,
        filtered: &dyn Query,
        query: &SearchQuery,
        limit: u32,
        has_words: bool,
    ) -> Result<Vec<DocAddress>, SearchError> {
        let top = TopDocs::with_limit(as_usize(limit)).and_offset(as_usize(query.offset));
        let newest = || (SortByStaticFastValue::<i64>::for_field(RELEASED), Order::Desc);
        let by_id = || (SortByString::for_field(ID), Order::Asc);
        let searcher = &self.searcher;
        Ok(match query.sort {
            Sort::Relevance if has_words => {
                let best = (SortBySimilarityScore, Order::Desc);
                addresses(searcher.search(filtered, &top.order_by((best, newest(), by_id())))?)
            }
            Sort::Relevance | Sort::Newest => addresses(searcher.search(filtered, &top.order_by((newest(), by_id())))?),
            Sort::Title => {
                let field = query.language.pick(SORT_EN, Some(SORT_CY));
                let by_title = (SortByString::for_field(field), Order::Asc);
                addresses(searcher.search(filtered, &top.order_by((by_title, by_id())))?)
            }
        })
    }

    /// Reads a stored dataset.
    pub fn dataset(&self, address: DocAddress) -> Result<SearchDocument, SearchError> {
        let doc: TantivyDocument = self.searcher.doc(address)?;
        let source = doc.get_first(self.fields.source).and_then(|value| value.as_str()).unwrap_or_default();
        Ok(serde_json::from_str(source)?)
    }
}

fn addresses<K>(found: Vec<(K, DocAddress)>) -> Vec<DocAddress> {
    found.into_iter().map(|(_, address)| address).collect()
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn hit(dataset: SearchDocument, query: &SearchQuery, marks: &Marks) -> Hit {
    let pick = |english: &str, welsh: &Option<String>| query.language.pick(english, welsh.as_deref()).to_owned();
    let description = pick(&dataset.description, &dataset.description_cy);
    Hit {
        title: pick(&dataset.title, &dataset.title_cy),
        summary: summary(&description),
        highlights: highlights(&description, marks).into_iter().collect(),
        dataset_id: dataset.dataset_id,
        topics: dataset.topics,
        formats: dataset.formats,
        release_date: dataset.release_date,
        department: dataset.department,
    }
}
