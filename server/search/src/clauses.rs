//! Where and how a word may match, and what each way is worth.

use domain::catalogue::SearchField;
use domain::language::Language;
use tantivy::query::{FuzzyTermQuery, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use crate::fields::Fields;
use crate::welsh::other_forms;
use crate::words::stem;

/// How far a way of matching counts as having the word at all: the word itself, a synonym, a mended word, a longer
/// word, one in another form, one inside the data.
pub const ITSELF: Score = 1.0;
pub const SYNONYM: Score = 0.8;
pub const MENDED: Score = 0.75;
pub const LONGER: Score = 0.5;
pub const DATA: Score = 0.35;

/// One way in which a word can match.
pub struct Clause {
    pub query: Box<dyn Query>,
    /// What a match is worth beside other fields.
    pub weight: Score,
    /// How far it counts as having the word.
    pub share: Score,
}

/// Words in the two shapes that fields hold.
pub struct Wording<'a> {
    pub plain: &'a [String],
    pub stems: &'a [String],
}

/// The fields with their weights, for one language of the reader.
pub struct FieldWeights {
    fields: Fields,
    stemmed: Vec<(Field, Score)>,
    plain: Vec<(Field, Score)>,
    welsh: Vec<(Field, Score)>,
}

impl FieldWeights {
    /// Titles count most, then keywords, topics and descriptions; the other language counts half.
    pub fn of(fields: Fields, language: Language) -> Self {
        let (en, cy) = match language {
            Language::En => (1.0, 0.5),
            Language::Cy => (0.5, 1.0),
        };
        Self {
            fields,
            stemmed: vec![
                (fields.title, 8.0 * en),
                (fields.keywords, 5.0),
                (fields.topics, 3.0 * en),
                (fields.description, 1.5 * en),
                (fields.columns, 1.5),
                (fields.geography, 1.0),
                (fields.publisher, 0.8),
                (fields.other, 1.0),
            ],
            plain: vec![(fields.title_plain, 9.0 * en)],
            welsh: vec![(fields.title_cy, 9.0 * cy), (fields.topics_cy, 3.0 * cy), (fields.description_cy, 1.5 * cy)],
        }
    }

    /// A word, or words beside each other with `slop` others allowed inside, in every field.
    pub fn anywhere(&self, wording: &Wording<'_>, slop: u32, factor: Score, share: Score) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for (fields, words) in
            [(&self.stemmed, wording.stems), (&self.plain, wording.plain), (&self.welsh, wording.plain)]
        {
            clauses.extend(fields.iter().map(|(field, weight)| Clause {
                query: in_field(*field, words, slop),
                weight: weight * factor,
                share,
            }));
        }
        if let [word] = wording.plain {
            for form in other_forms(word) {
                clauses.extend(self.welsh.iter().map(|(field, weight)| Clause {
                    query: in_field(*field, std::slice::from_ref(&form), 0),
                    weight: weight * factor * 0.8,
                    share: share * 0.9,
                }));
            }
        }
        clauses
    }

    /// The same inside the data.
    pub fn in_data(&self, plain: &[String]) -> Vec<Clause> {
        let mut readings = vec![plain.to_vec()];
        if let [word] = plain {
            // Labels stand in the plural as often as not.
            readings.push(vec![word.strip_suffix('s').map_or_else(|| format!("{word}s"), str::to_owned)]);
        }
        let clause =
            |words: Vec<String>| Clause { query: in_field(self.fields.values, &words, 0), weight: 1.0, share: DATA };
        readings.into_iter().map(clause).collect()
    }

    /// Exactly these words in this order, unstemmed.
    pub fn quoted(&self, plain: &[String]) -> Vec<Clause> {
        let own = [(self.fields.words, 0.5), (self.fields.values, 0.4)];
        let fields = own.iter().chain(&self.plain).chain(&self.welsh);
        fields
            .map(|(field, weight)| Clause { query: in_field(*field, plain, 0), weight: *weight, share: ITSELF })
            .collect()
    }

    /// Words that begin like this; titles first.
    pub fn beginning(&self, plain: &str, share: Score) -> Vec<Clause> {
        let titles = self.plain.iter().chain(self.welsh.first()).map(|(field, weight)| (*field, *weight / 4.0));
        let all = [(self.fields.words, 0.2)].into_iter().chain(titles);
        all.map(|(field, weight)| Clause { query: starting_with(field, plain), weight, share }).collect()
    }

    /// Words in one field alone.
    pub fn within(&self, field: SearchField, plain: &[String], raw: &str) -> Vec<Clause> {
        let stems: Vec<String> = plain.iter().map(|word| stem(word)).collect();
        let fields = &self.fields;
        let (stemmed, unstemmed): (&[Field], &[Field]) = match field {
            SearchField::Title => (&[fields.title], &[fields.title_plain, fields.title_cy]),
            SearchField::Description => (&[fields.description], &[fields.description_cy]),
            SearchField::Keyword => (&[fields.keywords], &[fields.keywords_plain]),
            SearchField::Topic => (&[fields.topics], &[fields.topics_cy]),
            SearchField::Column => (&[fields.columns], &[]),
            SearchField::Code => (&[], &[fields.values]),
            SearchField::Publisher => (&[fields.publisher], &[]),
            SearchField::Place => (&[fields.geography], &[]),
            SearchField::Id => (&[], &[]),
        };
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        queries.extend(stemmed.iter().map(|field| in_field(*field, &stems, 0)));
        queries.extend(unstemmed.iter().map(|field| in_field(*field, plain, 0)));
        let raw = raw.trim().to_lowercase();
        match field {
            SearchField::Id => queries.push(starting_with(fields.id, &raw)),
            SearchField::Topic => queries.push(in_field(fields.topic_ids(), &[raw], 0)),
            _ => {}
        }
        queries.into_iter().map(|query| Clause { query, weight: 4.0, share: ITSELF }).collect()
    }
}

/// The words in this field that begin like `plain`.
pub fn starting_with(field: Field, plain: &str) -> Box<dyn Query> {
    like(field, plain, 0)
}

/// The same with so many letters wrong.
pub fn like(field: Field, plain: &str, wrong: u8) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, plain), wrong, true))
}

/// A word, or a phrase with `slop` other words allowed inside.
pub fn in_field(field: Field, words: &[String], slop: u32) -> Box<dyn Query> {
    let mut terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
    match (terms.pop(), terms.is_empty()) {
        (Some(only), true) => Box::new(TermQuery::new(only, IndexRecordOption::WithFreqs)),
        (last, _) => {
            terms.extend(last);
            Box::new(PhraseQuery::new_with_offset_and_slop(terms.into_iter().enumerate().collect(), slop))
        }
    }
}
