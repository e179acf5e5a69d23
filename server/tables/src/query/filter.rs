//! The tests that rows must pass.

use std::collections::HashSet;

use arrow::array::Array;
use domain::selection::Selection;
use domain::table::ColumnKind;

use super::times;
use crate::cells;
use crate::period::Form;
use crate::table::{Cells, Chunk, Number, Table, TableError};

/// All tests of a selection; a row must pass every one.
pub(crate) struct Filter {
    pub tests: Vec<Test>,
}

/// One test of the rows, by the column it is about.
pub(crate) struct Test {
    pub column: usize,
    kind: Kind,
}

enum Kind {
    Options(Options),
    Days { from: i64, to: i64, form: Option<Form> },
    Numbers { from: f64, to: f64 },
    Nothing,
}

/// The options of a dimension of which a row has to have one.
struct Options {
    /// The column of its codes, or the dimension itself.
    code: usize,
    words: HashSet<String>,
    /// Whether blank cells are wanted: rows with neither a code nor a label.
    blank: bool,
}

impl Options {
    fn new(code: usize, named: &[String]) -> Self {
        let is_blank = |word: &&String| word.trim().is_empty();
        let words = named.iter().filter(|word| !is_blank(word)).cloned().collect();
        Self { code, words, blank: named.iter().any(|word| is_blank(&word)) }
    }

    /// Whether a code or a label is named.
    fn names(&self, text: &str) -> bool {
        self.words.contains(text) || self.words.contains(text.trim())
    }

    /// The same of a cell beside which nothing else says what the row has.
    fn fits(&self, text: &str) -> bool {
        self.names(text) || (self.blank && text.trim().is_empty())
    }
}

impl Filter {
    pub(crate) fn new(table: &Table, selection: &Selection) -> Result<Self, TableError> {
        let mut tests = Vec::new();
        for filter in &selection.dimensions {
            let test = table.find(&filter.name).map(|column| Test {
                column,
                kind: Kind::Options(Options::new(table.code_of(column), &filter.options)),
            });
            tests.push(test.unwrap_or(Test { column: usize::MAX, kind: Kind::Nothing }));
        }
        for range in &selection.ranges {
            let Some(column) = table.find(&range.name) else {
                tests.push(Test { column: usize::MAX, kind: Kind::Nothing });
                continue;
            };
            let (from, to) = (range.from.as_deref(), range.to.as_deref());
            let kind = match table.columns()[column].kind {
                ColumnKind::Integer | ColumnKind::Number => {
                    let number = |text: Option<&str>, open| text.map_or(Some(open), cells::number);
                    match (number(from, f64::NEG_INFINITY), number(to, f64::INFINITY)) {
                        (Some(from), Some(to)) => Kind::Numbers { from, to },
                        _ => Kind::Nothing,
                    }
                }
                ColumnKind::Time => {
                    let form = times::form_of(table.forms(column)?);
                    let first = from
                        .map_or(Some(i64::MIN), |text| times::bound(text, form).map(crate::period::Period::ordinal));
                    let last = to.map_or(Some(i64::MAX), |text| times::bound(text, form).map(times::last_day));
                    match (first, last) {
                        (Some(from), Some(to)) => Kind::Days { from, to, form },
                        _ => Kind::Nothing,
                    }
                }
                ColumnKind::Text => Kind::Nothing,
            };
            tests.push(Test { column, kind });
        }
        Ok(Self { tests })
    }

    /// The columns that the tests look at.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.tests.iter().flat_map(Test::columns)
    }

    /// Whether a row group may hold rows that pass, by what the file says without its rows.
    pub(crate) fn may_pass(&self, table: &Table, group: usize) -> Result<bool, TableError> {
        for test in &self.tests {
            if !test.may_pass(table, group)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of a chunk that pass, counted from `base`.
    pub(crate) fn picks(&self, table: &Table, chunk: &Chunk, base: u32, into: &mut Vec<u32>) {
        let mut passed = vec![true; chunk.rows];
        for test in &self.tests {
            test.narrow(table, chunk, &mut passed);
        }
        into.extend((base..).zip(&passed).filter(|(_, passed)| **passed).map(|(row, _)| row));
    }
}

impl Test {
    fn columns(&self) -> Vec<usize> {
        match &self.kind {
            Kind::Options(options) => vec![self.column, options.code],
            Kind::Days { .. } | Kind::Numbers { .. } => vec![self.column],
            Kind::Nothing => Vec::new(),
        }
    }

    fn may_pass(&self, table: &Table, group: usize) -> Result<bool, TableError> {
        if table.in_memory(group).is_some() {
            return Ok(true);
        }
        let kind = |at: usize| table.columns()[at].kind;
        match &self.kind {
            Kind::Options(options) => {
                for at in [self.column, options.code] {
                    if kind(at).is_numeric() || table.any_value(group, at, |text| options.fits(text))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Kind::Days { .. } => table.any_value(group, self.column, |text| self.fits(text)),
            Kind::Numbers { from, to } => {
                Ok(table.bounds(group, self.column).is_none_or(|(least, greatest)| least <= *to && greatest >= *from))
            }
            Kind::Nothing => Ok(false),
        }
    }

    /// Whether the text of a cell passes.
    fn fits(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Options(options) => options.fits(text),
            Kind::Days { from, to, form } => {
                times::first_day(text, *form).is_some_and(|day| day >= *from && day <= *to)
            }
            Kind::Numbers { .. } | Kind::Nothing => false,
        }
    }

    /// Strikes the rows that do not pass.
    pub(super) fn narrow(&self, table: &Table, chunk: &Chunk, passed: &mut [bool]) {
        match &self.kind {
            Kind::Nothing => passed.fill(false),
            Kind::Numbers { from, to } => {
                let inside = |number: f64| number >= *from && number <= *to;
                for (row, passed) in passed.iter_mut().enumerate() {
                    *passed &= chunk.number(self.column, row).map(Number::value).is_some_and(inside);
                }
            }
            Kind::Options(options) if options.code != self.column => {
                let places = [self.column, options.code];
                let mut either = vec![false; passed.len()];
                for at in places {
                    let mut these = vec![true; passed.len()];
                    narrow_by(table, chunk, at, &mut these, |text| options.names(text));
                    either.iter_mut().zip(these).for_each(|(either, this)| *either |= this);
                }
                if options.blank {
                    let mut both = vec![true; passed.len()];
                    for at in places {
                        narrow_by(table, chunk, at, &mut both, |text| text.trim().is_empty());
                    }
                    either.iter_mut().zip(both).for_each(|(either, both)| *either |= both);
                }
                passed.iter_mut().zip(either).for_each(|(passed, either)| *passed &= either);
            }
            Kind::Options(_) | Kind::Days { .. } => {
                narrow_by(table, chunk, self.column, passed, |text| self.fits(text));
            }
        }
    }
}

/// Strikes the rows whose cell of a column does not fit.
fn narrow_by(table: &Table, chunk: &Chunk, at: usize, passed: &mut [bool], fits: impl Fn(&str) -> bool) {
    if let Some(Cells::Dictionary { keys, nulls: None, values }) = chunk.field(at) {
        // Beyond the rows that are left, looking at each distinct value would be the greater work.
        if values.len() <= passed.len().saturating_mul(4) {
            let fits: Vec<bool> = values.iter().map(|text| text.is_some_and(&fits)).collect();
            for (passed, key) in passed.iter_mut().zip(keys.iter()) {
                *passed &= usize::try_from(*key).ok().and_then(|key| fits.get(key)).copied().unwrap_or(false);
            }
            return;
        }
    }
    for (row, passed) in passed.iter_mut().enumerate() {
        *passed = *passed && chunk.with_cell(table, at, row, &fits);
    }
}
