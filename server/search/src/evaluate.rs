//! Working a question through the index one word at a time: which documents have it, and how well.

use std::sync::Arc;

use tantivy::query::EnableScoring;
use tantivy::{DocId, Score, Searcher};

use crate::SearchError;
use crate::bits::Bits;
use crate::clauses::{Clause, DATA};

/// What having one more word of the question is worth; more than any difference in how well words match.
const PER_WORD: Score = 200.0;
/// How much the fields that match less well add to the best one.
const TIE: Score = 0.1;
/// What standing first by somebody's will is worth, more than anything that words can; each after the first has less.
const PINNED: Score = 800_000.0;
/// How much less.
const PER_PIN: Score = 150_000.0;

/// How well one word matches one document, while it is being found out.
#[derive(Clone, Copy, Default)]
struct Cell {
    best: Score,
    sum: Score,
    share: Score,
}

/// How well one word matches every document, while it is being found out.
pub struct Gathering {
    segments: Vec<Vec<Cell>>,
    /// Whether some description has it, not only the data.
    pub is_known: bool,
}

impl Gathering {
    /// What these clauses find.
    pub fn by(searcher: &Searcher, clauses: &[Clause]) -> Result<Self, SearchError> {
        let cells = |size: u32| vec![Cell::default(); size as usize];
        let segments = searcher.segment_readers().iter().map(|s| cells(s.max_doc())).collect();
        let mut found = Self { segments, is_known: false };
        found.add(searcher, clauses)?;
        Ok(found)
    }

    /// Adds what these clauses find; whether they find anything that is living.
    pub fn add(&mut self, searcher: &Searcher, clauses: &[Clause]) -> Result<bool, SearchError> {
        let mut any = false;
        for clause in clauses {
            let known = &mut self.is_known;
            let segments = &mut self.segments;
            each(searcher, clause, |segment, doc, score| {
                if let Some(cell) = segments.get_mut(segment).and_then(|cells| cells.get_mut(doc as usize)) {
                    let score = score * clause.weight;
                    cell.best = cell.best.max(score);
                    cell.sum += score;
                    cell.share = cell.share.max(clause.share);
                    any = true;
                    *known |= clause.share > DATA;
                }
            })?;
        }
        Ok(any)
    }

    /// Whether anything has it at all.
    pub fn is_anywhere(&self) -> bool {
        self.is_known || self.segments.iter().flatten().any(|cell| cell.share > 0.0)
    }

    /// The same as a word of the question: the fields that match less well add a little to the best one.
    pub fn as_word(&self) -> Found {
        self.finished(|cell| cell.best + TIE * (cell.sum - cell.best))
    }

    /// The same as what makes a document better: the best field alone.
    pub fn as_bonus(&self) -> Found {
        self.finished(|cell| cell.best)
    }

    fn finished(&self, score: impl Fn(&Cell) -> Score) -> Found {
        let hit = |(doc, cell): (DocId, &Cell)| Hit { doc, score: score(cell), share: cell.share };
        // Boxed, so that what is remembered takes no more than it holds.
        let of = |cells: &Vec<Cell>| (0..).zip(cells).filter(|(_, cell)| cell.share > 0.0).map(hit).collect();
        Found { segments: self.segments.iter().map(of).collect() }
    }
}

/// Gives the living documents that a clause finds, by the segment's place, to `take`.
fn each(searcher: &Searcher, clause: &Clause, mut take: impl FnMut(usize, DocId, Score)) -> Result<(), SearchError> {
    let weight = clause.query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    for (number, segment) in searcher.segment_readers().iter().enumerate() {
        let alive = segment.alive_bitset();
        weight.for_each(segment, &mut |doc, score| {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                take(number, doc, score);
            }
        })?;
    }
    Ok(())
}

/// Whether one of the clauses finds anything that is living.
pub fn is_anywhere(searcher: &Searcher, clauses: &[Clause]) -> Result<bool, SearchError> {
    let mut any = false;
    for clause in clauses {
        each(searcher, clause, |_, _, _| any = true)?;
        if any {
            break;
        }
    }
    Ok(any)
}

/// How well one word matches one document that has it.
#[derive(Clone, Copy)]
struct Hit {
    doc: DocId,
    score: Score,
    share: Score,
}

/// The documents that have one word, and how well they match: of each segment in their order.
#[derive(Default)]
pub struct Found {
    segments: Vec<Box<[Hit]>>,
}

impl Found {
    /// What one clause finds; nothing where that is nothing at all.
    pub fn of_one(searcher: &Searcher, clause: &Clause) -> Result<Option<Self>, SearchError> {
        let mut segments = vec![Vec::new(); searcher.segment_readers().len()];
        let mut any = false;
        each(searcher, clause, |segment, doc, score| {
            if let Some(hits) = segments.get_mut(segment) {
                hits.push(Hit { doc, score: score * clause.weight, share: clause.share });
                any = true;
            }
        })?;
        Ok(any.then(|| Self { segments: segments.into_iter().map(Vec::into_boxed_slice).collect() }))
    }

    /// The memory that it takes, in bytes.
    pub fn size(&self) -> usize {
        self.count() * size_of::<Hit>() + self.segments.len() * size_of::<Box<[Hit]>>()
    }

    /// How many documents have it.
    fn count(&self) -> usize {
        self.segments.iter().map(|hits| hits.len()).sum()
    }

    fn of(&self, segment: usize) -> &[Hit] {
        self.segments.get(segment).map_or(&[][..], |hits| hits)
    }

    /// Whether a document has it in its data alone.
    pub fn is_in_data_alone(&self, segment: u32, doc: DocId) -> bool {
        let hits = self.of(segment as usize);
        let place = hits.binary_search_by_key(&doc, |hit| hit.doc);
        place.ok().and_then(|place| hits.get(place)).is_some_and(|hit| hit.share <= DATA)
    }

    /// The documents of one segment that have it, of `size` that there are.
    fn bits(&self, segment: usize, size: u32) -> Bits {
        let mut bits = Bits::none(size);
        self.of(segment).iter().for_each(|hit| bits.insert(hit.doc));
        bits
    }
}

/// A question worked through.
#[derive(Default)]
pub struct Evaluated {
    /// Loose words that something has.
    pub words: Vec<Arc<Found>>,
    /// What a document must have.
    pub required: Vec<Arc<Found>>,
    /// What a document must not have.
    pub excluded: Vec<Arc<Found>>,
    /// What makes it better.
    pub bonuses: Vec<Arc<Found>>,
    /// The dataset whose id was typed.
    pub exact_id: Option<Found>,
    /// The datasets that somebody put first, in their order.
    pub pinned: Vec<Found>,
    /// Whether there were loose words, known or not.
    pub asks_words: bool,
}

impl Evaluated {
    /// How many of the words a dataset should have: one of up to two, half of more.
    pub fn strictest(&self) -> usize {
        match self.words.len() {
            0..=2 => self.words.len().min(1),
            many => many.div_ceil(2),
        }
    }

    /// What having each word, and then each thing required, is worth: the rarer the more.
    pub fn worths(&self, searcher: &Searcher) -> Vec<Score> {
        let all = self.words.iter().chain(&self.required);
        all.map(|found| PER_WORD * rarity(found.count(), searcher.num_docs())).collect()
    }

    /// The documents of a segment with at least `least` of the words and all that is required, and their scores.
    pub fn segment(&self, searcher: &Searcher, number: usize, least: usize, worths: &[Score]) -> (Bits, Vec<Score>) {
        let segment = &searcher.segment_readers()[number];
        let size = segment.max_doc() as usize;
        let mut scores = vec![0.0; size];
        let mut having = vec![0_u8; size];
        for ((place, found), worth) in self.words.iter().chain(&self.required).enumerate().zip(worths) {
            let counts = u8::from(place < self.words.len());
            for hit in found.of(number) {
                let doc = hit.doc as usize;
                if let (Some(score), Some(having)) = (scores.get_mut(doc), having.get_mut(doc)) {
                    *score += hit.score + worth * hit.share;
                    *having += counts;
                }
            }
        }
        for hit in self.bonuses.iter().flat_map(|found| found.of(number)) {
            if let Some(score) = scores.get_mut(hit.doc as usize) {
                *score += hit.score;
            }
        }
        (self.passing(searcher, number, least, &having, &mut scores), scores)
    }

    fn passing(&self, searcher: &Searcher, number: usize, least: usize, having: &[u8], scores: &mut [Score]) -> Bits {
        let size = searcher.segment_readers()[number].max_doc();
        let mut passing = if self.words.is_empty() {
            if self.asks_words && self.required.is_empty() { Bits::none(size) } else { living(searcher, number) }
        } else {
            let mut bits = Bits::none(size);
            for (doc, _) in (0..).zip(having).filter(|(_, count)| usize::from(**count) >= least.max(1)) {
                bits.insert(doc);
            }
            bits
        };
        self.required.iter().for_each(|found| passing.intersect(&found.bits(number, size)));
        self.excluded.iter().for_each(|found| passing.subtract(&found.bits(number, size)));
        if let Some(found) = &self.exact_id {
            let exact = found.bits(number, size);
            for doc in exact.iter() {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += PER_WORD * 500.0;
                }
            }
            passing.unite(&exact);
        }
        for (found, worth) in self.pinned.iter().zip((0_u8..).map(|place| PINNED - f32::from(place) * PER_PIN)) {
            let pinned = found.bits(number, size);
            for doc in pinned.iter() {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += worth;
                }
            }
            passing.unite(&pinned);
        }
        passing
    }
}

/// Everything in a segment that was not removed.
pub fn living(searcher: &Searcher, number: usize) -> Bits {
    let segment = &searcher.segment_readers()[number];
    let mut bits = Bits::all(segment.max_doc());
    if let Some(alive) = segment.alive_bitset() {
        (0..segment.max_doc()).filter(|doc| alive.is_deleted(*doc)).for_each(|doc| bits.remove(doc));
    }
    bits
}

/// From nearly nothing for a word that all have to 1 for a word that one has.
fn rarity(having: usize, all: u64) -> Score {
    let all = (all.max(1)) as Score;
    let having = (having.max(1)) as Score;
    ((1.0 + all / having).ln() / (1.0 + all).ln()).clamp(0.1, 1.0)
}
