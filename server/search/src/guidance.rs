//! What people add to the ranking: which words mean the same, and which datasets stand first.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::search_desk::SynonymRule;

use crate::query_text::QueryText;
use crate::synonyms::{Thesaurus, built_in_synonyms};
use crate::words::normalised;

/// The synonyms and pins that a search goes by. They are applied when it is asked, so nothing is indexed anew for them.
pub struct Guidance {
    thesaurus: Thesaurus,
    pins: HashMap<String, Vec<String>>,
}

static BUILT_IN: LazyLock<Guidance> =
    LazyLock::new(|| Guidance::new(built_in_synonyms().iter().map(|(_, rule)| rule), HashMap::new()));

impl Guidance {
    /// These rules of synonyms in their order, and by the normalised words of a query the datasets that come first.
    pub fn new<'a>(rules: impl IntoIterator<Item = &'a SynonymRule>, pins: HashMap<String, Vec<String>>) -> Self {
        Self { thesaurus: Thesaurus::of(rules), pins }
    }

    /// What comes with the program.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The words that are looked for in a query, each with what else it may be called.
    #[must_use]
    pub fn meanings(&self, q: &str) -> Vec<(String, Vec<String>)> {
        let text = QueryText::read(q, &self.thesaurus);
        let meaning = |term: crate::query_text::QueryTerm| {
            let mut others: Vec<String> = Vec::new();
            for phrase in &term.synonyms {
                let other = phrase.plain.join(" ");
                if !others.contains(&other) {
                    others.push(other);
                }
            }
            (term.plain, others)
        };
        text.terms.into_iter().map(meaning).collect()
    }

    pub(crate) fn thesaurus(&self) -> &Thesaurus {
        &self.thesaurus
    }

    /// The datasets that come first for a query; one with quotes, fields or exclusions says itself what it wants.
    pub(crate) fn pinned(&self, text: &QueryText) -> &[String] {
        if self.pins.is_empty() || text.asks_otherwise() {
            return &[];
        }
        self.pins.get(&normalised(&text.text)).map_or(&[][..], Vec::as_slice)
    }
}

impl std::fmt::Debug for Guidance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guidance").field("pins", &self.pins.len()).finish_non_exhaustive()
    }
}
