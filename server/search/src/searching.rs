//! Answering a search.

use domain::catalogue::{Hit, SearchDocument, SearchPage, SearchQuery, Sort};
use domain::page::MAX_LIMIT;
use tantivy::collector::DocSetCollector;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, TantivyDocument, Term};

use crate::bits::Bits;
use crate::evaluate::living;
use crate::facets::{Counts, Selection, selection};
use crate::guidance::Guidance;
use crate::highlights::{highlights, summary};
use crate::index::State;
use crate::matching::Matching;
use crate::ordering::{self, Ranked};
use crate::query_text::QueryText;
use crate::words::{stem, words};
use crate::{SearchError, SearchIndex};

/// How many columns a result shows.
const COLUMNS: usize = 6;

impl SearchIndex {
    /// Answers a search by the synonyms that come with the program.
    pub fn search(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        self.search_with(query, Guidance::built_in())
    }

    /// Answers a search; blocks for as long as that takes. Nothing a reader can type is an error.
    pub fn search_with(&self, query: &SearchQuery, guidance: &Guidance) -> Result<SearchPage, SearchError> {
        let state = self.state();
        let chosen = selection(query);
        let text = QueryText::read(&query.q, guidance.thesaurus());
        let mut found = state.find(query, guidance, &text, &chosen)?;
        let limit = query.limit.min(MAX_LIMIT);
        let mut items = Vec::new();
        if limit > 0 && u64::from(query.offset) < found.counts.total {
            let sort = if text.is_empty() && query.sort == Sort::Relevance { Sort::Newest } else { query.sort };
            let ranked = found.ranked(&state);
            let addresses = ordering::page(&ranked, sort, query.language, as_usize(query.offset), as_usize(limit))?;
            for address in addresses {
                items.push(hit(state.dataset(address)?, query, &found.matching, address));
            }
        }
        let broader = if found.counts.unfiltered == 0 { state.broader(query, guidance, &text)? } else { None };
        Ok(SearchPage {
            items,
            total_count: found.counts.total,
            limit,
            offset: query.offset,
            unfiltered_count: found.counts.unfiltered,
            facets: found.counts.named(&chosen, &state.labels, query.language),
            suggestion: found.matching.suggestion,
            broader,
            problems: text.problems,
            browse: Vec::new(),
            is_nothing_public: false,
        })
    }
}

impl SearchIndex {
    /// Those of these datasets that a search finds by its words as they are written, however far down its list they stand; blocks
    /// like [`Self::search`].
    pub fn found_among(
        &self,
        query: &SearchQuery,
        guidance: &Guidance,
        datasets: &[String],
    ) -> Result<Vec<String>, SearchError> {
        let state = self.state();
        let text = QueryText::read(&query.q, guidance.thesaurus()).just_written();
        let found = state.find(query, guidance, &text, &selection(query))?;
        let mut among = Vec::new();
        for id in datasets {
            let wanted = Term::from_field_text(state.fields.id, id);
            let places = state.searcher.search(&TermQuery::new(wanted, IndexRecordOption::Basic), &DocSetCollector)?;
            if places.iter().any(|place| found.passes(*place)) {
                among.push(id.clone());
            }
        }
        Ok(among)
    }
}

#[derive(Default)]
struct Found {
    matching: Matching,
    counts: Counts,
    /// Of each segment, what passes everything, and the scores.
    segments: Vec<(Bits, Option<Vec<f32>>)>,
}

impl Found {
    /// Whether a document passes everything.
    fn passes(&self, place: DocAddress) -> bool {
        let segment = self.segments.get(place.segment_ord as usize);
        segment.is_some_and(|(passing, _)| passing.contains(place.doc_id))
    }

    fn ranked<'a>(&mut self, state: &'a State) -> Vec<Ranked<'a>> {
        let segments = std::mem::take(&mut self.segments).into_iter().zip(&state.facets);
        let ranked = segments.map(|((passing, scores), facets)| Ranked { orders: &facets.orders, passing, scores });
        ranked.collect()
    }
}

impl State {
    /// Finds the strictest reading of the words that shows anything, and counts under it.
    fn find(
        &self,
        query: &SearchQuery,
        guidance: &Guidance,
        text: &QueryText,
        chosen: &Selection,
    ) -> Result<Found, SearchError> {
        let mut found = Found::default();
        if text.is_empty() {
            for (number, facets) in self.facets.iter().enumerate() {
                let passing = found.counts.add(facets, living(&self.searcher, number), chosen);
                found.segments.push((passing, None));
            }
            return Ok(found);
        }
        found.matching = Matching::build(&self.searcher, &self.fields, &self.recent, guidance, text, query.language)?;
        let strictest = found.matching.evaluated.strictest();
        // Only what the words find by themselves says how strictly they are read: what was put first is there in any case.
        let pinned = std::mem::take(&mut found.matching.evaluated.pinned);
        self.count(&mut found, chosen, strictest);
        let least = if found.counts.total == 0 { strictest.min(1) } else { strictest };
        let is_all = least == strictest && pinned.is_empty();
        found.matching.evaluated.pinned = pinned;
        if !is_all {
            self.count(&mut found, chosen, least);
        }
        Ok(found)
    }

    fn count(&self, found: &mut Found, chosen: &Selection, least: usize) {
        let evaluated = &found.matching.evaluated;
        let worths = evaluated.worths(&self.searcher);
        (found.counts, found.segments) = (Counts::default(), Vec::new());
        for (number, facets) in self.facets.iter().enumerate() {
            let (bits, scores) = evaluated.segment(&self.searcher, number, least, &worths);
            let passing = found.counts.add(facets, bits, chosen);
            found.segments.push((passing, Some(scores)));
        }
    }

    /// The same words asked for less strictly, if that finds something.
    fn broader(
        &self,
        query: &SearchQuery,
        guidance: &Guidance,
        text: &QueryText,
    ) -> Result<Option<String>, SearchError> {
        let Some(plainer) = text.plainer() else { return Ok(None) };
        let text = QueryText::read(&plainer, guidance.thesaurus());
        let found = self.find(query, guidance, &text, &Selection::default())?;
        Ok((found.counts.total > 0).then_some(plainer))
    }

    /// Reads a stored dataset.
    pub fn dataset(&self, address: DocAddress) -> Result<SearchDocument, SearchError> {
        let doc: TantivyDocument = self.searcher.doc(address)?;
        let source = doc.get_first(self.fields.source).and_then(|value| value.as_str()).unwrap_or_default();
        Ok(serde_json::from_str(source)?)
    }
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn hit(dataset: SearchDocument, query: &SearchQuery, matching: &Matching, address: DocAddress) -> Hit {
    let pick = |english: &str, welsh: &Option<String>| query.language.pick(english, welsh.as_deref()).to_owned();
    let language = |english: &str, welsh: &Option<String>| query.language.of(english, welsh.as_deref());
    let description = pick(&dataset.description, &dataset.description_cy);
    let typed = matching.typed.iter().zip(&matching.evaluated.words);
    let in_data = typed.filter(|(_, found)| found.is_in_data_alone(address.segment_ord, address.doc_id));
    let (columns, named_columns) = columns(dataset.columns, matching);
    Hit {
        title: pick(&dataset.title, &dataset.title_cy),
        title_language: language(&dataset.title, &dataset.title_cy),
        summary: summary(&description),
        summary_language: language(&dataset.description, &dataset.description_cy),
        highlights: highlights(&description, &matching.marks).into_iter().collect(),
        in_data: in_data.map(|(word, _)| word.clone()).collect(),
        columns,
        named_columns,
        edition: pick(&dataset.edition, &dataset.edition_cy),
        edition_language: language(&dataset.edition, &dataset.edition_cy),
        sizes: dataset.sizes,
        has_chart: dataset.has_chart,
        corrected_at: dataset.corrected_at,
        dataset_id: dataset.dataset_id,
        topics: dataset.topics,
        formats: dataset.formats,
        release_date: dataset.release_date,
        department: dataset.department,
        publisher: dataset.publisher,
        frequency: dataset.frequency,
        designation: dataset.designation,
    }
}

/// The columns that the words name, or else the first; and those alone that the words name.
fn columns(mut all: Vec<String>, matching: &Matching) -> (Vec<String>, Vec<String>) {
    let is_named = |column: &String| {
        let stems: Vec<String> = words(column).into_iter().map(|word| stem(&word.text)).collect();
        matching.marks.stems.iter().any(|mark| !mark.is_empty() && stems.windows(mark.len()).any(|w| w == mark))
    };
    if all.len() > COLUMNS {
        all.sort_by_cached_key(|column| !is_named(column));
    }
    all.truncate(COLUMNS);
    let named = all.iter().filter(|column| is_named(column)).cloned().collect();
    (all, named)
}
