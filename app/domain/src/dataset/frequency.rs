//! How often a dataset is released: the EU's vocabulary, and the words and codes that mean its entries.

/// An entry of the EU's frequency vocabulary, such as `MONTHLY`.
///
/// Source: <http://publications.europa.eu/resource/authority/frequency>, which DCAT-AP 3 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frequency(&'static str);

/// Where the entries of the vocabulary live.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority/frequency/";

/// Each entry with what else means it: SDMX codes (CL_FREQ), ISO 8601 repetitions and English words, in lower case.
const WORDS: &[(&str, &[&str])] = &[
    ("CONT", &["continuous", "continuously", "real time"]),
    ("UPDATE_CONT", &["continuously updated"]),
    ("HOURLY", &["h", "r/pt1h", "every hour"]),
    ("DAILY", &["d", "r/p1d", "every day"]),
    ("WEEKLY", &["w", "r/p1w", "r/p7d", "every week"]),
    ("WEEKLY_2", &["twice a week"]),
    ("WEEKLY_3", &["three times a week"]),
    ("BIWEEKLY", &["fortnightly", "every two weeks", "r/p14d", "r/p2w"]),
    ("MONTHLY", &["m", "r/p1m", "every month"]),
    ("MONTHLY_2", &["twice a month"]),
    ("MONTHLY_3", &["three times a month"]),
    ("BIMONTHLY", &["every two months", "r/p2m"]),
    ("QUARTERLY", &["q", "r/p3m", "every quarter", "every three months"]),
    ("ANNUAL_3", &["three times a year", "r/p4m"]),
    ("ANNUAL_2", &["s", "half-yearly", "semiannual", "biannual", "twice a year", "every six months", "r/p6m"]),
    ("ANNUAL", &["a", "annually", "yearly", "every year", "r/p1y"]),
    ("BIENNIAL", &["a2", "every two years", "r/p2y"]),
    ("TRIENNIAL", &["a3", "every three years", "r/p3y"]),
    ("QUADRENNIAL", &["a4", "every four years", "r/p4y"]),
    ("QUINQUENNIAL", &["a5", "every five years", "r/p5y"]),
    ("DECENNIAL", &["a10", "every ten years", "r/p10y"]),
    ("IRREG", &["i", "irregular", "irregularly", "ad hoc"]),
    ("AS_NEEDED", &["as needed", "as required"]),
    ("NEVER", &["once", "one-off", "one off"]),
    ("NOT_PLANNED", &["not planned"]),
    ("UNKNOWN", &["u", "unknown", "not known"]),
    ("OTHER", &["o", "other"]),
];

impl Frequency {
    /// The entry that a word, a code, an ISO 8601 repetition or the entry's own address means; other text means none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = text.strip_prefix(AUTHORITY).unwrap_or(text).to_lowercase();
        let same = |code: &str| code.to_lowercase() == plain || code.to_lowercase().replace('_', "-") == plain;
        WORDS.iter().find(|(code, words)| same(code) || words.contains(&plain.as_str())).map(|(code, _)| Self(code))
    }

    /// Whether text claims to be of a vocabulary: an address, or an ISO 8601 repetition. Everything else is free words.
    #[must_use]
    pub fn is_claimed(text: &str) -> bool {
        let text = text.trim();
        text.contains("://") || text.starts_with("R/P")
    }

    /// The codes of all entries.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(code, _)| *code)
    }

    /// The entry's code, such as `MONTHLY`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// The time from one to the next as a duration of XML Schema, such as `P1M`, where it is always the same.
    #[must_use]
    pub fn duration(self) -> Option<String> {
        let (_, words) = WORDS.iter().find(|(code, _)| *code == self.0)?;
        // XML Schema, other than ISO 8601, counts no weeks.
        let mut steps = words.iter().filter_map(|word| word.strip_prefix("r/"));
        steps.find(|step| !step.ends_with('w')).map(str::to_uppercase)
    }

    /// The entry's address.
    #[must_use]
    pub fn address(self) -> String {
        format!("{AUTHORITY}{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_codes_and_addresses_mean_one_entry() {
        for text in ["Monthly", "MONTHLY", "M", "R/P1M", " every month ", &format!("{AUTHORITY}MONTHLY")] {
            assert_eq!(Frequency::of(text).map(Frequency::code), Some("MONTHLY"), "{text}");
        }
        assert_eq!(Frequency::of("Every ten years").map(Frequency::code), Some("DECENNIAL"));
        assert_eq!(Frequency::of("ANNUAL-2").map(Frequency::code), Some("ANNUAL_2"));
        assert_eq!(Frequency::of("when the moon is full"), None);
        assert_eq!(Frequency::of(""), None);
    }

    #[test]
    fn what_is_regular_has_a_duration() {
        let duration = |text: &str| Frequency::of(text).and_then(Frequency::duration);
        for (text, expected) in [("Hourly", "PT1H"), ("Weekly", "P7D"), ("Fortnightly", "P14D"), ("Monthly", "P1M")] {
            assert_eq!(duration(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(duration("Irregular"), None);
    }

    #[test]
    fn only_what_looks_like_a_vocabulary_has_to_be_in_it() {
        assert!(Frequency::is_claimed("http://example.org/often") && Frequency::is_claimed("R/P5D"));
        assert!(!Frequency::is_claimed("Each spring") && !Frequency::is_claimed("Monthly"));
    }
}
