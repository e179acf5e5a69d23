//! The options of dimensions, counted under a selection.

use std::collections::HashSet;

use domain::selection::Selection;
use domain::table::{DimensionOptions, OptionCount};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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

impl OptionPage {
    /// That of a dimension that the table does not have.
    const fn of_nothing() -> Self {
        Self { options: Vec::new(), total: 0, complete: true }
    }
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
        let Some((_, known)) = self.counted(&[name], selection)?.pop() else { return Ok(OptionPage::of_nothing()) };
        let sought = Sought::new(search);
        let fits = |option: &&OptionCount| sought.is_in(option);
        let total = known.options.iter().filter(fits).count() as u64;
        let options = known.options.iter().filter(fits).skip(offset).take(limit).cloned().collect();
        Ok(OptionPage { options, total, complete: known.complete })
    }

    /// The options of a dimension for whoever chooses among them: those that are chosen, whatever is searched for, then others
    /// whose code or label holds `search`; `listed` of them, unless more are chosen.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn options_to_choose(
        &self,
        name: &str,
        selection: &Selection,
        search: &str,
        listed: usize,
    ) -> Result<OptionPage, TableError> {
        let Some((_, known)) = self.counted(&[name], selection)?.pop() else { return Ok(OptionPage::of_nothing()) };
        let filters = selection.dimensions.iter().filter(|filter| filter.name == name);
        let chosen: HashSet<&str> = filters.flat_map(|filter| &filter.options).map(String::as_str).collect();
        let is_chosen =
            |option: &OptionCount| chosen.contains(option.code.as_str()) || chosen.contains(option.label.as_str());
        let sought = Sought::new(search);
        let (mut options, others): (Vec<OptionCount>, Vec<OptionCount>) =
            known.options.into_iter().filter(|one| is_chosen(one) || sought.is_in(one)).partition(is_chosen);
        let total = u64::try_from(options.len() + others.len()).unwrap_or(u64::MAX);
        let room = listed.saturating_sub(options.len());
        options.extend(others.into_iter().take(room));
        Ok(OptionPage { options, total, complete: known.complete })
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

/// What options are searched for; case, accents and blanks around it make no difference.
#[derive(Clone, Debug)]
pub struct Sought(String);

impl Sought {
    /// By what somebody typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(folded(typed.trim()))
    }

    /// Whether code or label of an option hold it.
    #[must_use]
    pub fn is_in(&self, option: &OptionCount) -> bool {
        self.0.is_empty() || folded(&option.label).contains(&self.0) || folded(&option.code).contains(&self.0)
    }
}

/// A text in lower case and without accents.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn accents_and_case_fold_away() {
        for text in ["Ynys Môn", "YNYS MON", "ynys mo\u{302}n"] {
            assert_eq!(folded(text), "ynys mon", "{text}");
        }
        assert_eq!(folded("Tŷ Ddewi, CO₂"), "ty ddewi, co2");
    }
}
