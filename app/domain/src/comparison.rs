//! Two versions of an edition side by side, as public pages show them.

use serde::{Deserialize, Serialize};

use crate::changes::Changes;
use crate::file::File;
use crate::version::Version;
use crate::views::VersionPage;

/// Revised values on a page of a comparison.
pub const PAGE_REVISIONS: u32 = 50;
/// The last page of a comparison; what is revised beyond it is told by `…/changes` of the API.
pub const LAST_PAGE: u32 = 200;

/// The page of a dataset, an edition or a version, with what changed since the version before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetPage {
    /// The version shown.
    pub version: VersionPage,
    /// What changed since the version before; nothing where there is none, or no table to compare.
    pub since: Option<SinceLast>,
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
    let number = |text: &str| text.trim().replace(',', "").parse::<f64>().ok().filter(|value| value.is_finite());
    let (was, is) = (number(before)?, number(after)?);
    let percent = (was != 0.0).then(|| (is - was) / was.abs() * 100.0);
    Some((is - was, percent))
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn numbers_move_and_words_do_not() {
        assert_eq!(moved("4", "5"), Some((1.0, Some(25.0))));
        assert_eq!(moved("-4", "-5"), Some((-1.0, Some(-25.0))));
        assert_eq!(moved("0", "5"), Some((5.0, None)));
        assert_eq!(moved("1,000", "1,100"), Some((100.0, Some(10.0))));
        assert_eq!((moved("x", "5"), moved("5", "")), (None, None));
    }
}
