//! Slugs: the ids of datasets, editions and topics.

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;

/// The longest slug, in characters (product contract, section 2).
pub const MAX_SLUG: usize = 100;

/// What no dataset and no release is called: at its address in the portal stands the form of a new one.
const NEW: &str = "new";

/// An id of the form `[a-z0-9]+(-[a-z0-9]+)*`, at most 100 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// Reads a slug; the error names `field` and says what is allowed.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldProblem> {
        let part_ok =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.is_empty() {
            return Err(FieldProblem::required(field));
        }
        if text.len() > MAX_SLUG {
            return Err(FieldProblem::new(field, "too_long", format!("Use at most {MAX_SLUG} characters.")));
        }
        if !text.split('-').all(part_ok) {
            return Err(FieldProblem::new(
                field,
                "invalid_slug",
                "Use lower-case letters, digits and single hyphens, for example gdp-monthly.",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The same for what has a page of its own beside the portal's form of a new one, which keeps the word `new`.
    pub fn parse_beside_new(field: &str, text: &str) -> Result<Self, FieldProblem> {
        if text == NEW {
            let message = "The word new cannot be an id: the form of a new one stands at its address. Give another.";
            return Err(FieldProblem::new(field, "reserved", message));
        }
        Self::parse(field, text)
    }

    /// The slug of a title with a number behind it, where it would be the word that the portal keeps for its form of a new one.
    #[must_use]
    pub fn beside_new(self) -> Self {
        if self.0 == NEW { Self(format!("{NEW}-1")) } else { self }
    }

    /// A slug made of a title: its letters and digits without accents, in lower case; `None` where it has none.
    #[must_use]
    pub fn of_title(title: &str) -> Option<Self> {
        let mut words = String::new();
        for c in title.chars() {
            match plain_letter(c) {
                Some(letter) => words.push(letter),
                None if c == '\'' || c == '’' => {}
                None => words.push(' '),
            }
        }
        let mut slug = String::new();
        for word in words.split_whitespace() {
            let longer = if slug.is_empty() { word.to_owned() } else { format!("{slug}-{word}") };
            if longer.len() > MAX_SLUG {
                break;
            }
            slug = longer;
        }
        (!slug.is_empty()).then_some(Self(slug))
    }

    /// The slug of a name, or what to do where its letters make none; `field` is the one in which an id can be given.
    pub fn made_of(field: &str, name: &str) -> Result<Self, FieldProblem> {
        let message = "No id can be made of this name: ids have letters from a to z, digits and single hyphens. Give one, for example prices-desk.";
        Self::of_title(name).ok_or_else(|| FieldProblem::new(field, "required", message))
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The letter or digit without case and accent, as far as English and Welsh have them.
fn plain_letter(c: char) -> Option<char> {
    let lower = c.to_lowercase().next().unwrap_or(c);
    Some(match lower {
        'a'..='z' | '0'..='9' => lower,
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ẁ' | 'ẃ' | 'ŵ' | 'ẅ' => 'w',
        'ỳ' | 'ý' | 'ŷ' | 'ÿ' => 'y',
        _ => return None,
    })
}

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse("id", &text).map_err(|problem| problem.message)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn slugs_are_lower_case_words_joined_by_single_hyphens() {
        for good in ["gdp", "gdp-monthly", "2021", "a-1-b"] {
            assert!(Slug::parse("id", good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "ŵ", "a_b", "../x"] {
            assert!(Slug::parse("id", bad).is_err(), "{bad}");
        }
        assert!(Slug::parse("id", &"a".repeat(100)).is_ok());
        assert!(Slug::parse("id", &"a".repeat(101)).is_err());
    }

    #[test]
    fn the_word_of_the_form_of_a_new_one_is_no_id() {
        let kept = Slug::parse_beside_new("id", "new").unwrap_err();
        assert_eq!((kept.field.as_str(), kept.code.as_str()), ("id", "reserved"));
        assert!(Slug::parse_beside_new("id", "new-1").is_ok() && Slug::parse("edition", "new").is_ok());
        assert!(Slug::parse_beside_new("id", "").is_err());
        let made = |title: &str| Slug::of_title(title).map(|slug| String::from(slug.beside_new()));
        assert_eq!((made("New!").as_deref(), made("News").as_deref()), (Some("new-1"), Some("news")));
    }

    #[test]
    fn titles_become_slugs() {
        let of = |title: &str| Slug::of_title(title).map(String::from);
        assert_eq!(
            of("GDP monthly estimate, UK: October 2026").as_deref(),
            Some("gdp-monthly-estimate-uk-october-2026")
        );
        assert_eq!(of("Poblogaeth Ynys Môn – Cymru’n fras").as_deref(), Some("poblogaeth-ynys-mon-cymrun-fras"));
        assert_eq!(of("…"), None);
        let none = Slug::made_of("id", "日本語").unwrap_err();
        assert_eq!((none.field.as_str(), none.code.as_str()), ("id", "required"));
        assert!(none.message.starts_with("No id can be made of this name"), "{none:?}");
        let long = of(&"word ".repeat(40)).unwrap();
        assert!(long.len() <= 100 && Slug::parse("id", &long).is_ok());
    }
}
