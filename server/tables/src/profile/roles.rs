//! What columns are for.

use domain::table::{ColumnKind, ColumnRole};

use crate::names;

/// The marks that a V4 table announces in its first heading, as in `V4_1`.
pub(crate) fn v4_marks(first_label: &str) -> Option<usize> {
    first_label.strip_prefix("V4_").or_else(|| first_label.strip_prefix("v4_"))?.parse().ok()
}

/// Whether a column of a V4 table with so many marks is a dimension: each stands behind what is said of its options.
pub(crate) const fn is_v4_dimension(marks: usize, at: usize) -> bool {
    at > marks && (at - marks).is_multiple_of(2)
}

/// What each column is for.
pub(super) fn roles(labels: &[String], kinds: &[ColumnKind]) -> Vec<ColumnRole> {
    if let Some(marks) = labels.first().and_then(|label| v4_marks(label)) {
        return (0..labels.len())
            .map(|at| match at {
                0 => ColumnRole::Measure,
                at if is_v4_dimension(marks, at) => ColumnRole::Dimension,
                _ => ColumnRole::Attribute,
            })
            .collect();
    }
    let slugs: Vec<String> = labels.iter().map(|label| names::slug(label)).collect();
    (0..labels.len())
        .map(|at| {
            if kinds[at] == ColumnKind::Time {
                ColumnRole::Dimension
            } else if is_attribute(&slugs[at], &slugs) {
                ColumnRole::Attribute
            } else if kinds[at].is_numeric() {
                ColumnRole::Measure
            } else {
                ColumnRole::Dimension
            }
        })
        .collect()
}

/// Columns that describe a figure, and codes whose labels stand beside them.
fn is_attribute(slug: &str, all: &[String]) -> bool {
    const KNOWN: [&str; 12] = [
        "unit",
        "units",
        "unit-measure",
        "unit-of-measure",
        "unit-multiplier",
        "observation-status",
        "obs-status",
        "marker",
        "data-marking",
        "geocode",
        "status",
        "notes",
    ];
    KNOWN.contains(&slug)
        || slug.strip_suffix("-code").is_some_and(|stem| {
            all.iter().any(|other| other == stem || other.strip_suffix("-label").is_some_and(|label| label == stem))
        })
}
