//! The markings that statisticians put beside a figure or in place of one.

use domain::table::{ColumnRole, Marking, Profile};

use crate::names;

/// Letters of the longest words that are looked at.
const LONGEST: usize = 40;

/// The columns whose cells mark the figures of their row.
pub(super) fn columns(profile: &Profile) -> Vec<usize> {
    let marks = |label: &str| {
        let slug = names::slug(label);
        let words: Vec<&str> = slug.split('-').collect();
        ["marking", "markings", "marker", "markers"].iter().any(|word| words.contains(word))
            || matches!(slug.as_str(), "observation-status" | "obs-status" | "status" | "flag" | "obs-flag")
    };
    let is_marking = |at: &usize| {
        let column = &profile.columns[*at];
        column.role == ColumnRole::Attribute && marks(&column.label)
    };
    (0..profile.columns.len()).filter(is_marking).collect()
}

/// The marking of a figure: what stands in its place, or else in one of the cells beside it.
pub(super) fn of<'c>(figure: &str, beside: impl IntoIterator<Item = &'c str>) -> Option<Marking> {
    read(figure).or_else(|| beside.into_iter().find_map(read))
}

/// Reads the symbols of the Government Statistical Service, with or without brackets, and the words of SDMX.
fn read(cell: &str) -> Option<Marking> {
    let cell = cell.trim();
    let is_figure = cell.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '.'));
    if cell.is_empty() || cell.len() > LONGEST || is_figure {
        return None;
    }
    let bare = cell.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(cell);
    if bare.len() <= 3 {
        return Marking::parse(bare);
    }
    let words = bare.to_lowercase();
    let says = |part: &str| words.contains(part);
    let known = [
        (says("suppressed") || says("confidential"), Marking::Confidential),
        (says("provisional"), Marking::Provisional),
        (says("estimate"), Marking::Estimated),
        (says("forecast"), Marking::Forecast),
        (words.starts_with("revised"), Marking::Revised),
        (says("low reliability") || says("unreliable"), Marking::Unreliable),
        (says("break"), Marking::Break),
        (says("not applicable"), Marking::NotApplicable),
        (says("not available") || says("missing"), Marking::NotAvailable),
    ];
    known.into_iter().find_map(|(is_said, marking)| is_said.then_some(marking))
}

#[cfg(test)]
mod tests {
    use super::{Marking, of};

    #[test]
    fn symbols_and_words_are_read_and_figures_and_other_words_are_not() {
        for (cell, marking) in [
            ("[c]", Marking::Confidential),
            ("x", Marking::NotAvailable),
            ("[low]", Marking::Low),
            ("P", Marking::Provisional),
            ("Estimated value", Marking::Estimated),
            ("Missing value; suppressed", Marking::Confidential),
        ] {
            assert_eq!(of(cell, []), Some(marking), "{cell}");
        }
        for cell in ["", "5", "-1.5", "A", "..", "Normal value", "Undefined", "[y]"] {
            assert_eq!(of(cell, []), None, "{cell}");
        }
        assert_eq!(of("12", ["A", "p"]), Some(Marking::Provisional));
    }
}
