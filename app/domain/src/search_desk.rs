//! What people add to the search: words that mean the same, datasets that come first; and what was asked for.

mod counted;

pub use counted::may_be_counted;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::refusal::FieldProblem;
use crate::slug::Slug;
use crate::text::{is_hidden, turns_direction};

/// The most groups and rules of an office's own.
pub const MAX_RULES: usize = 500;
/// The most words and phrases of one side of a rule.
pub const MAX_WORDS: usize = 20;
/// The longest word or phrase, in characters.
pub const MAX_LENGTH: usize = 60;
/// The most queries with datasets that come first.
pub const MAX_PINS: usize = 200;
/// The most datasets that come first for one query.
pub const MAX_PINNED: usize = 3;
/// What was asked for less often on a day than this is shown to nobody, and forgotten with the day.
pub const SHOWN_FROM: i64 = 3;
/// How long it is kept how often something was asked for, in days.
pub const KEPT_DAYS: i64 = 90;
/// The most different queries that are kept of a day that is over.
pub const MOST_OF_A_DAY: u64 = 1_000;
/// The most different queries that are kept of the day that goes on.
pub const MOST_TODAY: u64 = 10_000;

/// Words and phrases of which who asks for one also finds others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SynonymRule {
    /// What is asked for in a rule of one way; empty in a group, whose words all stand for each other.
    pub asked: Vec<String>,
    /// The words of a group, or what is also found in a rule of one way.
    pub words: Vec<String>,
}

impl SynonymRule {
    /// The rule of two fields with a word or phrase a line; empty lines are nothing.
    #[must_use]
    pub fn of_lines(asked: &str, words: &str) -> Self {
        Self::of(asked.lines(), words.lines())
    }

    /// The rule of these words and phrases, without the blanks around them; empty ones are nothing.
    #[must_use]
    pub fn of<'a>(asked: impl IntoIterator<Item = &'a str>, words: impl IntoIterator<Item = &'a str>) -> Self {
        Self { asked: trimmed(asked), words: trimmed(words) }
    }

    /// Whether its words hold these letters; no letters are in all.
    #[must_use]
    pub fn mentions(&self, letters: &str) -> bool {
        self.in_words().to_lowercase().contains(&letters.trim().to_lowercase())
    }

    /// Whether it leads one way only.
    #[must_use]
    pub const fn is_one_way(&self) -> bool {
        !self.asked.is_empty()
    }

    /// The rule in words: `a = b`, or `a → b`.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.is_one_way() {
            format!("{} → {}", self.asked.join(", "), self.words.join(", "))
        } else {
            self.words.join(" = ")
        }
    }

    /// Every problem at once; `normalised` gives the words of a text as the search compares them.
    #[must_use]
    pub fn problems(&self, normalised: impl Fn(&str) -> String) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let least = if self.is_one_way() { 1 } else { 2 };
        if self.words.len() < least {
            let message = if self.is_one_way() {
                "Say what is also found."
            } else {
                "A group needs two words or more, each on a line of its own."
            };
            problems.push(FieldProblem::new("words", "required", message));
        }
        let mut known = HashSet::new();
        for (field, texts) in [("asked", &self.asked), ("words", &self.words)] {
            if texts.len() > MAX_WORDS {
                let message = format!("Use at most {MAX_WORDS} words and phrases.");
                problems.push(FieldProblem::new(field, "too_many", message));
            }
            for text in texts.iter().take(MAX_WORDS) {
                let words = normalised(text);
                let problem = if text.chars().count() > MAX_LENGTH {
                    Some(("too_long", format!("A word or phrase has at most {MAX_LENGTH} characters.")))
                } else if text.chars().any(|c| is_hidden(c) || turns_direction(c)) {
                    Some(("control_characters", "Leave out control characters.".to_owned()))
                } else if words.is_empty() {
                    Some(("no_word", format!("“{text}” has no letter and no digit.")))
                } else if known.insert(words) {
                    None
                } else {
                    Some(("duplicate", format!("“{text}” stands here twice.")))
                };
                problems.extend(problem.map(|(code, message)| FieldProblem::new(field, code, message)));
            }
        }
        problems
    }

    /// What tells it from other rules: the same words in any order are the same rule.
    #[must_use]
    pub fn key(&self, normalised: impl Fn(&str) -> String) -> (Vec<String>, Vec<String>) {
        let sorted = |texts: &[String]| {
            let mut words: Vec<String> = texts.iter().map(|text| normalised(text)).collect();
            words.sort_unstable();
            words
        };
        (sorted(&self.asked), sorted(&self.words))
    }
}

fn trimmed<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A rule as the desk lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymEntry {
    /// An opaque id; of one that comes with the program, one that stays.
    pub id: String,
    /// The rule.
    pub rule: SynonymRule,
    /// Whether search goes by it.
    pub is_on: bool,
    /// The rule that came with the program under this id, if one did.
    pub built_in: Option<SynonymRule>,
    /// Who changed it last, and when; nobody has where it is as it came.
    pub changed: Option<(String, DateTime<Utc>)>,
    /// The revision that a change is based on; 0 where it is as it came.
    pub revision: i64,
}

impl SynonymEntry {
    /// Whether it comes with the program and was changed since.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.built_in.as_ref().is_some_and(|came| *came != self.rule || !self.is_on)
    }
}

/// The datasets that come first for a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// An opaque id.
    pub id: String,
    /// The query, as normalised words.
    pub query: String,
    /// Their ids, in their order.
    pub datasets: Vec<String>,
    /// Who put them first.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// What is wrong with the datasets of a pin; whether there are such datasets is told by what the caller may see.
#[must_use]
pub fn pin_problems(query: &str, datasets: &[String]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if query.is_empty() {
        problems.push(FieldProblem::required("query"));
    } else if query.chars().count() > MAX_LENGTH {
        problems.push(FieldProblem::new("query", "too_long", format!("Use at most {MAX_LENGTH} characters.")));
    }
    if datasets.is_empty() {
        problems.push(FieldProblem::required("datasets"));
    }
    if datasets.len() > MAX_PINNED {
        let message = format!("At most {MAX_PINNED} datasets can come first.");
        problems.push(FieldProblem::new("datasets", "too_many", message));
    }
    let mut known = HashSet::new();
    for id in datasets.iter().take(MAX_PINNED) {
        problems.extend(Slug::parse("datasets", id).err());
        if !known.insert(id) {
            problems.push(FieldProblem::new("datasets", "duplicate", format!("{id} stands here twice.")));
        }
    }
    problems
}

/// A pin with which of its datasets are public; the others show to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinSight {
    /// The pin.
    pub pin: Pin,
    /// Those of its datasets that search shows.
    pub shown: Vec<String>,
}

/// A query, and how often it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedQuery {
    /// Its normalised words.
    pub query: String,
    /// How often.
    pub asked: u64,
    /// How often nothing was found.
    pub unanswered: u64,
}

/// A word of a query that is tried, with what else is looked for in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedWord {
    /// The word.
    pub word: String,
    /// What it may be called before the change.
    pub before: Vec<String>,
    /// What it may be called after.
    pub after: Vec<String>,
}

/// What a query finds, as far as a trial shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedResult {
    /// How many datasets.
    pub total: u64,
    /// The first: id, title, and the title's language.
    pub first: Vec<(String, String, Language)>,
}

/// What a query becomes and finds before and after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What was asked.
    pub q: String,
    /// The language of the readers who ask.
    pub language: Language,
    /// Its words.
    pub words: Vec<TriedWord>,
    /// What it finds before.
    pub before: TriedResult,
    /// What it finds after.
    pub after: TriedResult,
}

/// The search desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchDesk {
    /// How many datasets search finds on the node that answers.
    pub held: u64,
    /// How many public datasets there are.
    pub public: u64,
    /// How many revisions of the catalogue the index is behind.
    pub behind: u64,
    /// When the index was last made anew without success, if the last time was so.
    pub failed_at: Option<DateTime<Utc>>,
    /// How many rules are on, and how many there are.
    pub rules: (u64, u64),
    /// Whether queries are counted.
    pub is_counted: bool,
    /// The queries that were asked for most.
    pub most: Vec<AskedQuery>,
    /// The queries that found nothing.
    pub unanswered: Vec<AskedQuery>,
    /// The queries for which datasets come first.
    pub pins: Vec<PinSight>,
    /// What was tried: without any synonyms, and as it is.
    pub trial: Option<Trial>,
}

/// One rule, with what was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymSheet {
    /// The rule; none where one is to be added.
    pub entry: Option<SynonymEntry>,
    /// What was tried with the rule as it stands in the address, which nobody has saved.
    pub trial: Option<Trial>,
    /// What is wrong with that rule.
    pub problems: Vec<FieldProblem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(asked: &str, words: &str) -> Vec<String> {
        let problems = SynonymRule::of_lines(asked, words).problems(str::to_lowercase);
        problems.into_iter().map(|problem| format!("{}:{}", problem.field, problem.code)).collect()
    }

    #[test]
    fn a_rule_has_words_and_none_twice() {
        assert!(codes("", "co2\r\n\r\n carbon dioxide ").is_empty());
        assert!(codes("fags", "tobacco").is_empty());
        assert_eq!(codes("", "co2"), ["words:required"]);
        assert_eq!(codes("fags", ""), ["words:required"]);
        assert_eq!(codes("", "co2\nCO2"), ["words:duplicate"]);
        assert_eq!(codes("co2", "CO2"), ["words:duplicate"]);
        assert_eq!(codes("", &format!("a\n{}", "x".repeat(MAX_LENGTH + 1))), ["words:too_long"]);
        let many: Vec<String> = (0..=MAX_WORDS).map(|number| format!("word {number}")).collect();
        assert_eq!(codes("", &many.join("\n")), ["words:too_many"]);
        let none = SynonymRule::of_lines("", "a\n?").problems(|text| text.replace('?', ""));
        assert_eq!(none[0].code, "no_word");
        let broken = SynonymRule::of([], ["a", " b ", "", "c\nd"]);
        assert_eq!(broken.words, ["a", "b", "c\nd"]);
        assert_eq!(broken.problems(str::to_lowercase)[0].code, "control_characters");
    }

    #[test]
    fn a_rule_is_found_by_letters_of_its_words() {
        let rule = SynonymRule::of_lines("Fags", "tobacco");
        for (letters, found) in [("", true), (" FAG ", true), ("bacc", true), ("fags → t", true), ("cigar", false)] {
            assert_eq!(rule.mentions(letters), found, "{letters}");
        }
    }

    #[test]
    fn the_same_words_in_another_order_are_the_same_rule() {
        let key = |asked: &str, words: &str| SynonymRule::of_lines(asked, words).key(str::to_lowercase);
        assert_eq!(key("", "a\nB"), key("", "b\na"));
        assert_ne!(key("", "a\nb"), key("a", "b"));
        assert_eq!(SynonymRule::of_lines("a", "b\nc").in_words(), "a → b, c");
        assert_eq!(SynonymRule::of_lines("", "b\nc").in_words(), "b = c");
    }

    #[test]
    fn a_pin_names_up_to_three_datasets_once() {
        let codes = |query: &str, ids: &[&str]| -> Vec<String> {
            let ids: Vec<String> = ids.iter().map(|&id| id.to_owned()).collect();
            pin_problems(query, &ids).into_iter().map(|problem| problem.field).collect()
        };
        assert!(codes("cpi", &["a", "b", "c"]).is_empty());
        assert_eq!(codes("", &[]), ["query", "datasets"]);
        assert_eq!(codes("cpi", &["a", "a"]), ["datasets"]);
        assert_eq!(codes("cpi", &["Not a slug"]), ["datasets"]);
        assert_eq!(codes("cpi", &["a", "b", "c", "d"]), ["datasets"]);
    }

    #[test]
    fn what_comes_with_the_program_is_changed_where_it_differs() {
        let came = SynonymRule::of_lines("", "a\nb");
        let entry = |rule: SynonymRule, is_on, built_in| SynonymEntry {
            id: "x".into(),
            rule,
            is_on,
            built_in,
            changed: None,
            revision: 0,
        };
        assert!(!entry(came.clone(), true, Some(came.clone())).is_changed());
        assert!(entry(came.clone(), false, Some(came.clone())).is_changed());
        assert!(entry(SynonymRule::of_lines("", "a\nc"), true, Some(came.clone())).is_changed());
        assert!(!entry(came, false, None).is_changed());
    }
}
