//! The options of dimensions, counted under a selection.

use domain::selection::Selection;
use domain::table::{DimensionOptions, OptionCount};

use super::filter::Filter;
use crate::table::{Known, Table, TableError};

/// A page of the options of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionPage {
    /// The options, in the order of the table.
    pub options: Vec<OptionCount>,
    /// The options that fit the search.
    pub total: u64,
    /// Whether the dimension has no more options than are kept.
    pub complete: bool,
}

impl Table {
    /// A page of the options of a dimension whose code or label holds `search`, counted under the other filters.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn options(
        &self,
        name: &str,
        selection: &Selection,
        search: &str,
        limit: usize,
        offset: usize,
    ) -> Result<OptionPage, TableError> {
        let search = search.trim().to_lowercase();
        let Some(known) = self.counted(&[name], selection)?.pop() else {
            return Ok(OptionPage { options: Vec::new(), total: 0, complete: true });
        };
        let fits = |option: &&OptionCount| {
            search.is_empty()
                || option.label.to_lowercase().contains(&search)
                || option.code.to_lowercase().contains(&search)
        };
        let total = known.1.options.iter().filter(fits).count() as u64;
        let options = known.1.options.iter().filter(fits).skip(offset).take(limit).cloned().collect();
        Ok(OptionPage { options, total, complete: known.1.complete })
    }

    /// The first options of many dimensions, each counted under the filters on the others, in one pass.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn all_option_counts(
        &self,
        selection: &Selection,
        names: &[&str],
        limit: usize,
    ) -> Result<Vec<DimensionOptions>, TableError> {
        let counted = self.counted(names, selection)?;
        let page = |(at, mut known): (usize, Known)| {
            let complete = known.complete && known.options.len() <= limit;
            known.options.truncate(limit);
            DimensionOptions { name: self.columns()[at].name.clone(), complete, options: known.options }
        };
        Ok(counted.into_iter().map(page).collect())
    }

    fn counted(&self, names: &[&str], selection: &Selection) -> Result<Vec<(usize, Known)>, TableError> {
        let places: Vec<usize> = names.iter().filter_map(|name| self.find(name)).collect();
        let filter = Filter::new(self, selection)?;
        let known = self.known(&places)?;
        let mut found: Vec<(usize, Known)> =
            places.iter().copied().zip(known).map(|(at, known)| (at, known.as_ref().clone())).collect();
        let counted_whole = |at: usize| filter.tests.iter().all(|test| test.column == at);
        let wanted: Vec<usize> = places.iter().copied().filter(|at| !counted_whole(*at)).collect();
        if wanted.is_empty() {
            return Ok(found);
        }
        let mut tallies: Vec<(usize, crate::table::Tally)> =
            wanted.iter().map(|at| (*at, crate::table::Tally::new(self, *at))).collect();
        let columns = wanted.iter().flat_map(|at| [*at, self.code_of(*at)]);
        let leaves = self.leaves(columns.chain(filter.columns()));
        self.pass(&leaves, |_, chunk| {
            let failed: Vec<(usize, Vec<bool>)> = filter
                .tests
                .iter()
                .map(|test| {
                    let mut passed = vec![true; chunk.rows];
                    test.narrow(self, chunk, &mut passed);
                    (test.column, passed)
                })
                .collect();
            for (at, tally) in &mut tallies {
                let tests: Vec<&Vec<bool>> = failed.iter().filter(|(column, _)| column != at).map(|(_, p)| p).collect();
                tally.take(self, chunk, |row| tests.iter().all(|passed| passed[row]));
            }
            Ok(())
        })?;
        for (at, tally) in tallies {
            found.iter_mut().filter(|(place, _)| *place == at).for_each(|(_, known)| *known = tally.known.clone());
        }
        Ok(found)
    }
}
