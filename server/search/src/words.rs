//! How words are analysed: the same cut and folding for what is indexed, asked and highlighted.

use std::cell::RefCell;

pub use domain::folding::{Word, normalised, words};
use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

/// Name of the analyser that keeps words as they are, but folded.
pub const PLAIN: &str = "plain";
/// Name of the analyser that also reduces English words to their stem.
pub const ENGLISH: &str = "english";

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

    use super::{stem, words};

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
    fn words_are_reduced_to_their_stems() {
        assert_eq!(stem("prices"), stem("price"));
    }
}
