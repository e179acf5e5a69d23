//! What was found out about words that were asked for, for as long as the index stays as it is: readers ask with the same words.

use std::sync::Arc;

use domain::language::Language;
use moka::sync::Cache;

use crate::evaluate::Found;
use crate::matching::Marks;
use crate::query_text::QueryTerm;
use crate::synonyms::Phrase;

/// The most memory that it takes, in bytes.
const MOST: u64 = 64 << 20;

/// What is asked of the index.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Asked {
    /// A loose word, and what it may be together with those beside it.
    Word {
        /// The reader's language.
        language: Language,
        /// Folded.
        plain: String,
        /// What else it may be called.
        synonyms: Vec<Arc<Phrase>>,
        /// The rules that a mended word is called otherwise by.
        thesaurus: u64,
        /// Whether it may be unfinished.
        is_last: bool,
        /// Whether it is meant as it is written.
        is_meant: bool,
        /// Two words as one, where something has that.
        joined: Vec<String>,
    },
    /// Whether anything has two words as one.
    Joined {
        /// The reader's language.
        language: Language,
        /// Folded.
        plain: String,
    },
    /// Words beside each other.
    Near {
        /// The reader's language.
        language: Language,
        /// Folded, in their order.
        plain: Vec<String>,
    },
}

impl Asked {
    /// Asks for a word.
    pub fn word(language: Language, term: &QueryTerm, thesaurus: u64, joined: &[String]) -> Self {
        Self::Word {
            language,
            plain: term.plain.clone(),
            synonyms: term.synonyms.clone(),
            thesaurus,
            is_last: term.is_last,
            is_meant: term.is_meant,
            joined: joined.to_vec(),
        }
    }
}

/// What was found out.
#[derive(Default)]
pub struct Answered {
    /// Where it stands, if anywhere.
    pub found: Option<Arc<Found>>,
    /// What it was mended to, if nothing has it as it is.
    pub mended: Option<String>,
    /// What to mark in a text.
    pub marks: Marks,
}

/// The latest answers of one state of the index.
pub struct Recent(Cache<Asked, Arc<Answered>>);

impl Default for Recent {
    fn default() -> Self {
        let size = |_: &Asked, answered: &Arc<Answered>| {
            let found = answered.found.as_ref().map_or(0, |found| found.size());
            u32::try_from(found + 512).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MOST).weigher(size).build())
    }
}

impl Recent {
    /// The answer of before, or the one that is found out now.
    pub fn answer<E>(&self, asked: Asked, find_out: impl FnOnce() -> Result<Answered, E>) -> Result<Arc<Answered>, E> {
        if let Some(known) = self.0.get(&asked) {
            return Ok(known);
        }
        let answered = Arc::new(find_out()?);
        self.0.insert(asked, Arc::clone(&answered));
        Ok(answered)
    }
}
