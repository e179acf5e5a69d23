//! Which codes and labels of a dataset's tables can be searched for.

use std::collections::HashSet;

use crate::table::DimensionOptions;

/// How many codes and labels of one dataset can be found: those of every small area of a country with their names.
const FINDABLE: usize = 100_000;
/// How many bytes they may have together.
const FINDABLE_BYTES: usize = 4_000_000;

/// The different codes and labels of these dimensions, those of the shortest first, so that a long one leaves no other out.
#[must_use]
pub fn findable<'d>(dimensions: impl IntoIterator<Item = &'d DimensionOptions>) -> Vec<String> {
    first_of(dimensions, FINDABLE, FINDABLE_BYTES)
}

fn first_of<'d>(
    dimensions: impl IntoIterator<Item = &'d DimensionOptions>,
    most: usize,
    mut bytes: usize,
) -> Vec<String> {
    let mut dimensions: Vec<&DimensionOptions> = dimensions.into_iter().collect();
    dimensions.sort_by_key(|dimension| dimension.options.len());
    let texts = dimensions.into_iter().flat_map(|one| &one.options).flat_map(|option| [&option.code, &option.label]);
    let mut known: HashSet<&str> = HashSet::new();
    let mut found = Vec::new();
    for text in texts {
        // Blank cells are an option, but no word.
        if text.is_empty() || !known.insert(text) {
            continue;
        }
        match bytes.checked_sub(text.len()) {
            Some(left) if found.len() < most => bytes = left,
            _ => break,
        }
        found.push(text.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::OptionCount;

    fn dimension(options: &[(&str, &str)]) -> DimensionOptions {
        let option =
            |(code, label): &(&str, &str)| OptionCount { code: (*code).into(), label: (*label).into(), count: 1 };
        DimensionOptions { name: "area".into(), complete: true, options: options.iter().map(option).collect() }
    }

    #[test]
    fn a_long_dimension_leaves_no_short_one_out_and_is_there_with_its_first() {
        let long = dimension(&[("E1", "Adur"), ("E2", "Arun"), ("E3", "Bath"), ("E4", "Bury")]);
        let short = dimension(&[("2024", "2024"), ("", ""), ("E1", "E1")]);
        assert_eq!(first_of([&long, &short], 5, 100), ["2024", "E1", "Adur", "E2", "Arun"]);
        assert_eq!(first_of([&long, &short], 100, 12), ["2024", "E1", "Adur", "E2"], "12 bytes");
        assert_eq!(findable([&long, &short]).len(), 9);
    }

    #[test]
    fn every_code_of_a_long_register_is_there() {
        let areas: Vec<(String, String)> = (0..34_753).map(|at| (format!("E{at:08}"), format!("Area {at}"))).collect();
        let areas: Vec<(&str, &str)> = areas.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect();
        let found = findable([&dimension(&areas)]);
        assert_eq!((found.len(), found.last().map(String::as_str)), (2 * 34_753, Some("Area 34752")));
    }
}
