//! Working a question through the index one word at a time: which documents have it, and how well.

use tantivy::query::EnableScoring;
use tantivy::{DocId, Score, Searcher};

use crate::SearchError;
use crate::bits::Bits;
use crate::clauses::{Clause, DATA};

/// What having one more word of the question is worth; more than any difference in how well words match.
const PER_WORD: Score = 200.0;
/// How much the fields that match less well add to the best one.
const TIE: Score = 0.1;

/// How well one word matches one document.
#[derive(Clone, Copy, Default)]
struct Cell {
    best: Score,
    sum: Score,
    share: Score,
}

/// How well one word matches every document.
pub struct Found {
    segments: Vec<Vec<Cell>>,
    /// Whether some description has it, not only the data.
    pub is_known: bool,
}

impl Found {
    /// Nothing yet.
    pub fn nothing(searcher: &Searcher) -> Self {
        let cells = |size: u32| vec![Cell::default(); size as usize];
        Self { segments: searcher.segment_readers().iter().map(|s| cells(s.max_doc())).collect(), is_known: false }
    }

    /// What these clauses find.
    pub fn by(searcher: &Searcher, clauses: &[Clause]) -> Result<Self, SearchError> {
        let mut found = Self::nothing(searcher);
        found.add(searcher, clauses)?;
        Ok(found)
    }

    /// Adds what these clauses find; whether they find anything that is living.
    pub fn add(&mut self, searcher: &Searcher, clauses: &[Clause]) -> Result<bool, SearchError> {
        let mut any = false;
        for clause in clauses {
            let weight = clause.query.weight(EnableScoring::enabled_from_searcher(searcher))?;
            for (segment, cells) in searcher.segment_readers().iter().zip(&mut self.segments) {
                let alive = segment.alive_bitset();
                let mut hit = false;
                weight.for_each(segment, &mut |doc, score| {
                    let lives = alive.is_none_or(|alive| alive.is_alive(doc));
                    if let Some(cell) = cells.get_mut(doc as usize).filter(|_| lives) {
                        let score = score * clause.weight;
                        cell.best = cell.best.max(score);
                        cell.sum += score;
                        cell.share = cell.share.max(clause.share);
                        hit = true;
                    }
                })?;
                any |= hit;
                self.is_known |= hit && clause.share > DATA;
            }
        }
        Ok(any)
    }

    /// Whether anything has it at all.
    pub fn is_anywhere(&self) -> bool {
        self.is_known || self.segments.iter().flatten().any(|cell| cell.share > 0.0)
    }

    /// How many documents have it.
    fn count(&self) -> usize {
        self.segments.iter().flatten().filter(|cell| cell.share > 0.0).count()
    }

    /// Whether a document has it in its data alone.
    pub fn is_in_data_alone(&self, segment: u32, doc: DocId) -> bool {
        let cell = self.segments.get(segment as usize).and_then(|cells| cells.get(doc as usize));
        cell.is_some_and(|cell| cell.share > 0.0 && cell.share <= DATA)
    }

    /// The documents of one segment that have it.
    fn bits(&self, segment: usize) -> Bits {
        let cells = self.segments.get(segment).map_or(&[][..], Vec::as_slice);
        let mut bits = Bits::none(u32::try_from(cells.len()).unwrap_or(u32::MAX));
        for (doc, _) in (0..).zip(cells).filter(|(_, cell)| cell.share > 0.0) {
            bits.insert(doc);
        }
        bits
    }
}

/// A question worked through.
#[derive(Default)]
pub struct Evaluated {
    /// Loose words that something has.
    pub words: Vec<Found>,
    /// What a document must have.
    pub required: Vec<Found>,
    /// What a document must not have.
    pub excluded: Vec<Found>,
    /// What makes it better.
    pub bonuses: Vec<Found>,
    /// The dataset whose id was typed.
    pub exact_id: Option<Found>,
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
            let cells = found.segments.get(number).map_or(&[][..], Vec::as_slice);
            for ((cell, score), having) in cells.iter().zip(&mut scores).zip(&mut having) {
                if cell.share > 0.0 {
                    *score += cell.best + TIE * (cell.sum - cell.best) + worth * cell.share;
                    *having += counts;
                }
            }
        }
        for found in &self.bonuses {
            let cells = found.segments.get(number).map_or(&[][..], Vec::as_slice);
            cells.iter().zip(&mut scores).for_each(|(cell, score)| *score += cell.best);
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
        self.required.iter().for_each(|found| passing.intersect(&found.bits(number)));
        self.excluded.iter().for_each(|found| passing.subtract(&found.bits(number)));
        if let Some(found) = &self.exact_id {
            let exact = found.bits(number);
            for doc in exact.iter() {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += PER_WORD * 500.0;
                }
            }
            passing.unite(&exact);
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
