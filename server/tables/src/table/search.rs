//! Looking for options in a dimension that has more of them than are kept.

use domain::selection::Selection;

use super::{Table, TableError, Tally};
use crate::query::{Filter, OptionPage};

/// What the code or the label of an option has to hold.
#[derive(Default)]
pub(crate) struct Words(String);

impl Words {
    /// As somebody looks for them, in capitals or not.
    fn new(search: &str) -> Self {
        Self(search.trim().to_lowercase())
    }

    /// Whether an option holds them.
    pub(crate) fn fit(&self, code: &str, label: &str) -> bool {
        self.0.is_empty() || self.stand_in(label) || self.stand_in(code)
    }

    fn stand_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.0);
        }
        // Most cells are plain, and a long column has many: these are compared without being copied.
        let words = self.0.as_bytes();
        text.as_bytes().windows(words.len().max(1)).any(|part| part.eq_ignore_ascii_case(words))
    }
}

impl Table {
    /// A page of the options of a dimension whose code or label holds `search`, counted under the other filters; where more
    /// options are in the dimension than are kept, they are looked for in the whole table.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn find_options(
        &self,
        name: &str,
        selection: &Selection,
        search: &str,
        limit: usize,
        offset: usize,
    ) -> Result<OptionPage, TableError> {
        let words = Words::new(search);
        let Some(at) = self.find(name).filter(|_| !words.0.is_empty()) else {
            return self.options(name, selection, search, limit, offset);
        };
        if self.known(&[at])?.iter().all(|known| known.complete) {
            return self.options(name, selection, search, limit, offset);
        }
        let filter = Filter::new(self, &selection.without(name))?;
        let mut tally = Tally::looking_for(self, at, words);
        let leaves = self.leaves([at, self.code_of(at)].into_iter().chain(filter.columns()));
        self.pass(&leaves, |_, chunk| {
            let (mut picked, mut passed) = (Vec::new(), vec![false; chunk.rows]);
            filter.picks(self, chunk, 0, &mut picked);
            for row in picked {
                if let Some(passed) = usize::try_from(row).ok().and_then(|row| passed.get_mut(row)) {
                    *passed = true;
                }
            }
            tally.take(self, chunk, |row| passed.get(row).copied().unwrap_or_default());
            Ok(())
        })?;
        let found = tally.known;
        let total = found.options.len() as u64;
        let options = found.options.into_iter().skip(offset).take(limit).collect();
        Ok(OptionPage { options, total, complete: found.complete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_codes_and_labels_however_they_are_written() {
        for (search, code, label, fits) in [
            ("", "E1", "Wales", true),
            (" WAL ", "E1", "Wales", true),
            ("e1", "E1", "Wales", true),
            ("môn", "W1", "Ynys MÔN", true),
            ("môn", "W1", "Ynys Mon", false),
            ("wales and more", "W1", "Wales", false),
            ("x", "", "", false),
        ] {
            assert_eq!(Words::new(search).fit(code, label), fits, "{search}");
        }
    }
}
