//! How a question to the search may be written: words, `"phrases"`, `field:word`, `field:"phrase"`, `-not`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A part of a dataset that a word can be asked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchField {
    /// Its titles.
    Title,
    /// Its descriptions.
    Description,
    /// Its keywords.
    Keyword,
    /// Its topics.
    Topic,
    /// The names of the columns of its tables.
    Column,
    /// The codes and labels in its tables.
    Code,
    /// Who publishes or owns it.
    Publisher,
    /// The places it is about.
    Place,
    /// Its id.
    Id,
}

impl SearchField {
    /// Every field.
    pub const ALL: [Self; 9] = [
        Self::Title,
        Self::Description,
        Self::Keyword,
        Self::Topic,
        Self::Column,
        Self::Code,
        Self::Publisher,
        Self::Place,
        Self::Id,
    ];

    /// The word before the colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.names()[0]
    }

    /// The words that may stand before the colon, in English and Welsh.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Title => &["title", "teitl"],
            Self::Description => &["description", "disgrifiad"],
            Self::Keyword => &["keyword", "keywords", "allweddair"],
            Self::Topic => &["topic", "pwnc"],
            Self::Column => &["column", "dimension", "colofn"],
            Self::Code => &["code", "value", "cod", "gwerth"],
            Self::Publisher => &["publisher", "department", "cyhoeddwr"],
            Self::Place => &["place", "geography", "lle"],
            Self::Id => &["id"],
        }
    }

    /// Reads the word before a colon in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.names().iter().any(|name| name.eq_ignore_ascii_case(word)))
    }
}

/// What is wrong with how a question is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum QueryProblem {
    /// There is no field of this name.
    UnknownField(String),
    /// Nothing follows the colon of this field.
    EmptyField(String),
}

impl QueryProblem {
    /// The problem in English.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::UnknownField(name) => {
                let fields = SearchField::ALL.map(SearchField::as_str).join(", ");
                format!("There is no field “{name}”. Use one of {fields}, or put a space after the colon.")
            }
            Self::EmptyField(name) => format!("Write what to look for after “{name}:”, for example {name}:rain."),
        }
    }
}

/// A piece of a question: loose words, or words with something said of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where its words stand in the text.
    pub range: Range<usize>,
    /// The field they must stand in.
    pub field: Option<SearchField>,
    /// Whether they must stand as written.
    pub quoted: bool,
    /// Whether they must not stand there.
    pub excluded: bool,
}

/// A question taken to pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Syntax {
    /// The pieces in their order.
    pub pieces: Vec<Piece>,
    /// What was wrong; those parts are loose words.
    pub problems: Vec<QueryProblem>,
}

const QUOTES: [char; 4] = ['"', '“', '”', '„'];

impl Syntax {
    /// Takes a question to pieces. Anything goes: what is no syntax is words.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut syntax = Self::default();
        let (mut at, mut loose) = (0, 0);
        while let Some(first) = text[at..].chars().next() {
            let begins_word = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
            match syntax.special(text, at, begins_word) {
                Some(piece) => {
                    syntax.words(loose..at);
                    at = piece.range.end + closing(text, &piece);
                    loose = at;
                    syntax.pieces.push(piece);
                }
                None => at += first.len_utf8(),
            }
        }
        syntax.words(loose..text.len());
        syntax
    }

    fn words(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.pieces.push(Piece { range, field: None, quoted: false, excluded: false });
        }
    }

    /// The piece that begins at `at` with something said of it.
    fn special(&mut self, text: &str, at: usize, begins_word: bool) -> Option<Piece> {
        if text[at..].starts_with(QUOTES) {
            return phrase(text, at).map(|range| Piece { range, field: None, quoted: true, excluded: false });
        }
        if !begins_word {
            return None;
        }
        // Figures below nought are codes.
        let excluded = text[at..]
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic()) || phrase(text, at + 1).is_some());
        let from = at + usize::from(excluded);
        if let Some((field, from)) = self.field(text, from) {
            let (range, quoted) = phrase(text, from).map_or_else(|| (word(text, from), false), |range| (range, true));
            return Some(Piece { range, field: Some(field), quoted, excluded });
        }
        excluded.then(|| match phrase(text, from) {
            Some(range) => Piece { range, field: None, quoted: true, excluded },
            None => Piece { range: word(text, from), field: None, quoted: false, excluded },
        })
    }

    /// The field named at `from`, and where what is asked for in it begins.
    fn field(&mut self, text: &str, from: usize) -> Option<(SearchField, usize)> {
        let length = text[from..].find(|c: char| !c.is_alphabetic())?;
        let name = &text[from..from + length];
        let rest = text[from + length..].strip_prefix(':')?;
        let follows = rest.trim_start();
        let is_asked = follows.starts_with(|c: char| c.is_alphanumeric() || c == '-' || QUOTES.contains(&c));
        match SearchField::parse(name) {
            Some(field) if is_asked => Some((field, text.len() - follows.len())),
            Some(_) if follows.is_empty() => self.problem(QueryProblem::EmptyField(name.to_owned())),
            None if length > 1 && is_asked && rest.len() == follows.len() => {
                self.problem(QueryProblem::UnknownField(name.to_owned()))
            }
            _ => None,
        }
    }

    fn problem<T>(&mut self, problem: QueryProblem) -> Option<T> {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        None
    }
}

/// What stands between the quotation mark at `at` and the next one.
fn phrase(text: &str, at: usize) -> Option<Range<usize>> {
    let mark = text[at..].chars().next().filter(|c| QUOTES.contains(c))?;
    let from = at + mark.len_utf8();
    let length = text[from..].find(QUOTES)?;
    Some(from..from + length)
}

fn word(text: &str, from: usize) -> Range<usize> {
    let length = text[from..].find(char::is_whitespace).unwrap_or(text.len() - from);
    from..from + length
}

/// The length of the mark that ends a phrase.
fn closing(text: &str, piece: &Piece) -> usize {
    let mark = text[piece.range.end..].chars().next().filter(|_| piece.quoted);
    mark.map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Option<SearchField>, bool, bool)> {
        let pieces = Syntax::read(text).pieces;
        pieces
            .into_iter()
            .map(|p| (text[p.range].trim().to_owned(), p.field, p.quoted, p.excluded))
            .filter(|piece| !piece.0.is_empty())
            .collect()
    }

    #[test]
    fn fields_phrases_and_exclusions_are_read() {
        let found = read("rain title:snow -wind column:\"age group\" -topic:health -\"sea level\" “net zero”");
        let expected = [
            ("rain", None, false, false),
            ("snow", Some(SearchField::Title), false, false),
            ("wind", None, false, true),
            ("age group", Some(SearchField::Column), true, false),
            ("health", Some(SearchField::Topic), false, true),
            ("sea level", None, true, true),
            ("net zero", None, true, false),
        ];
        let expected = expected.map(|(text, field, quoted, excluded)| (text.to_owned(), field, quoted, excluded));
        assert_eq!(found, expected);
        assert_eq!(read("TEITL: glaw"), [("glaw".to_owned(), Some(SearchField::Title), false, false)]);
        assert_eq!(read("code:-8"), [("-8".to_owned(), Some(SearchField::Code), false, false)]);
    }

    #[test]
    fn what_is_no_syntax_is_words() {
        for text in [
            "Census 2021: occupation",
            "Deaths: Wales",
            "under-five",
            "10:30",
            "http://a.b",
            "- x",
            "-8",
            "\"open",
            "::",
        ] {
            let syntax = Syntax::read(text);
            assert_eq!((syntax.pieces.len(), syntax.problems.len()), (1, 0), "{text}");
            assert_eq!(syntax.pieces[0].range, 0..text.len());
        }
    }

    #[test]
    fn a_bad_field_is_told_and_searched_as_words() {
        let syntax = Syntax::read("titel:rain");
        assert_eq!(syntax.problems, [QueryProblem::UnknownField("titel".into())]);
        assert!(syntax.problems[0].message().contains("title, description"));
        assert_eq!(read("titel:rain")[0].0, "titel:rain");
        assert_eq!(Syntax::read("rain title:").problems, [QueryProblem::EmptyField("title".into())]);
    }
}
