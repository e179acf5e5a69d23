//! The whole catalogue by title, letter by letter.

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::topic::{Department, Topic};
use crate::views::DatasetSummary;

/// Datasets on a page of the register.
pub const PAGE_DATASETS: u32 = 50;
/// Stands for every beginning that is no letter from A to Z.
pub const OTHER: char = '#';

/// The letter under which something stands that begins like this: a folded title, or a letter that was asked for.
#[must_use]
pub fn letter_of(beginning: &str) -> char {
    let first = beginning.trim_start().chars().next().unwrap_or(OTHER).to_ascii_uppercase();
    if first.is_ascii_uppercase() { first } else { OTHER }
}

/// What of the register is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterQuery {
    /// Titles under this letter, or [`OTHER`].
    pub letter: Option<char>,
    /// Datasets on this topic or one below it.
    pub topic: Option<String>,
    /// Datasets of this department.
    pub department: Option<String>,
    /// The page, from 1.
    pub page: u32,
    /// Whose titles are meant: those that the readers of this language are shown.
    #[serde(default)]
    pub language: Language,
}

/// A page of the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegisterPage {
    /// The datasets of the page, by title.
    pub items: Vec<DatasetSummary>,
    /// How many there are under these choices.
    pub total_count: u64,
    /// How many stand under each letter that has any, under the other choices; in order, [`OTHER`] last.
    pub letters: Vec<(char, u64)>,
    /// All topics, each followed by those below it.
    pub topics: Vec<Topic>,
    /// All departments.
    pub departments: Vec<Department>,
}

#[cfg(test)]
mod tests {
    use super::letter_of;

    #[test]
    fn titles_stand_under_their_first_letter() {
        assert_eq!((letter_of("gross"), letter_of(" Births"), letter_of("2021 census")), ('G', 'B', '#'));
        assert_eq!((letter_of(""), letter_of("Ŵyn")), ('#', '#'));
    }
}
