//! The distinct values of the columns, found once and kept.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use domain::table::{MAX_KEPT_OPTIONS, OptionCount};

use super::{Cells, Chunk, Table, TableError};
use crate::period;
use crate::query::Sought;

/// The most options that an open table keeps of all its dimensions.
const MAX_KEPT_IN_ALL: usize = 200_000;

/// The options of a dimension, in the order of the table, each with its rows.
#[derive(Clone, Default)]
pub(crate) struct Known {
    pub options: Vec<OptionCount>,
    /// Whether those are all.
    pub complete: bool,
}

/// Counts the options of one dimension while a table goes by.
pub(crate) struct Tally {
    label: usize,
    code: usize,
    places: HashMap<String, usize>,
    /// What an option has to hold to be counted.
    sought: Sought,
    pub known: Known,
}

impl Tally {
    pub(crate) fn new(table: &Table, at: usize) -> Self {
        let known = Known { options: Vec::new(), complete: true };
        Self { label: at, code: table.code_of(at), places: HashMap::new(), sought: Sought::default(), known }
    }

    /// The same for those options alone that hold what is sought.
    pub(crate) fn looking_for(table: &Table, at: usize, sought: Sought) -> Self {
        Self { sought, ..Self::new(table, at) }
    }

    /// Takes the rows of a chunk; `counted` says which of them count.
    pub(crate) fn take(&mut self, table: &Table, chunk: &Chunk, counted: impl Fn(usize) -> bool) {
        const NEW: usize = usize::MAX;
        const NONE: usize = usize::MAX - 1;
        let Some(Cells::Dictionary { keys, nulls: None, values }) = chunk.field(self.code) else {
            for row in 0..chunk.rows {
                let place = self.place(table, chunk, row);
                self.count(place, counted(row));
            }
            return;
        };
        let mut places = vec![NEW; arrow::array::Array::len(values)];
        for (row, key) in keys.iter().enumerate().take(chunk.rows) {
            let Some(known) = usize::try_from(*key).ok().and_then(|key| places.get_mut(key)) else { continue };
            let place = match *known {
                NONE => None,
                NEW => {
                    let place = self.place(table, chunk, row);
                    // A blank code leaves the name to the label, which may differ from row to row.
                    let leaves_it = self.code != self.label
                        && chunk.field(self.code).and_then(|cells| cells.text(row)).is_none_or(|t| t.trim().is_empty());
                    if !leaves_it {
                        *known = place.unwrap_or(NONE);
                    }
                    place
                }
                place => Some(place),
            };
            self.count(place, counted(row));
        }
    }

    fn count(&mut self, place: Option<usize>, counted: bool) {
        if let Some(option) = place.and_then(|place| self.known.options.get_mut(place)) {
            option.count += u64::from(counted);
        }
    }

    /// Where the option of a row stands, now that it is known; that of a row with neither a code nor a label is blank.
    fn place(&mut self, table: &Table, chunk: &Chunk, row: usize) -> Option<usize> {
        let (code_at, label_at) = (self.code, self.label);
        chunk.with_cell(table, code_at, row, |code| {
            let code = code.trim();
            if let Some(place) = self.places.get(code).filter(|_| !code.is_empty()) {
                return Some(*place);
            }
            chunk.with_cell(table, label_at, row, |label| {
                let label = label.trim();
                let code = if code.is_empty() { label } else { code };
                if let Some(place) = self.places.get(code) {
                    return Some(*place);
                }
                let label = if label.is_empty() { code } else { label };
                if !self.sought.fits(code, label) {
                    return None;
                }
                if self.known.options.len() >= MAX_KEPT_OPTIONS {
                    self.known.complete = false;
                    return None;
                }
                let place = self.known.options.len();
                self.places.insert(code.to_owned(), place);
                self.known.options.push(OptionCount { code: code.to_owned(), label: label.to_owned(), count: 0 });
                Some(place)
            })
        })
    }
}

impl Table {
    /// Lets fields of the whole table go by, with the number of each chunk's first row.
    pub(crate) fn pass(
        &self,
        leaves: &[usize],
        mut see: impl FnMut(u64, &Chunk) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        for group in 0..self.groups() {
            let mut first = self.first_row(group);
            if let Some(chunk) = self.in_memory(group) {
                see(first, &chunk)?;
                continue;
            }
            for chunk in self.read(group, leaves, None, self.looked_at(group, leaves))? {
                let chunk = chunk?;
                see(first, &chunk)?;
                first += chunk.rows as u64;
            }
        }
        Ok(())
    }

    /// The options of these dimensions, with their rows in the whole table.
    pub(crate) fn known(&self, dimensions: &[usize]) -> Result<Vec<Arc<Known>>, TableError> {
        let kept = || self.inner.known.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<usize> = {
            let kept = kept();
            dimensions.iter().copied().filter(|at| !kept.contains_key(at)).collect()
        };
        let mut found: HashMap<usize, Arc<Known>> = HashMap::new();
        if !missing.is_empty() {
            let mut tallies: Vec<Tally> = missing.iter().map(|at| Tally::new(self, *at)).collect();
            let leaves = self.leaves(missing.iter().flat_map(|at| [*at, self.code_of(*at)]));
            self.pass(&leaves, |_, chunk| {
                tallies.iter_mut().for_each(|tally| tally.take(self, chunk, |_| true));
                Ok(())
            })?;
            let mut kept = kept();
            let mut room = MAX_KEPT_IN_ALL.saturating_sub(kept.values().map(|known| known.options.len()).sum());
            for (at, tally) in missing.into_iter().zip(tallies) {
                let known = Arc::new(tally.known);
                if known.options.len() <= room {
                    room -= known.options.len();
                    kept.insert(at, Arc::clone(&known));
                }
                found.insert(at, known);
            }
        }
        let kept = kept();
        Ok(dimensions.iter().filter_map(|at| found.get(at).or_else(|| kept.get(at)).map(Arc::clone)).collect())
    }

    /// Which of some options, none of them blank, stand in a dimension or in its codes.
    pub(crate) fn present<'w>(&self, at: usize, words: HashSet<&'w str>) -> Result<HashSet<&'w str>, TableError> {
        let mut present = HashSet::new();
        let code = self.code_of(at);
        self.pass(&self.leaves([at, code]), |_, chunk| {
            for place in [at, code] {
                let mut see = |text: &str| present.extend(words.get(text.trim()).or_else(|| words.get(text)));
                if let Some(Cells::Dictionary { values, .. }) = chunk.field(place) {
                    values.iter().flatten().for_each(&mut see);
                } else {
                    (0..chunk.rows).for_each(|row| chunk.with_cell(self, place, row, &mut see));
                }
            }
            Ok(())
        })?;
        Ok(present)
    }

    /// Whether some row has neither a label nor a code of a dimension.
    pub(crate) fn has_blank(&self, at: usize) -> Result<bool, TableError> {
        let mut found = false;
        let places = [at, self.code_of(at)];
        self.pass(&self.leaves(places), |_, chunk| {
            let is_blank =
                |row: usize| places.iter().all(|at| chunk.with_cell(self, *at, row, |t| t.trim().is_empty()));
            found = found || (0..chunk.rows).any(is_blank);
            Ok(())
        })?;
        Ok(found)
    }

    /// The forms in which every period of a time column can be read, as bits.
    pub(crate) fn forms(&self, at: usize) -> Result<u16, TableError> {
        let kept = || self.inner.forms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(forms) = kept().get(&at) {
            return Ok(*forms);
        }
        let mut forms = u16::MAX;
        let mut see = |text: &str| match period::forms(text) {
            0 => {}
            some => forms &= some,
        };
        self.pass(&[at], |_, chunk| {
            match chunk.field(at) {
                Some(Cells::Dictionary { values, .. }) => values.iter().flatten().for_each(&mut see),
                Some(cells) => (0..chunk.rows).filter_map(|row| cells.text(row)).for_each(&mut see),
                None => {}
            }
            Ok(())
        })?;
        kept().insert(at, forms);
        Ok(forms)
    }
}
