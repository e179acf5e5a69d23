//! Bar charts of short lists.

use std::{collections::HashSet, ops::ControlFlow};

use domain::table::{Chart, ChartKind, ColumnKind, ColumnRole, Profile, Series};

use super::{interval, marking, measure};
use crate::source::{Refused, Source};
use crate::{cells, column::is_time_heading, rows};

/// Bars that one chart may hold.
const MAX_BARS: u64 = 40;

/// Figures that stand side by side in a table too wide for bars.
const MAX_MEASURES: usize = 5;

/// Draws the figures over a column of names that all differ.
pub(super) fn draw(source: &dyn Source, profile: &Profile) -> Result<Option<Chart>, Refused> {
    let measures = measure::candidates(profile);
    if !(2..=MAX_BARS).contains(&profile.rows) || measures.len() > MAX_MEASURES {
        return Ok(None);
    }
    let mut table: Vec<Vec<String>> = Vec::new();
    rows::each(source, profile, |record| {
        table.push(record.cells.iter().map(|cell| cell.trim().to_owned()).collect());
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(over_names(&table, profile, &measures))
}

fn over_names(table: &[Vec<String>], profile: &Profile, measures: &[usize]) -> Option<Chart> {
    let measure = *measures.last()?;
    let label = label(profile, table)?;
    // A number before the names is a key, not a figure.
    if measure < label && !measure::is_generic(&profile.columns[measure]) {
        return None;
    }
    let values: Vec<Option<f64>> =
        table.iter().map(|row| cells::number_in(&cell(row, measure), profile.decimal_comma)).collect();
    if values.iter().flatten().count() * 2 < values.len() {
        return None;
    }
    Some(Chart {
        title: profile.columns[measure].label.clone(),
        unit: None,
        kind: ChartKind::Bar,
        x_label: profile.columns[label].label.clone(),
        x: table.iter().map(|row| cell(row, label)).collect(),
        positions: (0_u32..).take(table.len()).map(f64::from).collect(),
        selection: Vec::new(),
        series: vec![series(table, profile, measure, values)],
        panels: None,
        ghost: None,
    })
}

/// The figures with their bounds and markings.
fn series(table: &[Vec<String>], profile: &Profile, measure: usize, values: Vec<Option<f64>>) -> Series {
    let pairs = interval::pairs(profile);
    let of_pair = |pair: &interval::Pair| -> Vec<interval::Bounds> {
        table.iter().map(|row| pair.read(|at| text(row, at), profile.decimal_comma)).collect()
    };
    let mut bounds: Vec<Vec<interval::Bounds>> = pairs.iter().map(of_pair).collect();
    let label = profile.columns[measure].label.clone();
    let pair = interval::of_figures(&pairs, &bounds, &label, &values);
    let marks = marking::columns(profile);
    let marking = |row: &Vec<String>| marking::of(text(row, measure), marks.iter().map(|at| text(row, *at)));
    Series {
        markings: table.iter().enumerate().filter_map(|(at, row)| Some((at, marking(row)?))).collect(),
        interval: pair.and_then(|at| pairs[at].interval(bounds.swap_remove(at))),
        label,
        values,
    }
}

/// The first column of names whose cells all differ, before a column of codes.
fn label(profile: &Profile, table: &[Vec<String>]) -> Option<usize> {
    let differ = |at: usize| {
        let cells: HashSet<String> = table.iter().map(|row| cell(row, at)).filter(|cell| !cell.is_empty()).collect();
        cells.len() == table.len()
    };
    let usable: Vec<usize> = (0..profile.columns.len())
        .filter(|at| {
            let column = &profile.columns[*at];
            column.kind == ColumnKind::Text
                && column.role == ColumnRole::Dimension
                && !is_time_heading(&column.label)
                && differ(*at)
        })
        .collect();
    let is_code = |at: usize| {
        let label = profile.columns[at].label.to_lowercase();
        ["code", "cd", "id"].iter().any(|ending| label.ends_with(ending))
    };
    usable.iter().copied().find(|at| !is_code(*at)).or_else(|| usable.first().copied())
}

fn cell(row: &[String], at: usize) -> String {
    text(row, at).to_owned()
}

fn text(row: &[String], at: usize) -> &str {
    row.get(at).map_or("", String::as_str)
}
