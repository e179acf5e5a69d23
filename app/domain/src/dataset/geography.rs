//! The lowest level of geography of figures: codes of statistics offices, and the words that mean them.

/// A level of geography that the catalogue has words for, such as `ltla`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeographyLevel(&'static str);

/// Each level's code with the English words that mean it, in lower case, from the smallest areas to the largest.
const WORDS: &[(&str, &[&str])] = &[
    ("oa", &["output area", "output areas"]),
    ("lsoa", &["lower layer super output area", "lower layer super output areas"]),
    ("msoa", &["middle layer super output area", "middle layer super output areas"]),
    ("wd", &["ward", "wards", "electoral wards"]),
    (
        "wpc",
        &["parliamentary constituency", "parliamentary constituencies", "westminster parliamentary constituencies"],
    ),
    ("ltla", &["local authority", "local authorities", "lower tier local authorities"]),
    ("utla", &["upper tier local authority", "upper tier local authorities"]),
    ("rgn", &["region", "regions"]),
    ("ctry", &["country", "countries"]),
];

impl GeographyLevel {
    /// The level that a code or a word means; other text means none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let plain = text.trim().to_lowercase().replace('-', " ");
        let plain = plain.as_str();
        WORDS.iter().find(|(code, words)| *code == plain || words.contains(&plain)).map(|(code, _)| Self(code))
    }

    /// The codes of all levels.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(code, _)| *code)
    }

    /// The level's code, such as `ltla`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_mean_one_level() {
        for text in ["ltla", "LTLA", "Local authorities", " lower-tier local authorities "] {
            assert_eq!(GeographyLevel::of(text).map(GeographyLevel::code), Some("ltla"), "{text}");
        }
        assert_eq!(GeographyLevel::of("NUTS 3"), None);
        assert_eq!(GeographyLevel::of(""), None);
    }
}
