//! The options of dimensions, counted under a selection.

use std::collections::HashSet;

use domain::selection::{Selection, as_option};
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
    /// whose code or label holds `search`, blank cells first, as no words find them; `listed` of them, unless more are chosen.
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
        let chosen: HashSet<String> = filters.flat_map(|filter| &filter.options).cloned().map(as_option).collect();
        let is_chosen = |option: &OptionCount| chosen.contains(&option.code) || chosen.contains(&option.label);
        let sought = Sought::new(search);
        let (mut options, others): (Vec<OptionCount>, Vec<OptionCount>) =
            known.options.into_iter().partition(is_chosen);
        let (others, complete) = if known.complete || sought.is_empty() {
            (others.into_iter().filter(|one| sought.is_in(one)).collect(), known.complete)
        } else {
            let found = self.find_options(name, selection, search, usize::MAX, 0)?;
            let others = found.options.into_iter().filter(|one| !is_chosen(one));
            (others.collect::<Vec<OptionCount>>(), found.complete)
        };
        let total = u64::try_from(options.len() + others.len()).unwrap_or(u64::MAX);
        let (blank, others): (Vec<OptionCount>, Vec<OptionCount>) =
            others.into_iter().partition(|option| option.code.is_empty());
        let others = blank.into_iter().chain(others);
        let room = listed.saturating_sub(options.len());
        options.extend(others.take(room));
        Ok(OptionPage { options, total, complete })
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
#[derive(Clone, Debug, Default)]
pub struct Sought(String);

impl Sought {
    /// By what somebody typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(folded(typed.trim()))
    }

    /// Whether everything fits.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether code or label of an option hold it.
    #[must_use]
    pub fn is_in(&self, option: &OptionCount) -> bool {
        self.fits(&option.code, &option.label)
    }

    /// The same of an option that is not made yet.
    pub(crate) fn fits(&self, code: &str, label: &str) -> bool {
        self.0.is_empty() || self.stands_in(label) || self.stands_in(code)
    }

    fn stands_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return folded(text).contains(&self.0);
        }
        // Most cells are plain, and a long column has many: these are compared without being copied.
        let sought = self.0.as_bytes();
        text.as_bytes().windows(sought.len().max(1)).any(|part| part.eq_ignore_ascii_case(sought))
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
    use super::{Sought, folded};

    #[test]
    fn words_are_found_in_codes_and_labels_however_they_are_written() {
        for (search, code, label, fits) in [
            ("", "E1", "Wales", true),
            (" WAL ", "E1", "Wales", true),
            ("e1", "E1", "Wales", true),
            ("môn", "W1", "Ynys MÔN", true),
            ("môn", "W1", "Ynys Mon", true),
            ("mon", "W1", "Ynys Môn", true),
            ("wales and more", "W1", "Wales", false),
            ("x", "", "", false),
        ] {
            assert_eq!(Sought::new(search).fits(code, label), fits, "{search}");
        }
    }

    #[test]
    fn accents_and_case_fold_away() {
        for text in ["Ynys Môn", "YNYS MON", "ynys mo\u{302}n"] {
            assert_eq!(folded(text), "ynys mon", "{text}");
        }
        assert_eq!(folded("Tŷ Ddewi, CO₂"), "ty ddewi, co2");
    }
}
