//! Looking for options in a dimension that has more of them than are kept.

use domain::selection::Selection;

use super::{Table, TableError, Tally};
use crate::query::{Filter, OptionPage, Sought};

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
        let sought = Sought::new(search);
        let Some(at) = self.find(name).filter(|_| !sought.is_empty()) else {
            return self.options(name, selection, search, limit, offset);
        };
        if self.known(&[at])?.iter().all(|known| known.complete) {
            return self.options(name, selection, search, limit, offset);
        }
        let filter = Filter::new(self, &selection.without(name))?;
        let mut tally = Tally::looking_for(self, at, sought);
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
