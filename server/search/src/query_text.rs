//! Reading what was typed. Anything goes: there is no syntax to get wrong, only words and quoted phrases.

use std::ops::Range;

use crate::synonyms::{Phrase, synonyms};
use crate::words::{stem, words};

/// More letters than these are not read.
const LONGEST_QUERY: usize = 200;
/// More words than these are not read.
const MOST_WORDS: usize = 16;
/// Words too common to tell datasets apart, English and Welsh.
const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "how", "in", "is", "it", "of", "on", "or", "s", "that",
    "the", "this", "to", "was", "what", "which", "with", "ac", "ar", "am", "gan", "gyda", "i", "neu", "o", "r", "sydd",
    "y", "yn", "yr",
];

/// What was typed, understood.
pub struct QueryText {
    /// The text that was read, cut to a bearable length.
    pub text: String,
    /// Loose words, without stop words unless there is nothing else.
    pub terms: Vec<QueryTerm>,
    /// Quoted phrases, as folded words.
    pub phrases: Vec<Vec<String>>,
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
    pub synonyms: Vec<&'static Phrase>,
    /// Whether it stands last and so may still be unfinished.
    pub is_last: bool,
}

impl QueryText {
    /// Reads a query.
    pub fn read(typed: &str) -> Self {
        let text: String = typed.chars().take(LONGEST_QUERY).collect();
        let mut phrases = Vec::new();
        let mut loose = Vec::new();
        let pieces = pieces(&text);
        let last_piece = pieces.len().saturating_sub(1);
        for (at, (range, quoted)) in pieces.into_iter().enumerate() {
            let found = words(&text[range.clone()]);
            if quoted {
                let phrase: Vec<_> = found.into_iter().map(|word| word.text).take(MOST_WORDS).collect();
                if !phrase.is_empty() {
                    phrases.push(phrase);
                }
            } else {
                loose.extend(terms(found, range.start, at == last_piece));
            }
        }
        if !phrases.is_empty() || loose.iter().any(|term| !is_stop_word(&term.plain)) {
            loose.retain(|term| !is_stop_word(&term.plain));
        }
        let mut terms: Vec<QueryTerm> = Vec::new();
        for term in loose {
            match terms.iter().position(|known| known.stem == term.stem) {
                Some(known) => terms[known].is_last |= term.is_last,
                None if terms.len() < MOST_WORDS => terms.push(term),
                None => break,
            }
        }
        Self { text, terms, phrases }
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.phrases.is_empty()
    }
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(&word)
}

fn terms(found: Vec<crate::words::Word>, offset: usize, ends_query: bool) -> impl Iterator<Item = QueryTerm> {
    let stems: Vec<String> = found.iter().map(|word| stem(&word.text)).collect();
    let synonyms = synonyms(&stems);
    let last = found.len().saturating_sub(1);
    found.into_iter().zip(stems).zip(synonyms).enumerate().map(move |(at, ((word, stem), synonyms))| QueryTerm {
        plain: word.text,
        stem,
        range: word.range.start + offset..word.range.end + offset,
        synonyms,
        is_last: ends_query && at == last,
    })
}

/// Cuts a text at its quotation marks; a mark without a partner means nothing.
fn pieces(text: &str) -> Vec<(Range<usize>, bool)> {
    let marks: Vec<_> = text.match_indices(['"', '“', '”', '„']).collect();
    let mut pieces = Vec::new();
    let mut from = 0;
    for pair in marks.chunks_exact(2) {
        let [(open, mark), (close, end_mark)] = pair else {
            continue;
        };
        pieces.push((from..*open, false));
        pieces.push((open + mark.len()..*close, true));
        from = close + end_mark.len();
    }
    if from < text.len() {
        pieces.push((from..text.len(), false));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::QueryText;

    fn plain(text: &QueryText) -> Vec<&str> {
        text.terms.iter().map(|term| term.plain.as_str()).collect()
    }

    #[test]
    fn quotes_make_phrases_only_in_pairs() {
        let text = QueryText::read("ynys \"Carbon  dioxide\" \"open");
        assert_eq!(text.phrases, [["carbon", "dioxide"]]);
        assert_eq!(plain(&text), ["ynys", "open"]);
        assert!(text.terms[1].is_last && !text.terms[0].is_last);
        let text = QueryText::read("“house prices”");
        assert_eq!(text.phrases, [["house", "prices"]]);
        assert!(text.terms.is_empty());
    }

    #[test]
    fn stop_words_and_repetitions_go_unless_they_are_all() {
        assert_eq!(plain(&QueryText::read("the price of the prices")), ["price"]);
        assert_eq!(plain(&QueryText::read("AND OR")), ["and", "or"]);
        assert!(QueryText::read("*:* \" ").is_empty());
    }

    #[test]
    fn ranges_point_into_the_text() {
        let text = QueryText::read("\"a b\" Môn inflaton");
        let shown: Vec<_> = text.terms.iter().map(|term| &text.text[term.range.clone()]).collect();
        assert_eq!(shown, ["Môn", "inflaton"]);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(QueryText::read(&"ŵ".repeat(10_000)).text.chars().count(), 200);
        let many: String = ('a'..='z').map(|c| format!("{c}{c} ")).collect();
        assert!(QueryText::read(&many).terms.len() <= 16);
    }
}
