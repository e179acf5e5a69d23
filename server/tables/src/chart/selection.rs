//! Narrows the rows of a table by taking the totals of its dimensions.

use std::collections::{HashMap, HashSet};

use domain::table::wholeness;

/// A column whose cells are options, each stored once.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub column: usize,
    pub label: String,
    /// Whether it says the unit, so that different options must not share an axis.
    pub is_unit: bool,
    pub options: Vec<String>,
    codes: HashMap<String, u32>,
    pub cells: Vec<u32>,
}

impl Options {
    pub(super) fn new(column: usize, label: &str, is_unit: bool) -> Self {
        Self { column, label: label.to_owned(), is_unit, ..Self::default() }
    }

    pub(super) fn push(&mut self, cell: &str) {
        let cell = cell.trim();
        let code = match self.codes.get(cell) {
            Some(code) => *code,
            None => {
                let code = u32::try_from(self.options.len()).unwrap_or(u32::MAX);
                self.options.push(cell.to_owned());
                self.codes.insert(cell.to_owned(), code);
                code
            }
        };
        self.cells.push(code);
    }

    /// The options among these rows with their number of rows, in the order of the file.
    fn among(&self, rows: &[usize]) -> Vec<(u32, usize)> {
        let mut counts = vec![0_usize; self.options.len()];
        for row in rows {
            counts[self.cells[*row] as usize] += 1;
        }
        (0..).zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    /// The only option among these rows.
    pub(super) fn only(&self, rows: &[usize]) -> Option<&str> {
        match self.among(rows).as_slice() {
            [(code, _)] => Some(&self.options[*code as usize]),
            _ => None,
        }
    }
}

/// What is left to draw: rows, and the dimension whose options are the series, if more than one is left.
#[derive(Debug)]
pub(super) struct Selection {
    pub rows: Vec<usize>,
    pub by: Option<usize>,
    /// Dimensions in which a choice was made, with the option taken.
    pub chosen: Vec<(usize, u32)>,
}

/// Takes totals until every period stands once, or once in each of at most `most` series.
pub(super) fn narrow(dimensions: &[Options], periods: &[i64], rows: Vec<usize>, most: usize) -> Option<Selection> {
    let mut selection = Selection { rows, by: None, chosen: Vec::new() };
    let whole = distinct(&selection.rows, |row| periods[row]);
    for at in 0..dimensions.len() {
        if let Some(code) = total(&dimensions[at], periods, &selection.rows, whole) {
            keep(dimensions, &mut selection, at, code);
        }
    }
    // Neither different units nor different measures can share an axis.
    for at in (0..dimensions.len()).filter(|at| dimensions[*at].is_unit) {
        keep_largest(dimensions, &mut selection, at);
    }
    if finish(dimensions, periods, &mut selection, most) {
        return Some(selection);
    }
    for at in (0..dimensions.len()).filter(|at| names_measure(&dimensions[*at].label)) {
        keep_largest(dimensions, &mut selection, at);
    }
    finish(dimensions, periods, &mut selection, most).then_some(selection)
}

/// Takes totals of all dimensions but one until every period stands once in each option of that one.
pub(super) fn narrow_by(dimensions: &[Options], periods: &[i64], rows: Vec<usize>, by: usize) -> Option<Selection> {
    let mut selection = Selection { rows, by: Some(by), chosen: Vec::new() };
    let others = || (0..dimensions.len()).filter(|at| *at != by);
    let is_clear = |rows: &[usize]| distinct(rows, |row| (periods[row], dimensions[by].cells[row])) == rows.len();
    // Neither different units nor different measures can share an axis.
    for at in others().filter(|at| dimensions[*at].is_unit) {
        keep_largest(dimensions, &mut selection, at);
    }
    let whole = distinct(&selection.rows, |row| periods[row]);
    for at in others() {
        if is_clear(&selection.rows) {
            break;
        }
        if let Some(code) = total(&dimensions[at], periods, &selection.rows, whole) {
            keep(dimensions, &mut selection, at, code);
        }
    }
    for at in others().filter(|at| names_measure(&dimensions[*at].label)) {
        if !is_clear(&selection.rows) {
            keep_largest(dimensions, &mut selection, at);
        }
    }
    is_clear(&selection.rows).then_some(selection)
}

/// Whether an option stands for the whole, or for much of it, so that it cannot be stacked beside its parts.
pub(super) fn is_total(option: &str) -> bool {
    wholeness(option) > 0
}

fn names_measure(label: &str) -> bool {
    matches!(label.to_lowercase().as_str(), "measure" | "measure type" | "series" | "indicator")
}

fn keep_largest(dimensions: &[Options], selection: &mut Selection, at: usize) {
    let options = dimensions[at].among(&selection.rows);
    if options.len() > 1
        && let Some((code, _)) = options.iter().rev().max_by_key(|(_, count)| *count)
    {
        keep(dimensions, selection, at, *code);
    }
}

fn keep(dimensions: &[Options], selection: &mut Selection, at: usize, code: u32) {
    selection.rows.retain(|row| dimensions[at].cells[*row] == code);
    selection.chosen.push((at, code));
}

/// Whether the rows can be drawn; sets the dimension of the series where one is left.
fn finish(dimensions: &[Options], periods: &[i64], selection: &mut Selection, most: usize) -> bool {
    let rows = &selection.rows;
    if distinct(rows, |row| periods[row]) == rows.len() {
        return true;
    }
    let by = (0..dimensions.len()).find(|at| {
        let options = dimensions[*at].among(rows).len();
        (2..=most).contains(&options) && distinct(rows, |row| (periods[row], dimensions[*at].cells[row])) == rows.len()
    });
    selection.by = by;
    by.is_some()
}

/// The option that stands for the whole, if it covers most periods.
fn total(dimension: &Options, periods: &[i64], rows: &[usize], whole: usize) -> Option<u32> {
    let options = dimension.among(rows);
    if options.len() < 2 {
        return None;
    }
    let mut best: Option<(u32, u8, usize)> = None;
    for (code, _) in options {
        let name = &dimension.options[code as usize];
        let score = wholeness(name);
        if score == 0 || best.is_some_and(|(_, top, length)| (score, length) <= (top, name.len())) {
            continue;
        }
        let mine: Vec<usize> = rows.iter().copied().filter(|row| dimension.cells[*row] == code).collect();
        if distinct(&mine, |row| periods[row]) * 10 >= whole * 6 {
            best = Some((code, score, name.len()));
        }
    }
    best.map(|(code, _, _)| code)
}

/// Whether the option is "all" or nothing, which needs no telling.
pub(super) fn is_whole(option: &str) -> bool {
    wholeness(option) == 3
}

/// Whether the option says no more than that it is the whole.
pub(super) fn is_plain_total(option: &str) -> bool {
    matches!(wholeness(option), 1 | 3)
}

fn distinct<K: std::hash::Hash + Eq>(rows: &[usize], key: impl Fn(usize) -> K) -> usize {
    rows.iter().map(|row| key(*row)).collect::<HashSet<_>>().len()
}
