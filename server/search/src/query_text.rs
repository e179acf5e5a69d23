//! Reading what was typed. Anything goes: what is no syntax is words.

use std::ops::Range;
use std::sync::Arc;

use domain::catalogue::{QueryProblem, SearchField, Syntax};

use crate::synonyms::{Phrase, Thesaurus};
use crate::words::{Word, stem, words};

/// More letters than these are not read.
const LONGEST_QUERY: usize = 200;
/// More words than these are not read.
const MOST_WORDS: usize = 16;
/// Words too common to tell datasets apart, English and Welsh.
const STOP_WORDS: &[&str] = &[
    "a",
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "by",
    "can",
    "did",
    "do",
    "does",
    "for",
    "from",
    "had",
    "has",
    "have",
    "how",
    "i",
    "in",
    "is",
    "it",
    "many",
    "me",
    "much",
    "my",
    "of",
    "on",
    "or",
    "s",
    "show",
    "that",
    "the",
    "their",
    "there",
    "this",
    "to",
    "was",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "with",
    "a",
    "ac",
    "am",
    "ar",
    "beth",
    "faint",
    "fesul",
    "gan",
    "gyda",
    "i",
    "mae",
    "n",
    "neu",
    "o",
    "ol",
    "oes",
    "pa",
    "r",
    "sawl",
    "sut",
    "sydd",
    "u",
    "w",
    "y",
    "yn",
    "yr",
    // What a catalogue of statistics is full of.
    "data",
    "dataset",
    "datasets",
    "figures",
    "statistic",
    "statistics",
    "stats",
    "ystadegau",
];

/// What was typed, understood.
pub struct QueryText {
    /// The text that was read, cut to a bearable length.
    pub text: String,
    /// Loose words, without stop words unless there is nothing else.
    pub terms: Vec<QueryTerm>,
    /// Quoted phrases, as folded words.
    pub phrases: Vec<Vec<String>>,
    /// Words asked for in one field.
    pub fields: Vec<FieldTerm>,
    /// Words that must not be there, as folded words.
    pub excluded: Vec<(Option<FieldTerm>, Vec<String>)>,
    /// What is wrong with how it is written.
    pub problems: Vec<QueryProblem>,
}

/// Words asked for in one field.
pub struct FieldTerm {
    /// The field.
    pub field: SearchField,
    /// The words as typed.
    pub raw: String,
    /// The words, folded.
    pub words: Vec<String>,
}

/// A loose word.
pub struct QueryTerm {
    /// Folded.
    pub plain: String,
    /// Folded and stemmed.
    pub stem: String,
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// What else it may be called.
    pub synonyms: Vec<Arc<Phrase>>,
    /// Whether it stands last and so may still be unfinished.
    pub is_last: bool,
    /// Whether it is meant as it is written, neither to be completed nor mended.
    pub is_meant: bool,
}

impl QueryText {
    /// Reads a query, with what its words may also be called.
    pub fn read(typed: &str, thesaurus: &Thesaurus) -> Self {
        let text = cut(typed);
        let syntax = Syntax::read(&text);
        let mut read = Self {
            terms: Vec::new(),
            phrases: Vec::new(),
            fields: Vec::new(),
            excluded: Vec::new(),
            problems: syntax.problems,
            text: String::new(),
        };
        let mut loose: Vec<QueryTerm> = Vec::new();
        let last_piece = syntax.pieces.len().saturating_sub(1);
        for (at, piece) in syntax.pieces.into_iter().enumerate() {
            let found = words(&text[piece.range.clone()]);
            let folded = || -> Vec<String> { found.iter().map(|word| word.text.clone()).take(MOST_WORDS).collect() };
            let raw = text[piece.range.clone()].to_owned();
            let in_field = piece.field.map(|field| FieldTerm { field, raw, words: folded() });
            match in_field {
                _ if found.is_empty() => {}
                in_field if piece.excluded => read.excluded.push((in_field, folded())),
                Some(term) => read.fields.push(term),
                None if piece.quoted => read.phrases.push(folded()),
                None => loose.extend(terms(found, piece.range.start, at == last_piece, thesaurus)),
            }
        }
        // Somebody who names a field and says nothing more has spelt it right.
        for term in &mut loose {
            let is_field = SearchField::parse(&text[term.range.clone()]).is_some();
            term.is_meant = is_field && text[term.range.end..].starts_with(':');
        }
        if read.asks_otherwise() || loose.iter().any(|term| !is_stop_word(&term.plain)) {
            loose.retain(|term| !is_stop_word(&term.plain));
        }
        for term in loose {
            match read.terms.iter().position(|known| known.stem == term.stem) {
                Some(known) => read.terms[known].is_last |= term.is_last,
                None if read.terms.len() < MOST_WORDS => read.terms.push(term),
                None => break,
            }
        }
        read.fields.truncate(MOST_WORDS);
        read.phrases.truncate(MOST_WORDS);
        read.excluded.truncate(MOST_WORDS);
        Self { text, ..read }
    }

    /// The same where nobody looks at what was found: nothing is guessed.
    #[must_use]
    pub fn just_written(mut self) -> Self {
        for term in &mut self.terms {
            (term.is_last, term.is_meant) = (false, true);
        }
        self
    }

    /// Whether there are phrases, fields or exclusions.
    pub fn asks_otherwise(&self) -> bool {
        !(self.phrases.is_empty() && self.fields.is_empty() && self.excluded.is_empty())
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && !self.asks_otherwise()
    }

    /// The same words without quotes, fields and exclusions, if there are any of these to leave out.
    pub fn plainer(&self) -> Option<String> {
        let required = self.phrases.iter().map(|phrase| phrase.join(" "));
        let in_fields = self.fields.iter().map(|term| term.raw.trim().to_owned());
        let loose = self.terms.iter().map(|term| self.text[term.range.clone()].to_owned());
        let all: Vec<String> = loose.chain(in_fields).chain(required).collect();
        (self.asks_otherwise() && !all.is_empty()).then(|| all.join(" "))
    }
}

/// What was typed, cut to a bearable length.
pub fn cut(typed: &str) -> String {
    typed.chars().take(LONGEST_QUERY).collect()
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(&word)
}

fn terms(
    found: Vec<Word>,
    offset: usize,
    ends_query: bool,
    thesaurus: &Thesaurus,
) -> impl Iterator<Item = QueryTerm> + use<> {
    let stems: Vec<String> = found.iter().map(|word| stem(&word.text)).collect();
    let synonyms = thesaurus.synonyms(&stems);
    let last = found.len().saturating_sub(1);
    found.into_iter().zip(stems).zip(synonyms).enumerate().map(move |(at, ((word, stem), synonyms))| QueryTerm {
        plain: word.text,
        stem,
        range: word.range.start + offset..word.range.end + offset,
        synonyms,
        is_last: ends_query && at == last,
        is_meant: false,
    })
}

#[cfg(test)]
mod tests {
    use super::QueryText;
    use crate::Guidance;

    fn read(typed: &str) -> QueryText {
        QueryText::read(typed, Guidance::built_in().thesaurus())
    }

    fn plain(text: &QueryText) -> Vec<&str> {
        text.terms.iter().map(|term| term.plain.as_str()).collect()
    }

    #[test]
    fn quotes_make_phrases_only_in_pairs() {
        let text = read("ynys \"Carbon  dioxide\" \"open");
        assert_eq!(text.phrases, [["carbon", "dioxide"]]);
        assert_eq!(plain(&text), ["ynys", "open"]);
        assert!(text.terms[1].is_last && !text.terms[0].is_last);
        let text = read("“house prices”");
        assert_eq!(text.phrases, [["house", "prices"]]);
        assert!(text.terms.is_empty());
    }

    #[test]
    fn stop_words_and_repetitions_go_unless_they_are_all() {
        assert_eq!(plain(&read("the price of the prices")), ["price"]);
        assert_eq!(plain(&read("AND OR")), ["and", "or"]);
        assert!(read("*:* \" ").is_empty());
    }

    #[test]
    fn fields_and_exclusions_are_apart() {
        let text = read("rain column:\"Age group\" -title:Snow -wind");
        assert_eq!(plain(&text), ["rain"]);
        assert_eq!(text.fields[0].words, ["age", "group"]);
        assert_eq!((text.excluded.len(), text.excluded[1].1.clone()), (2, vec!["wind".to_owned()]));
        assert_eq!(text.plainer().unwrap(), "rain Age group");
        assert_eq!(read("rain").plainer(), None);
    }

    #[test]
    fn the_name_of_a_field_is_meant_as_it_is() {
        for (typed, meant) in [("title:", true), ("rain Teitl: ", true), ("title", false), ("titel:", false)] {
            assert_eq!(read(typed).terms.last().map(|term| term.is_meant), Some(meant), "{typed}");
        }
    }

    #[test]
    fn ranges_point_into_the_text() {
        let text = read("\"a b\" Môn inflaton");
        let shown: Vec<_> = text.terms.iter().map(|term| &text.text[term.range.clone()]).collect();
        assert_eq!(shown, ["Môn", "inflaton"]);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(read(&"ŵ".repeat(10_000)).text.chars().count(), 200);
        let many: String = ('a'..='z').map(|c| format!("{c}{c} ")).collect();
        assert!(read(&many).terms.len() <= 16);
    }
}
