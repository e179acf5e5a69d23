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
    Options { code: usize, words: HashSet<String> },
    Days { from: i64, to: i64, form: Option<Form> },
    Numbers { from: f64, to: f64 },
    Nothing,
}

impl Filter {
    pub(crate) fn new(table: &Table, selection: &Selection) -> Result<Self, TableError> {
        let mut tests = Vec::new();
        for filter in &selection.dimensions {
            let test = table.find(&filter.name).map(|column| Test {
                column,
                kind: Kind::Options { code: table.code_of(column), words: filter.options.iter().cloned().collect() },
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
            Kind::Options { code, .. } => vec![self.column, *code],
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
            Kind::Options { code, .. } => {
                for at in [self.column, *code] {
                    if kind(at).is_numeric() || table.any_value(group, at, |text| self.fits(text))? {
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
            Kind::Options { words, .. } => words.contains(text) || words.contains(text.trim()),
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
            Kind::Options { code, .. } if *code != self.column => {
                let mut either = vec![false; passed.len()];
                for at in [self.column, *code] {
                    let mut these = vec![true; passed.len()];
                    self.narrow_by(table, chunk, at, &mut these);
                    either.iter_mut().zip(these).for_each(|(either, this)| *either |= this);
                }
                passed.iter_mut().zip(either).for_each(|(passed, either)| *passed &= either);
            }
            Kind::Options { .. } | Kind::Days { .. } => self.narrow_by(table, chunk, self.column, passed),
        }
    }

    fn narrow_by(&self, table: &Table, chunk: &Chunk, at: usize, passed: &mut [bool]) {
        if let Some(Cells::Dictionary { keys, nulls: None, values }) = chunk.field(at) {
            // Beyond the rows that are left, looking at each distinct value would be the greater work.
            if values.len() <= passed.len().saturating_mul(4) {
                let fits: Vec<bool> = values.iter().map(|text| text.is_some_and(|text| self.fits(text))).collect();
                for (passed, key) in passed.iter_mut().zip(keys.iter()) {
                    *passed &= usize::try_from(*key).ok().and_then(|key| fits.get(key)).copied().unwrap_or(false);
                }
                return;
            }
        }
        for (row, passed) in passed.iter_mut().enumerate() {
            *passed = *passed && chunk.with_cell(table, at, row, |text| self.fits(text));
        }
    }
}
