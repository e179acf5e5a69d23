//! Line charts of time series.

use std::{collections::BTreeMap, collections::HashMap, ops::ControlFlow};

use domain::table::{Chart, ChartKind, ColumnRole, Marking, NotDrawn, Profile, Series};

use super::{
    MAX_SERIES,
    interval::{self, Bounds, Pair},
    marking, measure,
    selection::{self, Options, Selection},
};
use crate::{
    cells, names,
    period::{self, FORMS, Form, Length, Period},
    rows,
    source::{Refused, Source},
};

/// Periods below which a line says nothing.
const MIN_PERIODS: usize = 3;
/// Figures that observatories write where nothing was measured.
const FILLERS: [f64; 4] = [-99.99, -999.99, -9999.0, -9999.99];
/// What figures are called where the table has no name for them.
const GENERIC: &str = "Value";

/// A series before its periods are lined up: its name, the place of its figures among all, and its rows by the order of their
/// periods.
type Named = (String, usize, BTreeMap<i64, usize>);

/// The cells that a line chart may need, column by column.
struct Gathered {
    periods: Vec<Period>,
    values: Vec<Vec<Option<f64>>>,
    /// What the figures are marked with, like `values`.
    markings: Vec<Vec<Option<Marking>>>,
    dimensions: Vec<Options>,
    pairs: Vec<Pair>,
    /// What stands in each of `pairs`, row by row.
    bounds: Vec<Vec<Bounds>>,
    /// Which of `pairs` bounds each of the figures.
    bounded_by: Vec<Option<usize>>,
}

/// How many cells a chart along this time column looks at.
pub(super) fn cells(profile: &Profile, time: usize) -> u64 {
    let beside = interval::pairs(profile).len() * 2 + marking::columns(profile).len();
    let columns = measure::candidates(profile).len() + dimensions(profile, time).len() + beside + 1;
    profile.rows.saturating_mul(columns as u64)
}

/// Draws the table along one of its time columns.
pub(super) fn draw(source: &dyn Source, profile: &Profile, time: usize) -> Result<Option<Chart>, Refused> {
    let measures = measure::candidates(profile);
    if measures.is_empty() {
        return Ok(None);
    }
    let gathered = gather(source, profile, time, &measures)?;
    Ok(gathered.and_then(|gathered| along(profile, time, &gathered, &measures)))
}

/// Draws the table along one of its time columns with a series for each option of a dimension: the one asked for, by its
/// column's name or heading, or else the first one that leaves one row for each period. The heading of that dimension comes
/// along; without such a dimension figures side by side are the series.
pub(super) fn draw_by(
    source: &dyn Source,
    profile: &Profile,
    time: usize,
    asked: Option<&str>,
) -> Result<Result<(Chart, String), NotDrawn>, Refused> {
    let measures = measure::candidates(profile);
    if measures.is_empty() {
        return Ok(Err(NotDrawn::NoTime));
    }
    let gathered = gather(source, profile, time, &measures)?;
    Ok(gathered.map_or(Err(NotDrawn::NoTime), |gathered| split(profile, time, &gathered, &measures, asked)))
}

fn split(
    profile: &Profile,
    time: usize,
    gathered: &Gathered,
    measures: &[usize],
    asked: Option<&str>,
) -> Result<(Chart, String), NotDrawn> {
    let rows = usual_length(&gathered.periods);
    let ordinals: Vec<i64> = gathered.periods.iter().map(|period| period.ordinal()).collect();
    let dimensions = &gathered.dimensions;
    let is_asked = |dimension: &Options| {
        let column = &profile.columns[dimension.column];
        asked.is_none_or(|asked| column.name == asked || column.label == asked)
    };
    let usable = |at: &usize| {
        let dimension = &dimensions[*at];
        is_asked(dimension) && !dimension.is_unit && dimension.only(&rows).is_none()
    };
    let several: Vec<usize> = (0..dimensions.len()).filter(usable).collect();
    for by in &several {
        let Some(narrowed) = selection::narrow_by(dimensions, &ordinals, rows.clone(), *by) else { continue };
        let series = series(profile, gathered, &narrowed, measures).ok_or(NotDrawn::NoTime)?;
        let chart = assemble(profile, time, gathered, &narrowed, series).ok_or(NotDrawn::NoTime)?;
        return Ok((chart, dimensions[*by].label.clone()));
    }
    if !several.is_empty() {
        return Err(NotDrawn::Several);
    }
    if asked.is_some() {
        return Err(NotDrawn::OnlyOne);
    }
    let chart = along(profile, time, gathered, measures).ok_or(NotDrawn::NoTime)?;
    Ok((chart, String::new()))
}

fn along(profile: &Profile, time: usize, gathered: &Gathered, measures: &[usize]) -> Option<Chart> {
    let rows = usual_length(&gathered.periods);
    let ordinals: Vec<i64> = gathered.periods.iter().map(|period| period.ordinal()).collect();
    let narrowed = selection::narrow(&gathered.dimensions, &ordinals, rows, MAX_SERIES)?;
    let series = series(profile, gathered, &narrowed, measures)?;
    assemble(profile, time, gathered, &narrowed, series)
}

fn dimensions(profile: &Profile, time: usize) -> Vec<Options> {
    profile
        .columns
        .iter()
        .enumerate()
        .filter(|(at, column)| *at != time && (column.role == ColumnRole::Dimension || is_unit(&column.label)))
        .map(|(at, column)| Options::new(at, &column.label, is_unit(&column.label)))
        .collect()
}

fn gather(
    source: &dyn Source,
    profile: &Profile,
    time: usize,
    measures: &[usize],
) -> Result<Option<Gathered>, Refused> {
    let mut times = Options::new(time, "", false);
    let mut values = vec![Vec::new(); measures.len()];
    let mut markings = vec![Vec::new(); measures.len()];
    let (pairs, marks) = (interval::pairs(profile), marking::columns(profile));
    let mut bounds = vec![Vec::new(); pairs.len()];
    let mut dimensions = dimensions(profile, time);
    rows::each(source, profile, |record| {
        let cell = |at: usize| record.cells.get(at).map_or("", |cell| cell.as_ref());
        if !cells::is_missing(cell(time)) {
            times.push(cell(time));
            for ((at, values), markings) in measures.iter().zip(&mut values).zip(&mut markings) {
                values
                    .push(cells::number_in(cell(*at), profile.decimal_comma).filter(|value| !FILLERS.contains(value)));
                markings.push(marking::of(cell(*at), marks.iter().map(|mark| cell(*mark))));
            }
            for (pair, bounds) in pairs.iter().zip(&mut bounds) {
                bounds.push(pair.read(cell, profile.decimal_comma));
            }
            for dimension in &mut dimensions {
                dimension.push(cell(dimension.column));
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let Some(different) = periods(&times.options) else {
        return Ok(None);
    };
    let mut periods: Vec<Period> = times.cells.iter().map(|code| different[*code as usize]).collect();
    Period::widen(&mut periods);
    let bounding = |(at, values): (&usize, &Vec<Option<f64>>)| {
        interval::of_figures(&pairs, &bounds, &profile.columns[*at].label, values)
    };
    let bounded_by = measures.iter().zip(&values).map(bounding).collect();
    Ok(Some(Gathered { periods, values, markings, dimensions, pairs, bounds, bounded_by }))
}

/// Reads all cells in the one form that fits them; a mixture settled by the profile is ISO and day first.
fn periods(cells: &[String]) -> Option<Vec<Period>> {
    let common = cells.iter().fold(u16::MAX, |bits, cell| bits & period::forms(cell));
    match FORMS.into_iter().find(|form| common & *form as u16 != 0) {
        Some(form) => cells.iter().map(|cell| period::read(cell, form)).collect(),
        None => cells
            .iter()
            .map(|cell| period::read(cell, Form::IsoDate).or_else(|| period::read(cell, Form::DayFirst)))
            .collect(),
    }
}

/// The rows with the commonest length of period, the shorter length in a tie.
fn usual_length(periods: &[Period]) -> Vec<usize> {
    let mut counts: HashMap<Length, usize> = HashMap::new();
    for period in periods {
        *counts.entry(period.length).or_default() += 1;
    }
    let usual = counts.into_iter().map(|(length, count)| (count, length)).max().map(|(_, length)| length);
    (0..periods.len()).filter(|row| Some(periods[*row].length) == usual).collect()
}

/// The series: the options left in one dimension, or the figures side by side, or the one figure.
fn series(profile: &Profile, gathered: &Gathered, narrowed: &Selection, measures: &[usize]) -> Option<Vec<Named>> {
    let line = |keep: &dyn Fn(usize) -> bool| -> BTreeMap<i64, usize> {
        let rows = narrowed.rows.iter().copied().filter(|row| keep(*row));
        rows.map(|row| (gathered.periods[row].ordinal(), row)).collect()
    };
    let last = measures.len() - 1;
    let mut series: Vec<Named> = match narrowed.by {
        Some(by) => {
            let dimension = &gathered.dimensions[by];
            (0..)
                .zip(&dimension.options)
                .map(|(code, option)| (option.clone(), last, line(&|row| dimension.cells[row] == code)))
                .collect()
        }
        None if narrowed.chosen.is_empty() && measures.len() > 1 && alike(&gathered.values) => (0..measures.len())
            .take(MAX_SERIES)
            .map(|measure| (profile.columns[measures[measure]].label.clone(), measure, line(&|_| true)))
            .collect(),
        None => vec![(profile.columns[measures[last]].label.clone(), last, line(&|_| true))],
    };
    series.retain(|(_, measure, rows)| rows.values().any(|row| gathered.values[*measure][*row].is_some()));
    (!series.is_empty()).then_some(series)
}

/// Whether figures are of one size, so that they can share an axis.
fn alike(values: &[Vec<Option<f64>>]) -> bool {
    let sizes: Vec<f64> = values
        .iter()
        .map(|column| {
            let known = column.iter().flatten();
            let (sum, count) = known.fold((0.0, 0.0), |(sum, count), value| (sum + value.abs(), count + 1.0));
            sum / f64::max(count, 1.0)
        })
        .collect();
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let smallest = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    smallest > 0.0 && largest / smallest < 20.0
}

fn assemble(
    profile: &Profile,
    time: usize,
    gathered: &Gathered,
    narrowed: &Selection,
    mut series: Vec<Named>,
) -> Option<Chart> {
    let mut axis: BTreeMap<i64, Period> = BTreeMap::new();
    for row in &narrowed.rows {
        axis.insert(gathered.periods[*row].ordinal(), gathered.periods[*row]);
    }
    if axis.len() < MIN_PERIODS {
        return None;
    }
    let side_by_side = narrowed.by.is_none() && series.len() > 1;
    let title = title(profile, gathered, narrowed, side_by_side);
    if series.len() == 1
        && let Some((label, ..)) = series.first_mut()
    {
        label.clone_from(&title);
    }
    Some(Chart {
        title,
        unit: unit(gathered, narrowed),
        kind: ChartKind::Line,
        x_label: profile.columns[time].label.clone(),
        x: axis.values().map(|period| period.label()).collect(),
        positions: axis.values().map(|period| period.position()).collect(),
        selection: chosen(gathered, narrowed),
        series: series.into_iter().map(|one| lined_up(gathered, one, &axis)).collect(),
        panels: None,
        ghost: None,
    })
}

/// A series with what stands in its row for each period of the axis.
fn lined_up(gathered: &Gathered, (label, measure, rows): Named, axis: &BTreeMap<i64, Period>) -> Series {
    let rows: Vec<Option<usize>> = axis.keys().map(|ordinal| rows.get(ordinal).copied()).collect();
    let marked = |(at, row): (usize, &Option<usize>)| Some((at, gathered.markings[measure][(*row)?]?));
    let bounds = |pair: usize| -> Vec<Bounds> { rows.iter().map(|row| gathered.bounds[pair][(*row)?]).collect() };
    Series {
        label,
        values: rows.iter().map(|row| gathered.values[measure][(*row)?]).collect(),
        interval: gathered.bounded_by[measure].and_then(|pair| gathered.pairs[pair].interval(bounds(pair))),
        markings: rows.iter().enumerate().filter_map(marked).collect(),
    }
}

/// The heading of the figures or, where it says nothing, the name that a dimension gives them.
fn title(profile: &Profile, gathered: &Gathered, narrowed: &Selection, side_by_side: bool) -> String {
    let measures = measure::candidates(profile);
    let columns: Vec<_> = measures.iter().map(|at| &profile.columns[*at]).collect();
    if let [.., column] = columns.as_slice()
        && !measure::is_generic(column)
    {
        return if side_by_side { GENERIC.to_owned() } else { column.label.clone() };
    }
    let only = |at: usize| {
        let dimension = &gathered.dimensions[at];
        dimension.only(&narrowed.rows).filter(|option| !dimension.is_unit && !selection::is_plain_total(option))
    };
    let named = (0..gathered.dimensions.len()).find_map(|at| {
        let slug = names::slug(&gathered.dimensions[at].label);
        ["series", "indicator", "aggregate", "measure", "measure-type"]
            .contains(&slug.as_str())
            .then(|| only(at))
            .flatten()
    });
    named.or_else(|| narrowed.chosen.iter().rev().find_map(|(at, _)| only(*at))).unwrap_or(GENERIC).to_owned()
}

fn chosen(gathered: &Gathered, narrowed: &Selection) -> Vec<String> {
    narrowed
        .chosen
        .iter()
        .filter(|(at, _)| !gathered.dimensions[*at].is_unit)
        .map(|(at, code)| (&gathered.dimensions[*at], *code as usize))
        .filter(|(dimension, code)| !selection::is_whole(&dimension.options[*code]))
        .map(|(dimension, code)| format!("{}: {}", dimension.label, dimension.options[code]))
        .collect()
}

fn unit(gathered: &Gathered, narrowed: &Selection) -> Option<String> {
    let only = |wanted: &dyn Fn(&str) -> bool| {
        gathered
            .dimensions
            .iter()
            .find(|dimension| dimension.is_unit && wanted(&names::slug(&dimension.label)))
            .and_then(|dimension| dimension.only(&narrowed.rows))
            .filter(|option| !cells::is_missing(option))
    };
    let unit = only(&|slug| slug != "unit-multiplier")?;
    match only(&|slug| slug == "unit-multiplier") {
        Some(multiplier) if !multiplier.eq_ignore_ascii_case("units") && unit.eq_ignore_ascii_case("number") => {
            Some(multiplier.to_owned())
        }
        Some(multiplier) if !multiplier.eq_ignore_ascii_case("units") => {
            Some(format!("{unit} ({})", multiplier.to_lowercase()))
        }
        _ => Some(unit.to_owned()),
    }
}

fn is_unit(label: &str) -> bool {
    matches!(names::slug(label).as_str(), "unit" | "units" | "unit-measure" | "unit-of-measure" | "unit-multiplier")
}
