//! How text becomes words, folded to lower case without accents: what is searched, and what titles are sorted by.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::language::Language;

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
#[must_use]
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

/// The words of a text alone, in lower case and without accents; two texts that differ in nothing else are the same.
#[must_use]
pub fn normalised(text: &str) -> String {
    let parts: Vec<_> = words(text).into_iter().map(|word| word.text).collect();
    parts.join(" ")
}

/// What a thing is sorted by among others by its title, for the readers of each language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortKeys {
    /// For those who read English.
    pub english: String,
    /// For those who read Welsh.
    pub welsh: String,
}

impl SortKeys {
    /// The keys of the title that the readers of each language are shown.
    #[must_use]
    pub fn of(title: &str, title_cy: Option<&str>) -> Self {
        let shown = |language: Language| normalised(language.pick(title, title_cy));
        Self { english: shown(Language::En), welsh: shown(Language::Cy) }
    }
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

#[cfg(test)]
mod tests {
    use super::{SortKeys, normalised, words};

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

    #[test]
    fn titles_are_sorted_by_their_words_in_the_language_of_their_readers() {
        assert_eq!(normalised("  The “Éire” price"), "the eire price");
        let keys = |title, title_cy| {
            let keys = SortKeys::of(title, title_cy);
            (keys.english, keys.welsh)
        };
        assert_eq!(keys("Prices", Some("Ŵyn")), ("prices".to_owned(), "wyn".to_owned()));
        assert_eq!(keys("Prices", Some(" ")), ("prices".to_owned(), "prices".to_owned()));
        assert_eq!(keys("Prices", None), ("prices".to_owned(), "prices".to_owned()));
        assert!(keys("Census 2021: general health", None) < keys("Census 2021: Welsh skills", None));
    }
}
