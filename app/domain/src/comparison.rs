//! Two versions of an edition side by side, as public pages show them.

use serde::{Deserialize, Serialize};

use crate::changes::Changes;
use crate::file::File;
use crate::table::{exact_figure, figure_at, shared_places, signed_at};
use crate::version::Version;
use crate::views::{ComesAs, VersionPage};

/// Revised values on a page of a comparison.
pub const PAGE_REVISIONS: u32 = 50;
/// The last page of a comparison; what is revised beyond it is told by `…/changes` of the API.
pub const LAST_PAGE: u32 = 200;
/// Decimals that no figure loses where it is compared.
const PUBLISHED_PLACES: usize = 2;

/// The page of a dataset, an edition or a version, with what changed since the version before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetPage {
    /// The version shown.
    pub version: VersionPage,
    /// What changed since the version before; nothing where there is none, or no table to compare.
    pub since: Option<SinceLast>,
    /// What the latest version of each of the dataset's editions and all versions of the edition shown come as, in no order.
    pub listed: Vec<ComesAs>,
}

impl DatasetPage {
    /// What a version comes as; nothing where that is not known.
    #[must_use]
    pub fn comes_as(&self, edition: &str, version: u32) -> Option<&ComesAs> {
        self.listed.iter().find(|one| one.version == version && one.edition == edition)
    }
}

/// What changed in the table of a version since the one before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SinceLast {
    /// The version before.
    pub from: u32,
    /// Its rows.
    pub rows_before: u64,
    /// The rows now.
    pub rows_after: u64,
    /// What changed; nothing where the tables are too large to be compared while a reader waits.
    pub changes: Option<Changes>,
}

/// Which versions of an edition are compared; what is left out means the latest two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareQuery {
    /// The number of the version to begin with.
    pub from: Option<u32>,
    /// The number of the version to compare it with.
    pub to: Option<u32>,
    /// The page of revised values, from 1.
    pub page: u32,
}

/// Two versions of an edition side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparePage {
    /// The page of the later one, with all versions to choose from.
    pub to: VersionPage,
    /// The one it is compared with; nothing where the edition has no other.
    pub from: Option<Earlier>,
    /// What differs between their tables; nothing where one of them has none, or they are still being compared.
    pub changes: Option<Changes>,
    /// Whether the tables are being compared just now, since they are too large for that to be done while a reader waits.
    #[serde(default)]
    pub is_coming: bool,
    /// The page of revised values that is shown, from 1.
    pub page: u32,
}

/// The version that another is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// The version.
    pub version: Version,
    /// Its files.
    pub files: Vec<File>,
}

/// How much a figure moved, where both cells are numbers: the difference, and in per cent of what it was.
#[must_use]
pub fn moved(before: &str, after: &str) -> Option<(f64, Option<f64>)> {
    let (was, is) = (number(before)?, number(after)?);
    let percent = (was != 0.0).then(|| (is - was) / was.abs() * 100.0);
    Some((is - was, percent))
}

/// The number that a cell says. Commas stand between thousands: where they stand elsewhere they may be before the decimals, so that
/// nobody can tell how much it is. What begins with a needless zero is a code.
fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let (whole, rest) = cell.split_once('.').unwrap_or((cell, ""));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next().unwrap_or_default();
    let thousands: Vec<&str> = groups.collect();
    let is_grouped = !thousands.is_empty();
    let is_code = first.starts_with('0') && (first.len() > 1 || is_grouped);
    let is_thousand = |group: &&str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let is_out_of_place = is_grouped && !((1..=3).contains(&first.len()) && thousands.iter().all(is_thousand));
    if is_code || is_out_of_place || rest.contains(',') {
        return None;
    }
    cell.replace(',', "").parse::<f64>().ok().filter(|value| value.is_finite())
}

/// A revised cell as people read it; what it says to the last decimal stands in the table and in its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it was: a figure with commas between thousands and as many decimals as it has now.
    pub before: String,
    /// What it is, in the same way.
    pub after: String,
    /// How much it moved, with its sign; nothing where one of both is no number.
    pub difference: Option<String>,
    /// The same in per cent of what it was, with one decimal; nothing where that is none.
    pub percent: Option<String>,
}

impl Reading {
    /// Of a label, which says no more than it says, even where that is a number: a year is no figure, and nothing moved in a code.
    #[must_use]
    pub fn of_label(before: &str, after: &str) -> Self {
        Self { before: before.to_owned(), after: after.to_owned(), difference: None, percent: None }
    }
}

/// Reads a revised figure.
#[must_use]
pub fn reading(before: &str, after: &str) -> Reading {
    let (was, is) = (number(before), number(after));
    let Some((was, is)) = was.zip(is) else {
        let alone = |number: Option<f64>, cell: &str| number.map_or_else(|| cell.to_owned(), exact_figure);
        return Reading { before: alone(was, before), after: alone(is, after), difference: None, percent: None };
    };
    let places = shared_places(was, is, PUBLISHED_PLACES);
    let percent = moved(before, after).and_then(|(_, percent)| percent);
    Reading {
        before: figure_at(was, places),
        after: figure_at(is, places),
        difference: Some(signed_at(is - was, places)),
        percent: percent.map(|percent| format!("{}%", signed_at(percent, 1))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reading, moved, reading};

    #[test]
    fn numbers_move_and_words_do_not() {
        assert_eq!(moved("4", "5"), Some((1.0, Some(25.0))));
        assert_eq!(moved("-4", "-5"), Some((-1.0, Some(-25.0))));
        assert_eq!(moved("0", "5"), Some((5.0, None)));
        assert_eq!(moved("1,000", "1,100"), Some((100.0, Some(10.0))));
        assert_eq!((moved("x", "5"), moved("5", "")), (None, None));
        assert_eq!(moved("-1,250,000.5", "-1,250,001.5"), Some((-1.0, Some(-1.0 / 1_250_000.5 * 100.0))));
    }

    #[test]
    fn commas_before_decimals_are_not_taken_for_those_between_thousands() {
        for (before, after) in
            [("12,5", "12,75"), ("1.250,5", "1.250,75"), ("0,125", "0,250"), ("1234,567", "1234,568"), (",125", ",250")]
        {
            assert_eq!(moved(before, after), None, "{before}");
            assert_eq!(reading(before, after), Reading::of_label(before, after));
        }
    }

    #[test]
    fn codes_and_labels_stay_as_they_are_written() {
        assert_eq!(reading("01", "02"), Reading::of_label("01", "02"));
        assert_eq!(moved("0.5", "0"), Some((-0.5, Some(-100.0))));
        let Reading { before, after, difference, percent } = Reading::of_label("2015", "2016");
        assert_eq!((before.as_str(), after.as_str(), difference, percent), ("2015", "2016", None, None));
    }

    #[test]
    fn a_row_is_read_with_the_same_decimals_throughout_and_percents_with_one() {
        for (before, after, [was, is, difference, percent]) in [
            ("215081", "265408", ["215,081", "265,408", "+50,327", "+23.4%"]),
            ("4.4", "4.352819895937012", ["4.40", "4.35", "−0.05", "−1.1%"]),
            ("110", "121", ["110", "121", "+11", "+10.0%"]),
            ("103.25", "110", ["103.25", "110.00", "+6.75", "+6.5%"]),
            ("1,000", "31000", ["1,000", "31,000", "+30,000", "+3,000.0%"]),
        ] {
            let (difference, percent) = (Some(difference.to_owned()), Some(percent.to_owned()));
            let read = Reading { before: was.to_owned(), after: is.to_owned(), difference, percent };
            assert_eq!(reading(before, after), read);
        }
        let read = |before, after| {
            let Reading { before, after, difference, percent } = reading(before, after);
            (before, after, difference.is_some(), percent.is_some())
        };
        assert_eq!(read("0", "5"), ("0".to_owned(), "5".to_owned(), true, false));
        assert_eq!(read("215081.25", "[c]"), ("215,081.25".to_owned(), "[c]".to_owned(), false, false));
        assert_eq!(read("Provisional", ""), ("Provisional".to_owned(), String::new(), false, false));
    }
}
