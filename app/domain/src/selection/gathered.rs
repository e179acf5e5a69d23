//! What is said of dimensions, put together from parts in time that grows with what is said and not with its square.

use std::collections::{HashMap, HashSet};

use super::{DimensionFilter, Selection};

/// An option as it is kept: all blank ones are the same, which means blank cells.
#[must_use]
pub fn as_option(word: String) -> String {
    if word.trim().is_empty() { String::new() } else { word }
}

/// Dimensions on their way into a selection: each once, and each of its options once, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    filters: Vec<DimensionFilter>,
    places: HashMap<String, usize>,
    seen: HashSet<(usize, String)>,
}

impl Gathered {
    /// How many options there are.
    pub(super) fn options(&self) -> usize {
        self.seen.len()
    }

    /// Adds options of a dimension; without any nothing is said of it.
    pub(super) fn add(&mut self, name: &str, options: impl IntoIterator<Item = String>) {
        for option in options.into_iter().map(as_option) {
            let place = match self.places.get(name) {
                Some(place) => *place,
                None => {
                    let place = self.filters.len();
                    self.places.insert(name.to_owned(), place);
                    self.filters.push(DimensionFilter { name: name.to_owned(), options: Vec::new() });
                    place
                }
            };
            if self.seen.insert((place, option.clone()))
                && let Some(filter) = self.filters.get_mut(place)
            {
                filter.options.push(option);
            }
        }
    }

    /// The dimensions with their options.
    pub(super) fn finish(self) -> Vec<DimensionFilter> {
        self.filters
    }
}

impl Selection {
    /// Adds options to what is wanted of a dimension, each once; without any nothing is said of it.
    pub fn add(&mut self, name: &str, options: impl IntoIterator<Item = String>) {
        let mut gathered = Gathered::default();
        for filter in std::mem::take(&mut self.dimensions) {
            gathered.add(&filter.name, filter.options);
        }
        gathered.add(name, options);
        self.dimensions = gathered.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_added_once_and_in_their_order() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut selection = Selection::default();
        selection.add("sex", words(&["m", "f", "m"]));
        selection.add("area", words(&[]));
        selection.add("age", words(&["1"]));
        selection.add("sex", words(&["x", "f"]));
        let expected = [("sex", words(&["m", "f", "x"])), ("age", words(&["1"]))];
        let expected = expected.map(|(name, options)| DimensionFilter { name: name.to_owned(), options });
        assert_eq!(selection.dimensions, expected);
    }

    #[test]
    fn blank_options_are_one() {
        let mut selection = Selection::default();
        selection.add("sex", [" ", "f", "", "\t"].map(str::to_owned));
        assert_eq!(selection.dimensions[0].options, ["", "f"]);
    }

    #[test]
    fn the_same_option_of_two_dimensions_is_two() {
        let mut gathered = Gathered::default();
        gathered.add("a", ["x".to_owned(), "x".to_owned()]);
        gathered.add("b", ["x".to_owned()]);
        assert_eq!(gathered.options(), 2);
        assert_eq!(gathered.finish().len(), 2);
    }
}
