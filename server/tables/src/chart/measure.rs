//! Which columns hold the figures to draw.

use domain::table::{Column, ColumnRole, Profile};

use super::interval;
use crate::names;

/// Names of the figure itself, the surest first.
const FIGURES: [&str; 14] = [
    "value",
    "observation",
    "obs-value",
    "observations",
    "price",
    "average",
    "mean",
    "median",
    "rate",
    "index",
    "count",
    "total",
    "amount",
    "percentage",
];
/// Figures that only qualify others.
const SECONDARY: [&str; 14] = [
    "decimal",
    "uncertainty",
    "error",
    "confidence",
    "lower",
    "upper",
    "ci",
    "interval",
    "number-of-days",
    "rank",
    "quintile",
    "decile",
    "cumulative",
    "latitude",
];

/// The columns that could be drawn: one where its name says so, else all primary figures.
pub(super) fn candidates(profile: &Profile) -> Vec<usize> {
    let numeric = figures(profile);
    if let Some(first) = numeric.first()
        && is_v4(&profile.columns[*first])
    {
        return vec![*first];
    }
    let slug = |at: usize| names::slug(&profile.columns[at].label);
    for figure in FIGURES {
        if let Some(at) = numeric.iter().find(|at| slug(**at) == figure) {
            return vec![*at];
        }
    }
    let primary: Vec<usize> = numeric
        .iter()
        .copied()
        .filter(|at| {
            let slug = slug(*at);
            let words: Vec<&str> = slug.split('-').collect();
            !SECONDARY.iter().any(|word| words.contains(word) || slug == *word)
        })
        .collect();
    if primary.is_empty() { numeric } else { primary }
}

/// The columns of figures, without those that by their headings only bound others.
fn figures(profile: &Profile) -> Vec<usize> {
    let numeric: Vec<usize> = (0..profile.columns.len())
        .filter(|at| profile.columns[*at].role == ColumnRole::Measure && profile.columns[*at].kind.is_numeric())
        .collect();
    let pairs = interval::pairs(profile);
    let is_of = |pair: &interval::Pair, at: usize| pair.lower == at || pair.upper == at;
    let stands_alone = |at: usize| !pairs.iter().any(|pair| is_of(pair, at));
    let bounds_some = |pair: &interval::Pair| {
        numeric.iter().any(|at| stands_alone(*at) && pair.may_bound(&profile.columns[*at].label))
    };
    let is_bound = |at: usize| pairs.iter().any(|pair| is_of(pair, at) && bounds_some(pair));
    let others: Vec<usize> = numeric.iter().copied().filter(|at| !is_bound(*at)).collect();
    if others.is_empty() { numeric } else { others }
}

/// Whether the heading says nothing about what is measured.
pub(super) fn is_generic(column: &Column) -> bool {
    is_v4(column)
        || matches!(names::slug(&column.label).as_str(), "value" | "observation" | "obs-value" | "observations")
}

fn is_v4(column: &Column) -> bool {
    crate::profile::v4_marks(&column.label).is_some()
}
