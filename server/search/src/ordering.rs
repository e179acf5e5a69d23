//! The order of results. It is total, as it ends with the id, so that pages neither overlap nor leave gaps.

use std::cmp::Reverse;

use domain::catalogue::Sort;
use domain::language::Language;
use tantivy::columnar::StrColumn;
use tantivy::{DocAddress, DocId, Score, SegmentReader};

use crate::SearchError;
use crate::bits::Bits;
use crate::fields::{ID, RELEASED, SORT_CY, SORT_EN};

/// The orders of a segment's documents: made once, as segments never change.
pub struct Orders {
    /// Of each document.
    ids: Vec<Box<str>>,
    /// Of each document, in milliseconds.
    released: Vec<i64>,
    /// The latest first, then by id.
    newest: Vec<DocId>,
    /// Of each document, its place among the newest.
    age: Vec<u32>,
    /// By title, then by id.
    by_title: [Titles; 2],
}

/// The documents by their titles in one language.
struct Titles {
    column: Option<StrColumn>,
    docs: Vec<DocId>,
}

impl Titles {
    fn read(segment: &SegmentReader, name: &str, ids: &[Box<str>]) -> Result<Self, SearchError> {
        let column = segment.fast_fields().str(name)?;
        // Within one segment, ordinals stand for the texts.
        let mut docs: Vec<DocId> = (0..segment.max_doc()).collect();
        let title = |doc: DocId| column.as_ref().and_then(|column| column.term_ords(doc).next());
        docs.sort_by_cached_key(|doc| (title(*doc), ids.get(*doc as usize)));
        Ok(Self { column, docs })
    }

    fn text(&self, doc: DocId) -> Result<String, SearchError> {
        let mut title = String::new();
        if let Some(column) = &self.column
            && let Some(ord) = column.term_ords(doc).next()
        {
            column.ord_to_str(ord, &mut title)?;
        }
        Ok(title)
    }
}

impl Orders {
    /// Reads what the documents of a segment are ordered by.
    pub fn read(segment: &SegmentReader) -> Result<Self, SearchError> {
        let dates = segment.fast_fields().i64(RELEASED)?;
        let released: Vec<i64> = (0..segment.max_doc()).map(|doc| dates.first(doc).unwrap_or(0)).collect();
        let ids = ids(segment)?;
        let of = |doc: DocId| (released.get(doc as usize).copied().map(Reverse), ids.get(doc as usize));
        let mut newest: Vec<DocId> = (0..segment.max_doc()).collect();
        newest.sort_unstable_by(|a, b| of(*a).cmp(&of(*b)));
        let mut age = vec![0; newest.len()];
        for (place, doc) in (0..).zip(&newest) {
            if let Some(age) = age.get_mut(*doc as usize) {
                *age = place;
            }
        }
        let by_title = [Titles::read(segment, SORT_EN, &ids)?, Titles::read(segment, SORT_CY, &ids)?];
        Ok(Self { ids, released, newest, age, by_title })
    }

    fn titles(&self, language: Language) -> &Titles {
        let [english, welsh] = &self.by_title;
        match language {
            Language::En => english,
            Language::Cy => welsh,
        }
    }

    /// The first so many of the documents that passed, and what they have to be compared by with those of other segments.
    fn first(&self, ranked: &Ranked<'_>, sort: Sort, language: Language, most: usize) -> Vec<(Score, DocId)> {
        let scores = ranked.scores.as_deref().filter(|_| sort == Sort::Relevance);
        let order = if sort == Sort::Title { &self.titles(language).docs } else { &self.newest };
        let Some(scores) = scores else {
            let passing = order.iter().filter(|doc| ranked.passing.contains(**doc));
            return passing.take(most).map(|doc| (0.0, *doc)).collect();
        };
        let score = |doc: DocId| scores.get(doc as usize).copied().unwrap_or(0.0).max(0.0);
        let key = |doc: DocId| {
            let age = self.age.get(doc as usize).copied().unwrap_or(u32::MAX);
            // Scores that are not negative are in the order of their bits; the best comes first.
            (u64::from(!score(doc).to_bits()) << 32) | u64::from(age)
        };
        let mut keys: Vec<u64> = ranked.passing.iter().map(key).collect();
        if keys.len() > most && most > 0 {
            keys.select_nth_unstable(most - 1);
        }
        keys.truncate(most);
        keys.sort_unstable();
        let doc = |key: u64| usize::try_from(key & u64::from(u32::MAX)).ok().and_then(|age| self.newest.get(age));
        keys.into_iter().filter_map(doc).map(|doc| (score(*doc), *doc)).collect()
    }
}

/// The id of each document. Looking one up in the segment unpacks a whole block, and an order across segments asks for hundreds.
fn ids(segment: &SegmentReader) -> Result<Vec<Box<str>>, SearchError> {
    let mut ids = vec![Box::default(); segment.max_doc() as usize];
    let Some(column) = segment.fast_fields().str(ID)? else { return Ok(ids) };
    let mut distinct: Vec<Box<str>> = Vec::with_capacity(column.num_terms());
    let mut terms = column.dictionary().stream()?;
    while terms.advance() {
        distinct.push(String::from_utf8_lossy(terms.key()).into());
    }
    for (doc, id) in (0..).zip(&mut ids) {
        let ord = column.term_ords(doc).next().and_then(|ord| usize::try_from(ord).ok());
        if let Some(text) = ord.and_then(|ord| distinct.get(ord)) {
            id.clone_from(text);
        }
    }
    Ok(ids)
}

/// What is to be put in order: of each segment, what passed and how well it matches, if that counts.
pub struct Ranked<'a> {
    pub orders: &'a Orders,
    pub passing: Bits,
    pub scores: Option<Vec<Score>>,
}

/// What decides between two documents of different segments, in this order: the best score, the first title, the latest
/// release where titles do not count, the first id.
struct Contender<'a> {
    score: Score,
    title: String,
    released: i64,
    id: &'a str,
    address: DocAddress,
}

/// The documents of one page of the whole.
pub fn page(
    segments: &[Ranked<'_>],
    sort: Sort,
    language: Language,
    offset: usize,
    limit: usize,
) -> Result<Vec<DocAddress>, SearchError> {
    let most = offset.saturating_add(limit);
    let mut contenders = Vec::new();
    for (number, ranked) in (0..).zip(segments) {
        let orders = ranked.orders;
        for (score, doc) in orders.first(ranked, sort, language, most) {
            let by_title = sort == Sort::Title;
            contenders.push(Contender {
                score,
                title: if by_title { orders.titles(language).text(doc)? } else { String::new() },
                released: orders.released.get(doc as usize).copied().filter(|_| !by_title).unwrap_or(0),
                id: orders.ids.get(doc as usize).map_or("", |id| id),
                address: DocAddress::new(number, doc),
            });
        }
    }
    let better = |a: &Contender<'_>, b: &Contender<'_>| {
        let score = b.score.total_cmp(&a.score);
        let title = || a.title.cmp(&b.title);
        score.then_with(title).then_with(|| b.released.cmp(&a.released)).then_with(|| a.id.cmp(b.id))
    };
    // Each segment's are in order already.
    contenders.sort_by(better);
    Ok(contenders.into_iter().skip(offset).take(limit).map(|contender| contender.address).collect())
}
