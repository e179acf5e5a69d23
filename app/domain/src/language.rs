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

    /// The language of the text that these readers are shown: their own where it was written, otherwise the other.
    #[must_use]
    pub fn of(self, english: &str, welsh: Option<&str>) -> Self {
        let has_welsh = welsh.is_some_and(|welsh| !welsh.trim().is_empty());
        if has_welsh && (self == Self::Cy || english.trim().is_empty()) { Self::Cy } else { Self::En }
    }

    /// Picks the text of these readers' language where there is one, otherwise that of the other.
    #[must_use]
    pub fn pick<'a>(self, english: &'a str, welsh: Option<&'a str>) -> &'a str {
        match self.of(english, welsh) {
            Self::Cy => welsh.unwrap_or_default(),
            Self::En => english,
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

    #[test]
    fn a_text_is_told_with_its_language() {
        use Language::{Cy, En};
        for (readers, english, welsh, shown) in [
            (Cy, "Health", Some("Iechyd"), (Cy, "Iechyd")),
            (Cy, "Health", Some(""), (En, "Health")),
            (Cy, "Health", None, (En, "Health")),
            (En, "Health", Some("Iechyd"), (En, "Health")),
            (En, " ", Some("Iechyd"), (Cy, "Iechyd")),
            (En, "", None, (En, "")),
        ] {
            assert_eq!(
                (readers.of(english, welsh), readers.pick(english, welsh)),
                shown,
                "{readers} {english:?} {welsh:?}"
            );
        }
    }
}
