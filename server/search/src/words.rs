//! How text becomes words: the same cut and folding for what is indexed, asked and highlighted.

use std::cell::RefCell;
use std::ops::Range;

use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Name of the analyser that keeps words as they are, but folded.
pub const PLAIN: &str = "plain";
/// Name of the analyser that also reduces English words to their stem.
pub const ENGLISH: &str = "english";
/// Longer words are cut to this many letters.
const LONGEST: usize = 40;

/// A word of a text, folded to lower case without accents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Its folded form.
    pub text: String,
}

/// Cuts a text into folded words at everything that is neither letter nor digit.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match start {
            None if c.is_alphanumeric() => start = Some(at),
            Some(from) if !c.is_alphanumeric() && !is_combining_mark(c) => {
                let folded = fold(&text[from..at]);
                if !folded.is_empty() {
                    found.push(Word { range: from..at, text: folded });
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Folds a title for sorting: words only, lower case, no accents.
pub fn sort_key(title: &str) -> String {
    normalised(title)
}

/// The words of a text alone, in lower case and without accents; two texts that differ in nothing else are the same.
#[must_use]
pub fn normalised(text: &str) -> String {
    let parts: Vec<_> = words(text).into_iter().map(|word| word.text).collect();
    parts.join(" ")
}

/// The stem of one folded word.
pub fn stem(word: &str) -> String {
    thread_local! {
        static ANALYSER: RefCell<TextAnalyzer> = RefCell::new(english());
    }
    ANALYSER.with_borrow_mut(|analyser| {
        let mut stream = analyser.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
    })
}

/// The analysers that the index knows by name.
pub fn analysers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(PLAIN, TextAnalyzer::builder(WordTokenizer).build());
    manager.register(ENGLISH, english());
    manager
}

fn english() -> TextAnalyzer {
    TextAnalyzer::builder(WordTokenizer).filter(Stemmer::new(Language::English)).build()
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word[..word.len().min(LONGEST)].to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase).nfkd().filter(|c| c.is_alphanumeric()) {
        match c {
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            other => folded.extend(other.to_lowercase()),
        }
    }
    match folded.char_indices().nth(LONGEST) {
        Some((end, _)) => folded[..end].to_owned(),
        None => folded,
    }
}

#[derive(Clone)]
struct WordTokenizer;

struct WordStream {
    rest: std::vec::IntoIter<Word>,
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        WordStream { rest: words(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.rest.next() else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = word.range.start;
        self.token.offset_to = word.range.end;
        self.token.text = word.text;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{sort_key, stem, words};

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn accents_case_and_small_figures_fold_away() {
        assert_eq!(folded("Ynys Môn, CO₂"), ["ynys", "mon", "co2"]);
        assert_eq!(folded("mo\u{302}n"), ["mon"], "a separate accent belongs to its letter");
        assert_eq!(folded("Łódź straße"), ["lodz", "strasse"]);
        assert_eq!(folded("\u{302} *:* \""), Vec::<String>::new());
    }

    #[test]
    fn ranges_point_into_the_original_text() {
        let text = "Tŷ Ddewi: tai";
        let shown: Vec<_> = words(text).into_iter().map(|word| &text[word.range]).collect();
        assert_eq!(shown, ["Tŷ", "Ddewi", "tai"]);
    }

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(folded(&"é".repeat(10_000))[0].len(), 40);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Marking words in a text relies on it.
        #[test]
        fn stems_begin_with_the_letter_of_their_word(word in "[a-zŵŷ]{1,3}[a-z]{0,6}(ies|ying|ed|ly|ings|'s|s)?") {
            for word in words(&word) {
                prop_assert_eq!(stem(&word.text).chars().next(), word.text.chars().next());
            }
        }
    }

    #[test]
    fn stems_and_sort_keys() {
        assert_eq!(stem("prices"), stem("price"));
        assert_eq!(sort_key("  The “Éire” price"), "the eire price");
    }
}
