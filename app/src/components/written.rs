//! What editors wrote, marked with its language where the page around it is in another.

use domain::language::Language;
use leptos::prelude::*;

use crate::i18n::{self, Argument, t, ta, text};

/// What stands around the number of a text in a message, until the text itself takes its place; no keyboard has these.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// A text with the language to mark it with: none where that is the language of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// What goes into the attribute `lang` of the element around it.
    pub lang: Option<&'static str>,
}

impl Written {
    /// What was written in both languages or in one, as readers of a page in `page` are shown it.
    #[must_use]
    pub fn of(page: Language, english: &str, welsh: Option<&str>) -> Self {
        Self::told(page, page.pick(english, welsh), page.of(english, welsh))
    }

    /// What is there in English alone.
    #[must_use]
    pub fn english(page: Language, text: impl Into<String>) -> Self {
        Self::told(page, text, Language::En)
    }

    /// A text whose language is known.
    #[must_use]
    pub fn told(page: Language, text: impl Into<String>, language: Language) -> Self {
        let text = text.into();
        Self { lang: mark(page, &text, language), text }
    }

    /// Words of the page itself, which need no mark.
    #[must_use]
    pub fn own(text: impl Into<String>) -> Self {
        Self { text: text.into(), lang: None }
    }

    /// A period of a chart, which is in the language of the page where the catalogue wrote it, and else as the table has it.
    #[must_use]
    pub fn period(page: Language, text: impl Into<String>) -> Self {
        let text = text.into();
        if i18n::is_period(page, &text) { Self::own(text) } else { Self::english(page, text) }
    }

    /// How often a dataset is released, in the language of the page; words that the catalogue does not hold stay in their own.
    #[must_use]
    pub fn frequency(page: Language, written: &str) -> Self {
        i18n::frequency(page, written).map_or_else(|| Self::english(page, written), Self::own)
    }

    /// A level of geography, in the language of the page; words that the catalogue does not hold stay in their own.
    #[must_use]
    pub fn geography(page: Language, written: &str) -> Self {
        i18n::geography(page, written).map_or_else(|| Self::english(page, written), Self::own)
    }

    /// An option of a dimension, as tables have it; blank cells are called so in the language of the page.
    #[must_use]
    pub fn option(page: Language, option: &str) -> Self {
        if option.trim().is_empty() { Self::own(t(page, "option-blank")) } else { Self::english(page, option) }
    }

    /// The text alone, within an element where it has to be marked.
    #[must_use]
    pub fn marked(self) -> AnyView {
        match self.lang {
            Some(lang) => view! { <span lang=lang>{self.text}</span> }.into_any(),
            None => self.text.into_any(),
        }
    }
}

impl From<&str> for Written {
    fn from(text: &str) -> Self {
        Self::own(text)
    }
}

/// The mark of a text in a language on a page; figures, dates and signs are read alike in every language and need none.
#[must_use]
pub fn mark(page: Language, text: &str, language: Language) -> Option<&'static str> {
    (language != page && text.chars().any(char::is_alphabetic)).then_some(language.as_str())
}

/// The mark of what stands in tables, which are in English.
#[must_use]
pub fn of_tables(page: Language) -> Option<&'static str> {
    (page != Language::En).then_some(Language::En.as_str())
}

/// Texts one after the other, each marked where it has to be.
#[must_use]
pub fn joined(pieces: Vec<Written>) -> AnyView {
    let mut pieces = merged(pieces);
    match pieces.pop() {
        Some(only) if pieces.is_empty() => only.marked(),
        last => pieces.into_iter().chain(last).map(Written::marked).collect_view().into_any(),
    }
}

/// The same with neighbours of one language as one.
fn merged(pieces: Vec<Written>) -> Vec<Written> {
    let mut merged: Vec<Written> = Vec::new();
    for piece in pieces.into_iter().filter(|piece| !piece.text.is_empty()) {
        match merged.last_mut() {
            Some(last) if last.lang == piece.lang => last.text.push_str(&piece.text),
            _ => merged.push(piece),
        }
    }
    merged
}

/// A message around texts of the catalogue, each marked where it is in another language than the message.
#[must_use]
pub fn around(page: Language, key: &str, written: &[(&str, Written)], others: &[(&str, Argument)]) -> AnyView {
    let written: Vec<(&str, Vec<Written>)> = written.iter().map(|(name, one)| (*name, vec![one.clone()])).collect();
    joined(pieces(page, key, &written, others))
}

/// The pieces of a message around texts of the catalogue, of which each may be made of pieces itself.
#[must_use]
pub fn pieces(
    page: Language,
    key: &str,
    written: &[(&str, Vec<Written>)],
    others: &[(&str, Argument)],
) -> Vec<Written> {
    let places = written.iter().enumerate().map(|(at, (name, _))| (*name, text(format!("{OPEN}{at}{CLOSE}"))));
    let arguments: Vec<(&str, Argument)> = places.chain(others.iter().cloned()).collect();
    let message = ta(page, key, &arguments);
    let mut parts = message.split(OPEN);
    let mut out: Vec<Written> = parts.next().map(Written::own).into_iter().collect();
    for part in parts {
        let (at, rest) = part.split_once(CLOSE).unwrap_or(("", part));
        let of_place = at.parse::<usize>().ok().and_then(|at| written.get(at));
        out.extend(of_place.map(|(_, texts)| texts.clone()).unwrap_or_default());
        out.push(Written::own(rest));
    }
    merged(out)
}

#[cfg(test)]
mod tests {
    use domain::language::Language::{Cy, En};
    use leptos::prelude::*;

    use super::{Written, around, joined, pieces};
    use crate::i18n::text;

    fn of(page: domain::language::Language, english: &str, welsh: Option<&str>) -> (String, Option<&'static str>) {
        let written = Written::of(page, english, welsh);
        (written.text, written.lang)
    }

    #[test]
    fn only_what_is_in_another_language_than_the_page_is_marked() {
        assert_eq!(of(Cy, "Health", Some("Iechyd")), ("Iechyd".into(), None));
        assert_eq!(of(Cy, "Health", Some(" ")), ("Health".into(), Some("en")));
        assert_eq!(of(En, "Health", Some("Iechyd")), ("Health".into(), None));
        assert_eq!(of(En, "", Some("Iechyd")), ("Iechyd".into(), Some("cy")));
        assert_eq!(of(Cy, "2021", None), ("2021".into(), None), "figures are read alike");
        assert_eq!(of(Cy, "", None), (String::new(), None));
    }

    #[test]
    fn known_frequencies_are_translated_and_others_marked() {
        let of = |page, written| {
            let frequency = Written::frequency(page, written);
            (frequency.text, frequency.lang)
        };
        assert_eq!(of(Cy, "Monthly"), ("Bob mis".into(), None));
        assert_eq!(of(Cy, "Each spring"), ("Each spring".into(), Some("en")));
        assert_eq!(of(En, "Each spring"), ("Each spring".into(), None));
    }

    #[test]
    fn blank_cells_have_words_in_the_language_of_the_page() {
        let of = |page, option| {
            let option = Written::option(page, option);
            (option.text, option.lang)
        };
        assert_eq!(of(En, ""), ("(blank)".into(), None));
        assert_eq!(of(Cy, " "), ("(gwag)".into(), None));
        assert_eq!(of(Cy, "Female"), ("Female".into(), Some("en")));
    }

    #[test]
    fn a_message_marks_the_texts_within_it() {
        let html = |page, title: &Written| around(page, "explore-title", &[("title", title.clone())], &[]).to_html();
        assert_eq!(html(En, &Written::english(En, "Births <b>")), "Explore: Births &lt;b&gt;");
        let welsh = html(Cy, &Written::english(Cy, "Births <b>"));
        assert!(welsh.starts_with("Archwilio: <span lang=\"en\">Births &lt;b&gt;</span>"), "{welsh}");
        assert!(!html(Cy, &Written::of(Cy, "Births", Some("Genedigaethau"))).contains("lang="));
    }

    #[test]
    fn a_message_within_a_message_keeps_its_marks() {
        let topic = pieces(Cy, "subscribe-topic", &[("title", vec![Written::english(Cy, "Trade")])], &[]);
        let whole = pieces(Cy, "subscribe-title", &[("what", topic)], &[]);
        let texts: Vec<(&str, Option<&str>)> = whole.iter().map(|one| (one.text.as_str(), one.lang)).collect();
        assert_eq!(texts, [("Diweddariadau e-bost: popeth ar y pwnc ", None), ("Trade", Some("en"))]);
        // What looks like a place is a text like any other.
        let odd =
            pieces(En, "change-on", &[("change", vec![Written::own("1")])], &[("period", text("a\u{E000}9\u{E001}b"))]);
        assert_eq!(odd.iter().map(|one| one.text.as_str()).collect::<String>(), "1 on ab");
    }

    #[test]
    fn neighbours_of_one_language_are_one() {
        let both = vec![Written::own("Chwarter 1"), Written::own(", "), Written::own("fersiwn 2")];
        assert_eq!(joined(both).to_html(), "Chwarter 1, fersiwn 2");
    }
}
