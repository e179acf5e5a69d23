//! Which of several series, or of several names, stands for the whole of which the others are parts.

use super::Series;
use super::parts::sum_of_others;

/// The nations of the United Kingdom, each with the letter that its codes begin with.
const NATIONS: [(&str, char); 4] = [("england", 'e'), ("wales", 'w'), ("scotland", 's'), ("northern ireland", 'n')];
/// The regions of England.
const REGIONS: [&str; 12] = [
    "north east",
    "north west",
    "yorkshire and the humber",
    "yorkshire and humber",
    "east midlands",
    "west midlands",
    "east of england",
    "east",
    "london",
    "greater london",
    "south east",
    "south west",
];
/// Words that make of a name that of something beside it, such as made-wine or self-employed.
const OPPOSITES: [&str; 5] = ["not", "non", "un", "self", "made"];

/// How surely an option stands for the whole: 3 surely, 2 by a word of its name, 1 as the largest of places or the usual way to adjust,
/// 0 not at all.
#[must_use]
pub fn wholeness(option: &str) -> u8 {
    let option = option.to_lowercase();
    let words: Vec<&str> = option.split(|letter: char| !letter.is_alphanumeric()).collect();
    match option.as_str() {
        "" | "all" | "total" | "totals" | "overall" | "persons" | "all persons" | "all people" | "both sexes" => 3,
        "united kingdom" | "uk" | "great britain" | "england and wales" | "seasonally adjusted" => 1,
        _ if words.contains(&"other") => 0,
        _ if words.contains(&"total") || words.contains(&"overall") || words.first() == Some(&"all") => 2,
        _ => 0,
    }
}

/// The place of the series that stands for the others, too: the only one, the one that is called so, the one that is their sum, or the one
/// whose name all others make narrower. Nothing where each may be a part.
pub(super) fn whole_of(series: &[Series]) -> Option<usize> {
    match series {
        [] => None,
        [_] => Some(0),
        _ => named(series).or_else(|| sum_of_others(series)).or_else(|| narrowed(series)),
    }
}

/// The one series whose name says most surely that it is the whole.
fn named(series: &[Series]) -> Option<usize> {
    let names: Vec<String> = series.iter().map(|one| one.label.trim().to_lowercase()).collect();
    let best = names.iter().map(|name| wholeness(name)).max().filter(|best| *best > 0)?;
    let is_whole = |at: usize, name: &String| {
        let mut others = names.iter().enumerate().filter(|(other, _)| *other != at);
        wholeness(name) == best && others.all(|(_, other)| covers(name, other))
    };
    only(names.iter().enumerate().filter(|(at, name)| is_whole(*at, name)).map(|(at, _)| at))
}

/// Whether a place holds another, as far as nations and regions are known; what is no place says by its name alone what it holds.
fn covers(place: &str, other: &str) -> bool {
    let nations = match place {
        "united kingdom" | "uk" => "ewsn",
        "great britain" => "ews",
        "england and wales" => "ew",
        _ => return true,
    };
    let of_other = nations_of(other);
    !of_other.is_empty() && of_other.len() < nations.len() && of_other.chars().all(|nation| nations.contains(nation))
}

/// The letters of the nations that a place is in or made of, by its name in small letters or by its code; none where it is abroad,
/// unknown or the whole kingdom.
fn nations_of(place: &str) -> String {
    let words: Vec<&str> =
        place.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    let letters = NATIONS.iter();
    if let Some(first) = letter_of_code(&name) {
        return letters.map(|(_, letter)| *letter).filter(|letter| *letter == first).collect();
    }
    match name.as_str() {
        "great britain" | "k03000001" => "ews".to_owned(),
        "k04000001" => "ew".to_owned(),
        region if REGIONS.contains(&region) => "e".to_owned(),
        // New England and New South Wales are elsewhere.
        _ if words.contains(&"new") => String::new(),
        _ => {
            let name = format!(" {name} ");
            letters.filter(|(nation, _)| name.contains(&format!(" {nation} "))).map(|(_, letter)| *letter).collect()
        }
    }
}

/// The letter of the nation in whose code, a letter and eight digits, a place is.
fn letter_of_code(place: &str) -> Option<char> {
    let mut rest = place.chars();
    let letter = rest.next().filter(|letter| "ewsn".contains(*letter))?;
    (place.len() == 9 && rest.all(|digit| digit.is_ascii_digit())).then_some(letter)
}

/// The series all of whose words stand in the names of the others, which say more of the same and are nowhere greater.
fn narrowed(series: &[Series]) -> Option<usize> {
    let names: Vec<Vec<String>> = series.iter().map(|one| words_of(&one.label)).collect();
    let is_wider = |at: usize, one: &Series, words: &[String]| {
        let mut others = series.iter().zip(&names).enumerate().filter(|(other, _)| *other != at);
        !words.is_empty() && others.all(|(_, (other, more))| says_more(words, more) && !is_ever_greater(other, one))
    };
    let all = series.iter().zip(&names).enumerate();
    only(all.filter(|(at, (one, words))| is_wider(*at, one, words)).map(|(at, _)| at))
}

/// The words of a name in small letters.
fn words_of(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a name has all of these words and more, none of which makes it the name of something else.
fn says_more(words: &[String], other: &[String]) -> bool {
    let is_opposite = |word: &String| {
        let of_word = word.strip_prefix("un").is_some_and(|rest| words.iter().any(|one| one == rest));
        !words.contains(word) && (of_word || OPPOSITES.contains(&word.as_str()))
    };
    other.len() > words.len() && words.iter().all(|word| other.contains(word)) && !other.iter().any(is_opposite)
}

/// Whether a series is greater than another where both have values: then it is no part of it.
fn is_ever_greater(series: &Series, than: &Series) -> bool {
    let mut pairs = series.values.iter().zip(&than.values).filter_map(|(one, other)| one.zip(*other));
    pairs.any(|(one, other)| one > other)
}

/// What comes alone.
fn only(mut places: impl Iterator<Item = usize>) -> Option<usize> {
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::{whole_of, wholeness};
    use crate::table::Series;

    #[test]
    fn totals_are_told_from_parts() {
        assert!(wholeness("") > wholeness("Total GHG emissions"));
        assert!(wholeness("CPI (overall index)") > wholeness("United Kingdom"));
        for part in ["All other goods", "Male", "Not seasonally adjusted", "Totally new"] {
            assert_eq!(wholeness(part), 0, "{part}");
        }
    }

    /// The whole of series with these names, whose values tell nothing.
    fn of_names(names: &[&str]) -> Option<usize> {
        let of = |name: &&str| Series { label: (*name).to_owned(), values: vec![Some(1.0)], ..Series::default() };
        whole_of(&names.iter().map(of).collect::<Vec<_>>())
    }

    #[test]
    fn the_whole_is_known_by_its_name() {
        for (names, whole) in [
            (vec![], None),
            (vec!["Wine"], Some(0)),
            (vec!["Men", "All", "Women"], Some(1)),
            (vec!["Men", "Women", " "], Some(2)),
            (vec!["Total men", "Total women"], None),
            (vec!["Total men", "Total women", "Total"], Some(2)),
            (vec!["england", "uk", "wales"], Some(1)),
            (vec!["Great Britain", "England", "United Kingdom"], Some(2)),
            (vec!["England and Wales", "Scotland"], None),
            (vec!["England", "England and Wales", "Wales"], Some(1)),
            (vec!["Not seasonally adjusted", "Seasonally adjusted"], Some(1)),
            (vec!["wine-duty-receipts", "duty-receipts", "beer-duty-receipts"], Some(1)),
            (vec!["east scotland", "north scotland"], None),
            (vec!["UK", "Germany"], None),
            (vec!["World", "United Kingdom"], None),
            (vec!["UK", "Wales", "New South Wales"], None),
            (vec!["UK", "North East", "England & Wales", "Yorkshire and The Humber", "North Scotland"], Some(0)),
            (vec!["E92000001", "UK", "K03000001"], Some(1)),
            (vec!["England and Wales", "E12000001", "S92000003"], None),
            (vec!["Wine", "Made-wine"], None),
            (vec!["Disabled", "Not disabled"], None),
            (vec!["Employed", "Self-employed"], None),
            (vec!["Manual", "Non-manual"], None),
            (vec!["Adjusted", "Un-adjusted"], None),
            (vec!["Paid work", "Unpaid or paid work"], None),
        ] {
            assert_eq!(of_names(&names), whole, "{names:?}");
        }
    }

    #[test]
    fn the_whole_is_known_by_its_figures() {
        let of = |name: &str, values: [f64; 3]| Series {
            label: name.to_owned(),
            values: values.map(Some).to_vec(),
            ..Series::default()
        };
        let (wine, beer) = (of("wine", [406.35, 387.6, 390.0]), of("beer", [344.74, 350.1, 0.0]));
        let alcohol = of("alcohol", [751.09, 737.7, 390.0]);
        assert_eq!(whole_of(&[wine.clone(), alcohol, beer.clone()]), Some(1));
        assert_eq!(whole_of(&[wine, of("spirits", [751.09, 737.7, 391.0]), beer]), Some(1), "up to what rounding does");
        // What is greater anywhere is no part, whatever it is called.
        let (visits, more) = (of("visits", [1.0, 2.0, 3.0]), of("visits by day", [1.0, 2.5, 0.0]));
        assert_eq!(whole_of(&[visits.clone(), more]), None);
        assert_eq!(whole_of(&[visits, of("visits by day", [1.0, 0.5, 0.0])]), Some(0));
        // What comes in is no whole of which the balance would be a part.
        let (inward, outward) = (of("Immigration", [5.0, 6.0, 7.0]), of("Emigration", [3.0, 3.0, 3.0]));
        for balance in ["Net migration", "Balance", "Natural change", "The difference"] {
            let series = [outward.clone(), inward.clone(), of(balance, [2.0, 3.0, 4.0])];
            assert_eq!(whole_of(&series), None, "{balance}");
        }
        // One that is the same as the only other is not its whole.
        assert_eq!(whole_of(&[of("one", [1.0, 2.0, 3.0]), of("two", [1.0, 2.0, 3.0])]), None);
    }
}
