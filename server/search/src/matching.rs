//! Building the index query by hand, so that nothing typed can be an error.

use domain::language::Language;
use tantivy::collector::Count;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, PhraseQuery, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Searcher, Term};

use crate::SearchError;
use crate::corrections::corrections;
use crate::fields::Fields;
use crate::query_text::{QueryTerm, QueryText};
use crate::words::stem;

/// What one more matching word is worth; more than any difference in how well words match.
const PER_WORD: Score = 200.0;
/// What the exact id of a dataset is worth.
const EXACT_ID: Score = 100_000.0;
/// A synonym counts for less than the word itself, and a mended word for less again.
const SYNONYM: Score = 0.7;
const MENDED: Score = 0.5;
/// Unfinished words are completed from this length on.
const SHORTEST_BEGINNING: usize = 3;
/// How much the fields that match less well add to the best one.
const TIE: Score = 0.1;

type Clause = Box<dyn Query>;

/// A query ready to run, and what its words look like in text.
pub struct Matching {
    /// For each word that can match, what it matches; all of [`PER_WORD`] scores.
    words: Vec<Clause>,
    required: Vec<Clause>,
    bonuses: Vec<Clause>,
    exact_id: Clause,
    /// What to mark in a text.
    pub marks: Marks,
    /// The text with misspelt words mended, if there were any.
    pub suggestion: Option<String>,
}

/// The words to mark in a text.
#[derive(Default)]
pub struct Marks {
    /// Sequences of stems.
    pub stems: Vec<Vec<String>>,
    /// Beginnings of folded words.
    pub beginnings: Vec<String>,
}

/// The scoring fields with their weights, for one language of the reader.
pub struct FieldWeights {
    stemmed: Vec<(Field, Score)>,
    plain: Vec<(Field, Score)>,
    words: Field,
}

impl FieldWeights {
    /// Titles count most, then keywords, topics and descriptions; the other language counts half.
    pub fn of(fields: &Fields, language: Language) -> Self {
        let (en, cy) = match language {
            Language::En => (1.0, 0.5),
            Language::Cy => (0.5, 1.0),
        };
        Self {
            stemmed: vec![
                (fields.title, 8.0 * en),
                (fields.keywords, 5.0),
                (fields.topics, 3.0 * en),
                (fields.description, 1.5 * en),
                (fields.other, 1.0),
            ],
            plain: vec![
                (fields.title_plain, 9.0 * en),
                (fields.title_cy, 9.0 * cy),
                (fields.topics_cy, 3.0 * cy),
                (fields.description_cy, 1.5 * cy),
            ],
            words: fields.words,
        }
    }

    /// A word, or a phrase with `slop` other words allowed inside, in whichever field it fits best.
    fn phrase(&self, plain: &[String], stems: &[String], slop: u32) -> Clause {
        let mut clauses: Vec<Clause> = Vec::new();
        for (fields, words) in [(&self.stemmed, stems), (&self.plain, plain)] {
            clauses.extend(fields.iter().map(|(field, weight)| boosted(in_field(*field, words, slop), *weight)));
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(clauses, TIE))
    }

    /// Exactly these words in this order, unstemmed.
    fn quoted(&self, plain: &[String]) -> Clause {
        let mut clauses: Vec<Clause> = vec![boosted(in_field(self.words, plain, 0), 0.5)];
        clauses.extend(self.plain.iter().map(|(field, weight)| boosted(in_field(*field, plain, 0), *weight)));
        Box::new(DisjunctionMaxQuery::with_tie_breaker(clauses, TIE))
    }

    /// Words that begin like this; titles first.
    fn beginning(&self, plain: &str) -> Clause {
        let mut clauses: Vec<Clause> = vec![boosted(starting_with(self.words, plain), 0.2)];
        for (field, weight) in &self.plain {
            clauses.push(boosted(starting_with(*field, plain), *weight / 4.0));
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(clauses, TIE))
    }
}

/// The words in this field that begin like `plain`.
pub fn starting_with(field: Field, plain: &str) -> Clause {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, plain), 0, true))
}

/// Weighs a clause.
pub fn boosted(clause: Clause, weight: Score) -> Clause {
    Box::new(BoostQuery::new(clause, weight))
}

/// Puts clauses side by side, any of which may match; with none it matches nothing.
pub fn any_of(clauses: Vec<Clause>) -> BooleanQuery {
    BooleanQuery::union(clauses)
}

fn in_field(field: Field, words: &[String], slop: u32) -> Clause {
    let mut terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
    match (terms.pop(), terms.is_empty()) {
        (Some(only), true) => Box::new(TermQuery::new(only, IndexRecordOption::WithFreqs)),
        (last, _) => {
            terms.extend(last);
            Box::new(PhraseQuery::new_with_offset_and_slop(terms.into_iter().enumerate().collect(), slop))
        }
    }
}

impl Matching {
    /// Works out what a query can match in the index as it is.
    pub fn build(
        searcher: &Searcher,
        fields: &Fields,
        text: &QueryText,
        language: Language,
    ) -> Result<Self, SearchError> {
        let weights = FieldWeights::of(fields, language);
        let exact_id = Term::from_field_text(fields.id, &text.text.trim().to_lowercase());
        let mut matching = Self {
            words: Vec::new(),
            required: text.phrases.iter().map(|phrase| weights.quoted(phrase)).collect(),
            bonuses: Vec::new(),
            exact_id: Box::new(ConstScoreQuery::new(
                Box::new(TermQuery::new(exact_id, IndexRecordOption::Basic)),
                EXACT_ID,
            )),
            marks: Marks::default(),
            suggestion: None,
        };
        for phrase in &text.phrases {
            matching.marks.stems.push(phrase.iter().map(|word| stem(word)).collect());
        }
        let mut mended_words = Vec::new();
        for term in &text.terms {
            let clause = matching.word(&weights, term);
            if searcher.search(&clause, &Count)? > 0 {
                matching.words.push(clause);
                continue;
            }
            let mended = corrections(searcher, fields, &term.plain)?;
            let clauses = mended.iter().map(|word| {
                let stems = [stem(word)];
                let clause = boosted(weights.phrase(std::slice::from_ref(word), &stems, 0), MENDED);
                matching.marks.stems.push(stems.to_vec());
                clause
            });
            let clauses: Vec<Clause> = clauses.collect();
            if let Some(best) = mended.into_iter().next() {
                matching.words.push(Box::new(DisjunctionMaxQuery::new(clauses)));
                mended_words.push((term.range.clone(), best));
            }
        }
        matching.near_each_other(&weights, text);
        if !mended_words.is_empty() {
            let mut suggestion = text.text.clone();
            for (range, word) in mended_words.into_iter().rev() {
                suggestion.replace_range(range, &word);
            }
            matching.suggestion = Some(suggestion.trim().to_owned());
        }
        Ok(matching)
    }

    /// One loose word: itself, its synonyms and, if it stands last, its completions.
    fn word(&mut self, weights: &FieldWeights, term: &QueryTerm) -> Clause {
        let (plain, stems) = (std::slice::from_ref(&term.plain), std::slice::from_ref(&term.stem));
        let mut clauses = vec![weights.phrase(plain, stems, 0)];
        self.marks.stems.push(stems.to_vec());
        for synonym in &term.synonyms {
            clauses.push(boosted(weights.phrase(&synonym.plain, &synonym.stems, 0), SYNONYM));
            self.marks.stems.push(synonym.stems.clone());
        }
        if term.is_last && term.plain.chars().count() >= SHORTEST_BEGINNING {
            clauses.push(weights.beginning(&term.plain));
            self.marks.beginnings.push(term.plain.clone());
        }
        Box::new(DisjunctionMaxQuery::new(clauses))
    }

    /// Prefers datasets that have the words beside each other.
    fn near_each_other(&mut self, weights: &FieldWeights, text: &QueryText) {
        if text.terms.len() > 1 {
            let plain: Vec<String> = text.terms.iter().map(|term| term.plain.clone()).collect();
            let stems: Vec<String> = text.terms.iter().map(|term| term.stem.clone()).collect();
            self.bonuses.push(weights.phrase(&plain, &stems, 2));
        }
    }

    /// How many of the words a dataset should have: one of up to two, half of more.
    pub fn strictest(&self) -> usize {
        match self.words.len() {
            0..=2 => self.words.len().min(1),
            many => many.div_ceil(2),
        }
    }

    /// The query for datasets with at least `least` of the words and all of the phrases, or with exactly this id.
    pub fn query(&self, least: usize) -> BooleanQuery {
        let mut clauses: Vec<(Occur, Clause)> = Vec::new();
        clauses.extend(self.required.iter().map(|clause| (Occur::Must, clause.box_clone())));
        if !self.words.is_empty() {
            let words = self.words.iter().map(|word| -> (Occur, Clause) {
                let bonus: Clause = Box::new(ConstScoreQuery::new(word.box_clone(), PER_WORD));
                let both = vec![(Occur::Must, word.box_clone()), (Occur::Should, bonus)];
                (Occur::Should, Box::new(BooleanQuery::new(both)))
            });
            let words = BooleanQuery::with_minimum_required_clauses(words.collect(), least.max(1));
            clauses.push((Occur::Must, Box::new(words)));
        }
        if clauses.is_empty() {
            return any_of(vec![self.exact_id.box_clone()]);
        }
        clauses.extend(self.bonuses.iter().map(|clause| (Occur::Should, clause.box_clone())));
        any_of(vec![self.exact_id.box_clone(), Box::new(BooleanQuery::new(clauses))])
    }
}
