//! Which column holds the codes of a dimension.

use std::collections::{HashMap, hash_map::Entry};
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::table::{Column, ColumnRole, MAX_KEPT_OPTIONS};

use crate::names;
use crate::profile::{is_v4_dimension, v4_marks};

/// The most codes that are watched in one table.
const MAX_WATCHED: usize = 1_000_000;

/// For each column the one that holds its codes, or itself; each heading is looked at once, as a table may have very many.
///
/// In a V4 table that is the column before a dimension, as far as `Pairs` does not find otherwise.
pub(crate) fn codes_of(columns: &[Column]) -> Vec<usize> {
    let first = columns.first().map_or("", |column| &column.label);
    if v4_marks(first).is_some() {
        let is_dimension = |column: &Column| column.role == ColumnRole::Dimension;
        return (0..).zip(columns).map(|(at, one)| if is_dimension(one) { before(at) } else { at }).collect();
    }
    let slugs: Vec<String> = columns.iter().map(|column| names::slug(&column.label)).collect();
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(slugs.len());
    for (at, slug) in slugs.iter().enumerate() {
        places.entry(slug.as_str()).or_insert(at);
    }
    let code = |(at, slug): (usize, &String)| places.get(format!("{slug}-code").as_str()).copied().unwrap_or(at);
    slugs.iter().enumerate().map(code).collect()
}

const fn before(at: usize) -> usize {
    at.saturating_sub(1)
}

/// Watches whether the column before each dimension of a V4 table holds its codes, so that each code has exactly one label.
///
/// Of periods that column often says only what they are, such as `Month`: then the periods are their own codes. Of very many codes
/// the first are watched, the same ones wherever the rows are read.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pairs: Vec<Pair>,
    most: usize,
}

#[derive(Debug)]
struct Pair {
    label_at: usize,
    /// The label of each code, both by their hashes.
    labels: HashMap<u64, u64>,
    is_of_codes: bool,
}

impl Pairs {
    /// Those of a table with these headings; none unless it is V4.
    pub(crate) fn of_headings(labels: &[String]) -> Self {
        let marks = labels.first().and_then(|label| v4_marks(label));
        let dimensions = (0..labels.len()).filter(|at| marks.is_some_and(|marks| is_v4_dimension(marks, *at)));
        Self::at(dimensions)
    }

    /// The same of a table whose columns are known.
    pub(crate) fn of(columns: &[Column]) -> Self {
        let is_v4 = columns.first().is_some_and(|column| v4_marks(&column.label).is_some());
        let dimensions = (0..).zip(columns).filter(|(_, column)| is_v4 && column.role == ColumnRole::Dimension);
        Self::at(dimensions.map(|(at, _)| at))
    }

    fn at(dimensions: impl Iterator<Item = usize>) -> Self {
        let pair = |label_at| Pair { label_at, labels: HashMap::new(), is_of_codes: true };
        let pairs: Vec<Pair> = dimensions.map(pair).collect();
        let most = (MAX_WATCHED / pairs.len().max(1)).min(MAX_KEPT_OPTIONS);
        Self { pairs, most }
    }

    /// The columns that are looked at.
    pub(crate) fn columns(&self) -> Vec<usize> {
        self.pairs.iter().flat_map(|pair| [before(pair.label_at), pair.label_at]).collect()
    }

    /// Takes a row, of which `with` gives the code and the label at two places.
    pub(crate) fn see(&mut self, mut with: impl FnMut((usize, usize), &mut dyn FnMut(&str, &str))) {
        let most = self.most;
        for pair in self.pairs.iter_mut().filter(|pair| pair.is_of_codes) {
            let places = (before(pair.label_at), pair.label_at);
            with(places, &mut |code, label| pair.see(code, label, most));
        }
    }

    /// Leaves of the codes those that are some.
    pub(crate) fn settle(&self, codes: &mut [usize]) {
        for pair in self.pairs.iter().filter(|pair| !pair.is_of_codes) {
            if let Some(code) = codes.get_mut(pair.label_at) {
                *code = pair.label_at;
            }
        }
    }
}

impl Pair {
    fn see(&mut self, code: &str, label: &str, most: usize) {
        let (code, label) = (code.trim(), label.trim());
        // A blank code leaves the name to the label.
        if code.is_empty() {
            return;
        }
        let has_room = self.labels.len() < most;
        let label = hash(label);
        match self.labels.entry(hash(code)) {
            Entry::Occupied(known) if *known.get() != label => self.is_of_codes = false,
            Entry::Vacant(place) if has_room => {
                place.insert(label);
            }
            Entry::Occupied(_) | Entry::Vacant(_) => {}
        }
        if !self.is_of_codes {
            self.labels = HashMap::new();
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(rows: &[[&str; 5]]) -> Vec<usize> {
        let labels = ["V4_0", "codelist", "Time", "area", "Area"].map(str::to_owned);
        let mut pairs = Pairs::of_headings(&labels);
        assert_eq!(pairs.columns(), [1, 2, 3, 4]);
        for row in rows {
            pairs.see(|(code, label), take| take(row[code], row[label]));
        }
        let mut codes = vec![0, 1, 1, 3, 3];
        pairs.settle(&mut codes);
        codes
    }

    #[test]
    fn the_column_before_holds_codes_where_each_has_one_label() {
        let years = [["1", "2023", "Year 2023", "W92", "Wales"], ["2", "2024", "Year 2024", "W92", " Wales"]];
        assert_eq!(settled(&years), [0, 1, 1, 3, 3]);
        let months = [["1", "Month", "Jan-96", "W92", "Wales"], ["2", "Month", "Feb-96", "E92", "Wales"]];
        assert_eq!(settled(&months), [0, 1, 2, 3, 3], "two codes may have one label");
        let blank = [["1", "", "Jan-96", "W92", "Wales"], ["2", "", "Feb-96", "W92", ""]];
        assert_eq!(settled(&blank), [0, 1, 1, 3, 4], "a blank code is none, a blank label is one");
    }

    #[test]
    fn other_tables_are_not_watched() {
        assert!(Pairs::of_headings(&["Area code", "Area"].map(str::to_owned)).columns().is_empty());
        let marked = ["V4_2", "mark", "interval", "codelist", "Time"].map(str::to_owned);
        assert_eq!(Pairs::of_headings(&marked).columns(), [3, 4]);
    }
}
