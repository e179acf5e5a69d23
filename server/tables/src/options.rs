//! What the dimensions of a table hold, and how often.

use std::ops::ControlFlow;

use domain::table::{Column, ColumnRole, DimensionOptions, OptionCount, Profile};
use hashbrown::HashMap;

use crate::profile::v4_marks;
use crate::records::Record;
use crate::source::{Refused, Source};
use crate::{names, rows};

/// The options of every dimension of a table in memory, in the order in which the table first names them.
///
/// Beyond `limit` options of one dimension the rest is left out, and the dimension says that it is not complete.
/// Blank cells are no option. A code is taken from the column of codes where the table has one, else it is the label.
#[must_use]
pub fn options(bytes: &[u8], profile: &Profile, limit: usize) -> Vec<DimensionOptions> {
    // Memory can always be read, and a record that cannot be was told when the profile was made.
    all(&bytes, profile, limit).unwrap_or_default()
}

fn all(source: &dyn Source, profile: &Profile, limit: usize) -> Result<Vec<DimensionOptions>, Refused> {
    let mut gathering = Gathering::new(profile, Vec::new(), limit);
    rows::each(source, profile, |record| {
        gathering.take(record);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(gathering.finish())
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
    /// Waits for the first row; what is `known` of a column is not gathered again.
    pub(crate) fn new(profile: &Profile, known: Vec<Option<DimensionOptions>>, limit: usize) -> Self {
        let known = known.into_iter().chain(std::iter::repeat_with(|| None));
        let codes = codes_of(&profile.columns);
        let dimensions = profile
            .columns
            .iter()
            .zip(codes)
            .enumerate()
            .zip(known)
            .filter(|((_, (column, _)), _)| column.role == ColumnRole::Dimension)
            .map(|((at, (column, code)), known)| match known {
                Some(known) => Gathered::known(known, limit),
                None => Gathered::new(&column.name, at, code),
            })
            .collect();
        Self { dimensions, limit }
    }

    pub(crate) fn take(&mut self, record: &Record<'_>) {
        for dimension in self.dimensions.iter_mut().filter(|dimension| !dimension.is_known) {
            let cell = |at: usize| record.cells.get(at).map_or("", |cell| cell.trim());
            dimension.take(cell(dimension.code_at), cell(dimension.label_at), 1, self.limit);
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
        if code.is_empty() {
            return;
        }
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

/// For each column the one that holds its codes, or itself; each heading is looked at once, as a table may have very many.
pub(crate) fn codes_of(columns: &[Column]) -> Vec<usize> {
    let first = columns.first().map_or("", |column| &column.label);
    if v4_marks(first).is_some() {
        return (0..columns.len()).map(|at| at.saturating_sub(1)).collect();
    }
    let slugs: Vec<String> = columns.iter().map(|column| names::slug(&column.label)).collect();
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(slugs.len());
    for (at, slug) in slugs.iter().enumerate() {
        places.entry(slug.as_str()).or_insert(at);
    }
    let code = |(at, slug): (usize, &String)| places.get(format!("{slug}-code").as_str()).copied().unwrap_or(at);
    slugs.iter().enumerate().map(code).collect()
}
