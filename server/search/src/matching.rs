//! Answering a question word by word: each as it is, by its synonyms and, where nothing has it, mended.

use std::sync::Arc;

use domain::language::Language;
use tantivy::Searcher;

use crate::SearchError;
use crate::clauses::{Clause, FieldWeights, ITSELF, LONGER, MENDED, SYNONYM, Wording, in_field};
use crate::corrections::corrections;
use crate::evaluate::{Evaluated, Found, Gathering, is_anywhere};
use crate::fields::Fields;
use crate::guidance::Guidance;
use crate::query_text::{QueryTerm, QueryText};
use crate::recent::{Answered, Asked, Recent};
use crate::synonyms::Thesaurus;
use crate::words::stem;

/// Unfinished words are completed from this length on.
const SHORTEST_BEGINNING: usize = 3;
/// The parts of words that were written as one are at least this long.
const SHORTEST_PART: usize = 3;

/// What a question finds, and what its words look like in text.
#[derive(Default)]
pub struct Matching {
    /// What was found.
    pub evaluated: Evaluated,
    /// The words as typed that were found, beside the same places of `evaluated.words`.
    pub typed: Vec<String>,
    /// What to mark in a text.
    pub marks: Marks,
    /// The text with misspelt words mended, if there were any.
    pub suggestion: Option<String>,
}

/// The words to mark in a text.
#[derive(Clone, Default)]
pub struct Marks {
    /// Sequences of stems.
    pub stems: Vec<Vec<String>>,
    /// Beginnings of folded words.
    pub beginnings: Vec<String>,
}

impl Marks {
    fn add(&mut self, others: &Self) {
        self.stems.extend_from_slice(&others.stems);
        self.beginnings.extend_from_slice(&others.beginnings);
    }
}

struct Builder<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    recent: &'a Recent,
    thesaurus: &'a Thesaurus,
    language: Language,
    weights: FieldWeights,
    matching: Matching,
}

impl Matching {
    /// Works out what a question finds in the index as it is.
    pub fn build(
        searcher: &Searcher,
        fields: &Fields,
        recent: &Recent,
        guidance: &Guidance,
        text: &QueryText,
        language: Language,
    ) -> Result<Self, SearchError> {
        let weights = FieldWeights::of(*fields, language);
        let mut builder = Builder {
            searcher,
            fields,
            recent,
            thesaurus: guidance.thesaurus(),
            language,
            weights,
            matching: Self::default(),
        };
        builder.exact_id(&text.text)?;
        builder.pinned(guidance.pinned(text))?;
        builder.said_otherwise(text)?;
        let mut mended = Vec::new();
        for (at, term) in text.terms.iter().enumerate() {
            let joined = [at.checked_sub(1), Some(at)].into_iter().flatten();
            let joined = joined.filter_map(|first| joined_from(&text.terms, first));
            let joined = joined.filter_map(|word| builder.is_word(&word).map(|is| is.then_some(word)).transpose());
            let joined: Vec<String> = joined.collect::<Result<_, _>>()?;
            if let Some(word) = builder.word(term, &joined)? {
                mended.push((term.range.clone(), word));
            }
        }
        builder.near_each_other(text)?;
        let mut matching = builder.matching;
        matching.evaluated.asks_words = !text.terms.is_empty();
        if !mended.is_empty() {
            let mut suggestion = text.text.clone();
            for (range, word) in mended.into_iter().rev() {
                suggestion.replace_range(range, &word);
            }
            matching.suggestion = Some(suggestion.trim().to_owned());
        }
        Ok(matching)
    }
}

/// Two words that may be one, such as “rain fall”.
fn joined_from(terms: &[QueryTerm], first: usize) -> Option<String> {
    let (a, b) = (terms.get(first)?, terms.get(first + 1)?);
    Some(format!("{}{}", a.plain, b.plain))
}

impl Builder<'_> {
    fn found(&self, clauses: &[Clause]) -> Result<Arc<Found>, SearchError> {
        Ok(Arc::new(Gathering::by(self.searcher, clauses)?.as_word()))
    }

    fn exact_id(&mut self, text: &str) -> Result<(), SearchError> {
        let id = text.trim().to_lowercase();
        let clause = Clause { query: in_field(self.fields.id, &[id], 0), weight: 1.0, share: ITSELF };
        self.matching.evaluated.exact_id = Found::of_one(self.searcher, &clause)?;
        Ok(())
    }

    /// The datasets that somebody put first for this question, as far as the index has them: what is not public is not in it.
    fn pinned(&mut self, ids: &[String]) -> Result<(), SearchError> {
        for id in ids {
            let id = std::slice::from_ref(id);
            let clause = Clause { query: in_field(self.fields.id, id, 0), weight: 1.0, share: ITSELF };
            self.matching.evaluated.pinned.extend(Found::of_one(self.searcher, &clause)?);
        }
        Ok(())
    }

    /// Phrases, words in fields, and words that must not be there.
    fn said_otherwise(&mut self, text: &QueryText) -> Result<(), SearchError> {
        for phrase in &text.phrases {
            let found = self.found(&self.weights.quoted(phrase))?;
            self.matching.evaluated.required.push(found);
            self.matching.marks.stems.push(phrase.iter().map(|word| stem(word)).collect());
        }
        for term in &text.fields {
            let found = self.found(&self.weights.within(term.field, &term.words, &term.raw))?;
            self.matching.evaluated.required.push(found);
            self.matching.marks.stems.push(term.words.iter().map(|word| stem(word)).collect());
        }
        for (term, words) in &text.excluded {
            let clauses = match term {
                Some(term) => self.weights.within(term.field, &term.words, &term.raw),
                None => {
                    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
                    self.weights.anywhere(&Wording { plain: words, stems: &stems }, 0, 1.0, ITSELF)
                }
            };
            let found = self.found(&clauses)?;
            self.matching.evaluated.excluded.push(found);
        }
        Ok(())
    }

    /// Whether anything has a word that was made of two; seldom, so that the two are remembered whatever stands beside them.
    fn is_word(&self, joined: &str) -> Result<bool, SearchError> {
        let asked = Asked::Joined { language: self.language, plain: joined.to_owned() };
        let answered = self.recent.answer(asked, || {
            let clauses = self.one_word(joined, 1.0, ITSELF, &mut Marks::default());
            let is_anywhere = is_anywhere(self.searcher, &clauses)?;
            Ok::<_, SearchError>(Answered { found: is_anywhere.then(Arc::default), ..Answered::default() })
        })?;
        Ok(answered.found.is_some())
    }

    /// One loose word; gives what it was mended to, if nothing has it as it is.
    fn word(&mut self, term: &QueryTerm, joined: &[String]) -> Result<Option<String>, SearchError> {
        let asked = Asked::word(self.language, term, self.thesaurus.number, joined);
        let answered = self.recent.answer(asked, || self.find_out(term, joined))?;
        self.matching.marks.add(&answered.marks);
        if let Some(found) = &answered.found {
            self.matching.typed.push(term.plain.clone());
            self.matching.evaluated.words.push(Arc::clone(found));
        }
        Ok(answered.mended.clone())
    }

    fn find_out(&self, term: &QueryTerm, joined: &[String]) -> Result<Answered, SearchError> {
        let mut marks = Marks::default();
        let plain = std::slice::from_ref(&term.plain);
        let mut clauses = self.with_synonyms(term, ITSELF, &mut marks);
        for word in joined {
            clauses.extend(self.one_word(word, 1.0, ITSELF, &mut marks));
        }
        clauses.extend(self.weights.in_data(plain));
        let mut found = Gathering::by(self.searcher, &clauses)?;
        let may_be_unfinished = term.plain.chars().count() >= SHORTEST_BEGINNING;
        let mut mended = None;
        if found.is_known {
            if term.is_last && may_be_unfinished {
                self.complete(&mut found, term, LONGER, &mut marks)?;
            }
        } else if may_be_unfinished && !term.is_meant {
            self.complete(&mut found, term, ITSELF, &mut marks)?;
            if !found.is_anywhere() && !self.parted(&mut found, term, &mut marks)? {
                mended = self.mend(&mut found, term, &mut marks)?;
            }
        }
        let found = found.is_anywhere().then(|| Arc::new(found.as_word()));
        Ok(Answered { found, mended, marks })
    }

    fn with_synonyms(&self, term: &QueryTerm, share: f32, marks: &mut Marks) -> Vec<Clause> {
        let wording = Wording { plain: std::slice::from_ref(&term.plain), stems: std::slice::from_ref(&term.stem) };
        let mut clauses = self.weights.anywhere(&wording, 0, share, share);
        marks.stems.push(vec![term.stem.clone()]);
        for synonym in &term.synonyms {
            let wording = Wording { plain: &synonym.plain, stems: &synonym.stems };
            clauses.extend(self.weights.anywhere(&wording, 0, share * 0.7, share * SYNONYM));
            marks.stems.push(synonym.stems.clone());
        }
        clauses
    }

    fn one_word(&self, word: &str, factor: f32, share: f32, marks: &mut Marks) -> Vec<Clause> {
        let stem = stem(word);
        let plain = [word.to_owned()];
        marks.stems.push(vec![stem.clone()]);
        self.weights.anywhere(&Wording { plain: &plain, stems: &[stem] }, 0, factor, share)
    }

    fn complete(
        &self,
        found: &mut Gathering,
        term: &QueryTerm,
        share: f32,
        marks: &mut Marks,
    ) -> Result<(), SearchError> {
        if found.add(self.searcher, &self.weights.beginning(&term.plain, share))? {
            marks.beginnings.push(term.plain.clone());
        }
        Ok(())
    }

    /// Two words written as one, such as “houseprices”.
    fn parted(&self, found: &mut Gathering, term: &QueryTerm, marks: &mut Marks) -> Result<bool, SearchError> {
        for (at, _) in term.plain.char_indices().skip(SHORTEST_PART) {
            let (left, right) = term.plain.split_at(at);
            if right.chars().count() < SHORTEST_PART {
                break;
            }
            let plain = [left.to_owned(), right.to_owned()];
            let stems = [stem(left), stem(right)];
            let clauses = self.weights.anywhere(&Wording { plain: &plain, stems: &stems }, 0, 1.0, ITSELF);
            if found.add(self.searcher, &clauses)? {
                marks.stems.push(stems.to_vec());
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn mend(&self, found: &mut Gathering, term: &QueryTerm, marks: &mut Marks) -> Result<Option<String>, SearchError> {
        let mended = corrections(self.searcher, self.fields, &term.plain)?;
        for (rank, word) in mended.iter().enumerate() {
            let stem = stem(word);
            // Only the likeliest is taken for what was meant.
            let meant = if rank == 0 {
                self.thesaurus.synonyms(std::slice::from_ref(&stem)).pop().unwrap_or_default()
            } else {
                Vec::new()
            };
            let range = term.range.clone();
            let as_meant =
                QueryTerm { plain: word.clone(), stem, range, synonyms: meant, is_last: false, is_meant: true };
            let share = if rank == 0 { MENDED } else { LONGER };
            let mut clauses = self.with_synonyms(&as_meant, share, marks);
            clauses.extend(self.weights.in_data(std::slice::from_ref(word)));
            found.add(self.searcher, &clauses)?;
        }
        Ok(mended.into_iter().next())
    }

    /// Prefers datasets that have the words beside each other.
    fn near_each_other(&mut self, text: &QueryText) -> Result<(), SearchError> {
        if text.terms.len() > 1 {
            let plain = text.terms.iter().map(|term| term.plain.clone()).collect();
            let asked = Asked::Near { language: self.language, plain };
            let answered = self.recent.answer(asked, || self.find_near(text))?;
            self.matching.evaluated.bonuses.extend(answered.found.clone());
        }
        Ok(())
    }

    fn find_near(&self, text: &QueryText) -> Result<Answered, SearchError> {
        let mut plain: Vec<String> = text.terms.iter().map(|term| term.plain.clone()).collect();
        let mut stems: Vec<String> = text.terms.iter().map(|term| term.stem.clone()).collect();
        let beside = |plain: &[String], stems: &[String], slop, factor| {
            self.weights.anywhere(&Wording { plain, stems }, slop, factor, ITSELF)
        };
        let mut clauses = beside(&plain, &stems, 0, 1.5);
        clauses.extend(beside(&plain, &stems, 2, 0.6));
        if text.terms.len() == 2 {
            // Prices of houses are house prices.
            plain.reverse();
            stems.reverse();
            clauses.extend(beside(&plain, &stems, 0, 1.3));
        }
        let found = Gathering::by(self.searcher, &clauses)?.as_bonus();
        Ok(Answered { found: Some(Arc::new(found)), ..Answered::default() })
    }
}
