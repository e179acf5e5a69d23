//! Which of several series, or of several names, stands for the whole of which the others are parts.

use super::Series;
use super::parts::sum_of_others;

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

/// Whether a place holds another; what is no place says by its name alone what it holds.
fn covers(place: &str, other: &str) -> bool {
    match place {
        "great britain" => !matches!(other, "northern ireland" | "united kingdom" | "uk"),
        "england and wales" => {
            !matches!(other, "scotland" | "northern ireland" | "great britain" | "united kingdom" | "uk")
        }
        _ => true,
    }
}

/// The series all of whose words stand in the names of the others, which say more.
fn narrowed(series: &[Series]) -> Option<usize> {
    let words_of = |one: &Series| -> Vec<String> {
        let label = one.label.to_lowercase();
        let words = label.split(|letter: char| !letter.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let names: Vec<Vec<String>> = series.iter().map(words_of).collect();
    let is_wider = |at: usize, words: &[String]| {
        let mut others = names.iter().enumerate().filter(|(other, _)| *other != at);
        let says_more = |other: &[String]| other.len() > words.len() && words.iter().all(|word| other.contains(word));
        !words.is_empty() && others.all(|(_, other)| says_more(other))
    };
    only(names.iter().enumerate().filter(|(at, words)| is_wider(*at, words)).map(|(at, _)| at))
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
        // One that is the same as the only other is not its whole.
        assert_eq!(whole_of(&[of("one", [1.0, 2.0, 3.0]), of("two", [1.0, 2.0, 3.0])]), None);
    }
}
