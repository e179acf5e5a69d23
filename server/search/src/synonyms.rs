//! Words of official statistics that mean the same.

use std::sync::LazyLock;

use crate::words::{stem, words};

/// Groups of words and phrases; who asks for one also finds the others.
const GROUPS: &[&[&str]] = &[
    &["cpi", "consumer prices index", "consumer price index", "consumer prices inflation"],
    &["cpih", "consumer prices index including housing costs"],
    &["rpi", "retail prices index"],
    &["ppi", "producer prices index"],
    &["inflation", "price rises", "cost of living", "chwyddiant"],
    &["gdp", "gross domestic product", "cynnyrch domestig gros"],
    &["gva", "gross value added"],
    &["unemployment", "jobless", "joblessness", "out of work", "diweithdra"],
    &["employment", "jobs", "cyflogaeth"],
    &["lfs", "labour force survey"],
    &["wages", "pay", "earnings", "salaries", "enillion"],
    &["co2", "carbon dioxide"],
    &["ghg", "greenhouse gas"],
    &["coronavirus", "covid", "covid 19"],
    &["rainfall", "rain", "precipitation", "glawiad"],
    &["deaths", "mortality", "marwolaethau"],
    &["births", "fertility", "genedigaethau"],
    &["commuting", "travel to work"],
    &["flights", "aviation", "air travel"],
    &["house prices", "property prices", "home prices", "prisiau tai"],
    &["lsoa", "lower layer super output area", "lower super output area"],
    &["msoa", "middle layer super output area", "middle super output area"],
    &["imd", "index of multiple deprivation"],
    &["local authority", "council", "awdurdod lleol"],
    &["uk", "united kingdom"],
    &["ons", "office for national statistics"],
    &["population", "poblogaeth"],
    &["census", "cyfrifiad"],
    &["health", "iechyd"],
    &["housing", "tai"],
    &["welsh", "cymraeg"],
];

/// A word or phrase of a group, in two shapes.
pub struct Phrase {
    /// Folded words.
    pub plain: Vec<String>,
    /// Their stems.
    pub stems: Vec<String>,
}

static PHRASES: LazyLock<Vec<Vec<Phrase>>> = LazyLock::new(|| {
    let phrase = |text: &&str| {
        let plain: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        Phrase { stems: plain.iter().map(|word| stem(word)).collect(), plain }
    };
    GROUPS.iter().map(|group| group.iter().map(phrase).collect()).collect()
});

/// For every word of a query, the phrases that may stand in its place, given the stems of all its words.
pub fn synonyms(stems: &[String]) -> Vec<Vec<&'static Phrase>> {
    let mut found: Vec<Vec<&'static Phrase>> = stems.iter().map(|_| Vec::new()).collect();
    for group in PHRASES.iter() {
        for (asked, phrase) in group.iter().enumerate() {
            let length = phrase.stems.len();
            let starts = stems.windows(length).enumerate().filter(|(_, window)| *window == phrase.stems);
            for (start, _) in starts {
                for slot in &mut found[start..start + length] {
                    slot.extend(group.iter().enumerate().filter(|(other, _)| *other != asked).map(|(_, p)| p));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, synonyms};
    use crate::words::stem;

    fn for_words(words: &[&str]) -> Vec<Vec<String>> {
        let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
        synonyms(&stems).iter().map(|slot| slot.iter().map(|phrase| phrase.plain.join(" ")).collect()).collect()
    }

    #[test]
    fn a_phrase_gives_its_synonyms_to_each_of_its_words() {
        assert_eq!(for_words(&["world", "carbon", "dioxide"]), [vec![], vec!["co2"], vec!["co2"]]);
        assert_eq!(for_words(&["co2"]), [["carbon dioxide"]]);
        assert_eq!(for_words(&["carbon"]), [Vec::<String>::new()]);
    }

    #[test]
    fn no_group_is_pointless() {
        assert!(GROUPS.iter().all(|group| group.len() > 1));
    }
}
