//! The two languages of the public site.

use serde::{Deserialize, Serialize};

/// A language of the public site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Welsh.
    Cy,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::En, Self::Cy];

    /// The language tag: `en` or `cy`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
        }
    }

    /// What stands before the path of a page in this language: nothing, or `/cy`.
    #[must_use]
    pub const fn path_prefix(self) -> &'static str {
        match self {
            Self::En => "",
            Self::Cy => "/cy",
        }
    }

    /// Picks the Welsh text for Welsh readers where there is one, otherwise the English.
    #[must_use]
    pub fn pick<'a>(self, english: &'a str, welsh: Option<&'a str>) -> &'a str {
        match (self, welsh) {
            (Self::Cy, Some(welsh)) if !welsh.trim().is_empty() => welsh,
            _ => english,
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn an_empty_translation_falls_back_to_english() {
        assert_eq!(Language::Cy.pick("Health", Some("Iechyd")), "Iechyd");
        assert_eq!(Language::Cy.pick("Health", Some(" ")), "Health");
        assert_eq!(Language::Cy.pick("Health", None), "Health");
        assert_eq!(Language::En.pick("Health", Some("Iechyd")), "Health");
    }
}
