//! What the dimensions of a table hold, and how often.

use std::ops::ControlFlow;

use domain::table::{ColumnRole, DimensionOptions, OptionCount, Profile};
use hashbrown::HashMap;

use crate::codes::{Pairs, codes_of};
use crate::records::Record;
use crate::rows;
use crate::source::{Refused, Source};

/// The options of every dimension of a table in memory, in the order in which the table first names them.
///
/// Beyond `limit` options of one dimension the rest is left out, and the dimension says that it is not complete.
/// Rows that have nothing there have an option without code and label. A code is taken from the column of codes where the table has
/// one, else it is the label.
#[must_use]
pub fn options(bytes: &[u8], profile: &Profile, limit: usize) -> Vec<DimensionOptions> {
    // Memory can always be read, and a record that cannot be was told when the profile was made.
    all(&bytes, profile, limit).unwrap_or_default()
}

fn all(source: &dyn Source, profile: &Profile, limit: usize) -> Result<Vec<DimensionOptions>, Refused> {
    let codes = codes_in(source, profile)?;
    let mut gathering = Gathering::new(profile, &codes, Vec::new(), limit);
    rows::each(source, profile, |record| {
        gathering.take(record);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(gathering.finish())
}

/// For each column the one that holds its codes, or itself, as its rows show.
fn codes_in(source: &dyn Source, profile: &Profile) -> Result<Vec<usize>, Refused> {
    let mut codes = codes_of(&profile.columns);
    let mut pairs = Pairs::of(&profile.columns);
    if !pairs.columns().is_empty() {
        rows::each(source, profile, |record| {
            pairs.see(|(code, label), take| take(record.cell(code), record.cell(label)));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    pairs.settle(&mut codes);
    Ok(codes)
}

/// The options of a dimension that has no column of codes, by its different cells in the order of the table.
pub(crate) fn of_cells<'c>(name: &str, cells: impl Iterator<Item = (&'c str, u64)>) -> DimensionOptions {
    let mut gathered = Gathered::new(name, 0, 0);
    for (cell, count) in cells {
        let cell = cell.trim();
        gathered.take(cell, cell, count, usize::MAX);
    }
    gathered.found
}

/// What the dimensions hold, while the rows go by.
pub(crate) struct Gathering {
    dimensions: Vec<Gathered>,
    limit: usize,
}

impl Gathering {
    /// Waits for the first row; `codes` says of each column which holds its codes, and what is `known` of one is not gathered again.
    pub(crate) fn new(profile: &Profile, codes: &[usize], known: Vec<Option<DimensionOptions>>, limit: usize) -> Self {
        let known = known.into_iter().chain(std::iter::repeat_with(|| None));
        let dimensions = profile
            .columns
            .iter()
            .zip(codes)
            .enumerate()
            .zip(known)
            .filter(|((_, (column, _)), _)| column.role == ColumnRole::Dimension)
            .map(|((at, (column, code)), known)| match known {
                Some(known) => Gathered::known(known, limit),
                None => Gathered::new(&column.name, at, *code),
            })
            .collect();
        Self { dimensions, limit }
    }

    pub(crate) fn take(&mut self, record: &Record<'_>) {
        for dimension in self.dimensions.iter_mut().filter(|dimension| !dimension.is_known) {
            let (code, label) = (record.cell(dimension.code_at), record.cell(dimension.label_at));
            dimension.take(code.trim(), label.trim(), 1, self.limit);
        }
    }

    pub(crate) fn finish(self) -> Vec<DimensionOptions> {
        self.dimensions.into_iter().map(|gathered| gathered.found).collect()
    }
}

struct Gathered {
    label_at: usize,
    code_at: usize,
    places: HashMap<String, usize>,
    /// The option of the row before: tables are often sorted.
    before: usize,
    found: DimensionOptions,
    /// Whether all of it was found before.
    is_known: bool,
}

impl Gathered {
    fn new(name: &str, label_at: usize, code_at: usize) -> Self {
        let found = DimensionOptions { name: name.to_owned(), complete: true, options: Vec::new() };
        Self { label_at, code_at, places: HashMap::new(), before: 0, found, is_known: false }
    }

    fn known(mut found: DimensionOptions, limit: usize) -> Self {
        found.complete &= found.options.len() <= limit;
        found.options.truncate(limit);
        Self { label_at: 0, code_at: 0, places: HashMap::new(), before: 0, found, is_known: true }
    }

    /// Counts so many rows.
    fn take(&mut self, code: &str, label: &str, rows: u64, limit: usize) {
        let code = if code.is_empty() { label } else { code };
        let label = if label.is_empty() { code } else { label };
        if let Some(option) = self.found.options.get_mut(self.before)
            && option.code == code
        {
            option.count += rows;
        } else if let Some(at) = self.places.get(code) {
            self.before = *at;
            if let Some(option) = self.found.options.get_mut(*at) {
                option.count += rows;
            }
        } else if self.found.options.len() < limit {
            self.places.insert(code.to_owned(), self.found.options.len());
            self.found.options.push(OptionCount { code: code.to_owned(), label: label.to_owned(), count: rows });
        } else {
            self.found.complete = false;
        }
    }
}
