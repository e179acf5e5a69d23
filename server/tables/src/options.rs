//! What the dimensions of a table hold, and how often.

use std::collections::HashMap;
use std::ops::ControlFlow;

use domain::table::{Column, ColumnRole, DimensionOptions, OptionCount, Profile};

use crate::profile::v4_marks;
use crate::{encoding, names, rows};

/// The options of every dimension, in the order in which the table first names them.
///
/// Beyond `limit` options of one dimension the rest is left out, and the dimension says that it is not complete.
/// Blank cells are no option. A code is taken from the column of codes where the table has one, else it is the label.
#[must_use]
pub fn options(bytes: &[u8], profile: &Profile, limit: usize) -> Vec<DimensionOptions> {
    let mut gathered: Vec<Gathered> = profile
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.role == ColumnRole::Dimension)
        .map(|(at, column)| Gathered::new(&column.name, at, codes_of(&profile.columns, at)))
        .collect();
    if profile.rows == 0 || gathered.is_empty() {
        return gathered.into_iter().map(|g| g.found).collect();
    }
    let text = encoding::decode_as(bytes, &profile.encoding);
    rows::each(&text, profile, |record| {
        for dimension in &mut gathered {
            let cell = |at: usize| record.cells.get(at).map_or("", |cell| cell.trim());
            dimension.take(cell(dimension.code_at), cell(dimension.label_at), limit);
        }
        ControlFlow::Continue(())
    });
    gathered.into_iter().map(|g| g.found).collect()
}

struct Gathered {
    label_at: usize,
    code_at: usize,
    places: HashMap<String, usize>,
    found: DimensionOptions,
}

impl Gathered {
    fn new(name: &str, label_at: usize, code_at: usize) -> Self {
        let found = DimensionOptions { name: name.to_owned(), complete: true, options: Vec::new() };
        Self { label_at, code_at, places: HashMap::new(), found }
    }

    fn take(&mut self, code: &str, label: &str, limit: usize) {
        let code = if code.is_empty() { label } else { code };
        if code.is_empty() {
            return;
        }
        if let Some(at) = self.places.get(code) {
            if let Some(option) = self.found.options.get_mut(*at) {
                option.count += 1;
            }
        } else if self.found.options.len() < limit {
            self.places.insert(code.to_owned(), self.found.options.len());
            self.found.options.push(OptionCount { code: code.to_owned(), label: label.to_owned(), count: 1 });
        } else {
            self.found.complete = false;
        }
    }
}

/// The column that holds the codes of a dimension's labels, or the dimension itself.
pub(crate) fn codes_of(columns: &[Column], at: usize) -> usize {
    let first = columns.first().map_or("", |column| &column.label);
    if v4_marks(first).is_some() {
        return at.saturating_sub(1);
    }
    let wanted = format!("{}-code", names::slug(&columns[at].label));
    columns.iter().position(|column| names::slug(&column.label) == wanted).unwrap_or(at)
}
