//! Chooses what of a table can be drawn as one honest picture.

mod bars;
mod interval;
mod lines;
mod marking;
mod measure;
mod selection;

use domain::table::{Chart, ChartKind, ColumnKind, Drawing, NotDrawn, Profile, Series, panels, parts_of_a_whole};

use crate::source::{Refused, Source};

/// Series that one chart may hold.
const MAX_SERIES: usize = 5;

/// Cells that may be gathered for a chart: what a table of more holds is seldom one honest picture.
const MAX_CELLS: u64 = 4_000_000;

/// A line chart of a time series or a bar chart of a short list; nothing where a choice would be arbitrary.
#[must_use]
pub fn chart(bytes: &[u8], profile: &Profile) -> Option<Chart> {
    draw(&bytes, profile).ok().flatten()
}

/// Draws a table as a reader wants it; `said` is what else is known about its figures, such as their dataset's title and unit.
///
/// # Errors
/// Why it cannot be drawn so.
pub fn chart_as(bytes: &[u8], profile: &Profile, drawing: &Drawing, said: &str) -> Result<Chart, NotDrawn> {
    let unclear = NotDrawn::Unclear;
    let Some(kind) = drawing.kind else { return chart(bytes, profile).ok_or(unclear) };
    let by = drawing.by.as_deref();
    match kind {
        ChartKind::Line => over_time(&bytes, profile, lines::draw).ok().flatten().ok_or(NotDrawn::NoTime),
        ChartKind::Bar => bars::draw(&bytes, profile).ok().flatten().ok_or(NotDrawn::NoNames),
        ChartKind::Area => parts_of_a_whole(without_totals(split(&bytes, profile, by)?.0), said),
        ChartKind::Multiples => {
            let (chart, by) = split(&bytes, profile, by)?;
            panels(chart, &by, drawing.panels)
        }
    }
}

/// A series for each option of a dimension, along the first column of time that allows it; otherwise why the last does not.
fn split(source: &dyn Source, profile: &Profile, by: Option<&str>) -> Result<(Chart, String), NotDrawn> {
    let mut why = NotDrawn::NoTime;
    for time in times(profile) {
        match lines::draw_by(source, profile, time, by) {
            Ok(Ok(drawn)) => return Ok(drawn),
            Ok(Err(reason)) => why = reason,
            Err(_) => {}
        }
    }
    Err(why)
}

/// Leaves out what stands for a whole by its name, as long as at least two parts are left.
fn without_totals(mut chart: Chart) -> Chart {
    let parts: Vec<Series> = chart.series.iter().filter(|one| !selection::is_total(&one.label)).cloned().collect();
    if parts.len() > 1 {
        chart.series = parts;
    }
    chart
}

/// The columns of time whose charts look at no more cells than may be gathered.
fn times(profile: &Profile) -> Vec<usize> {
    let is_time = |at: &usize| profile.columns[*at].kind == ColumnKind::Time;
    (0..profile.columns.len()).filter(is_time).filter(|time| lines::cells(profile, *time) <= MAX_CELLS).collect()
}

/// The first chart along a column of time.
fn over_time(
    source: &dyn Source,
    profile: &Profile,
    draw: impl Fn(&dyn Source, &Profile, usize) -> Result<Option<Chart>, Refused>,
) -> Result<Option<Chart>, Refused> {
    for time in times(profile) {
        if let Some(chart) = draw(source, profile, time)? {
            return Ok(Some(chart));
        }
    }
    Ok(None)
}

/// Draws a table from wherever it is.
pub(crate) fn draw(source: &dyn Source, profile: &Profile) -> Result<Option<Chart>, Refused> {
    if let Some(chart) = over_time(source, profile, lines::draw)? {
        return Ok(Some(chart));
    }
    bars::draw(source, profile)
}
