//! A line without axes, to stand beside a headline figure.

use domain::table::{Chart, figure};
use leptos::prelude::*;

use super::path;
use crate::components::written::Written;

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 44.0;
/// Room for the dot at the end of the line.
const ROOM: f64 = 5.0;
/// Periods shown: enough for a shape, few enough to see it.
const PERIODS: usize = 60;

/// The latest sixty periods of the first series as a small line; draws nothing where there are fewer than two values.
#[component]
pub fn Sparkline(
    /// What to draw.
    chart: Chart,
    /// What a listener is told, for example "Unemployment rate since 2010".
    #[prop(into)]
    label: Written,
) -> impl IntoView {
    let shape = shape(&chart)?;
    Some(view! {
        <svg class="sparkline" viewBox=format!("0 0 {WIDTH} {HEIGHT}") width=WIDTH height=HEIGHT role="img" lang=label.lang aria-label=format!("{}: {}", label.text, shape.summary)>
            <line class="sparkline__base" x1="0" x2=WIDTH y1=HEIGHT - 0.5 y2=HEIGHT - 0.5></line>
            <path class="sparkline__line" d=shape.path></path>
            <circle class="sparkline__dot" cx=format!("{:.1}", shape.end.0) cy=format!("{:.1}", shape.end.1) r="3"></circle>
        </svg>
    })
}

struct Shape {
    path: String,
    end: (f64, f64),
    summary: String,
}

/// The latest sixty periods of the first series, each with where it stands and how high its value is, both from 0 to 1; nothing
/// where there are fewer than two values.
pub fn course(chart: &Chart) -> Option<Vec<(f64, Option<f64>)>> {
    let from = chart.x.len().saturating_sub(PERIODS);
    let positions = chart.positions.get(from..)?;
    let values = chart.series.first()?.values.get(from..)?;
    let known = || values.iter().copied().flatten();
    if known().count() < 2 {
        return None;
    }
    let (least, greatest) = (known().reduce(f64::min)?, known().reduce(f64::max)?);
    let (first, last) = (*positions.first()?, *positions.last()?);
    let across = |position: f64| (position - first) / (last - first).max(f64::EPSILON);
    let up = |value: f64| (value - least) / (greatest - least).max(f64::EPSILON);
    Some(positions.iter().zip(values).map(|(position, value)| (across(*position), value.map(up))).collect())
}

fn shape(chart: &Chart) -> Option<Shape> {
    let series = chart.series.first()?;
    let from = chart.x.len().saturating_sub(PERIODS);
    let values = series.values.get(from..)?;
    let known = || chart.x.iter().skip(from).zip(values).filter_map(|(x, value)| value.map(|value| (x, value)));
    let x = |across: f64| ROOM + across * (WIDTH - 2.0 * ROOM);
    let y = |up: f64| HEIGHT - ROOM - up * (HEIGHT - 2.0 * ROOM);
    let points: Vec<(f64, Option<f64>)> =
        course(chart)?.into_iter().map(|(across, up)| (x(across), up.map(y))).collect();
    let end = points.iter().rev().find_map(|(x, y)| y.map(|y| (*x, y)))?;
    let ((start, was), (latest, is)) = (known().next()?, known().next_back()?);
    let summary = format!("{start} {}, {latest} {}", figure(was), figure(is));
    Some(Shape { path: path::line(&points), end, summary })
}

#[cfg(test)]
mod tests {
    use super::{super::testing, HEIGHT, PERIODS, WIDTH, shape};

    #[test]
    fn the_line_stays_in_its_box_and_shows_the_latest_periods() {
        let shape = shape(&testing::co2(700)).expect("a shape");
        assert!(shape.end.0 <= WIDTH - 3.0 && shape.end.1 >= 3.0 && shape.end.1 <= HEIGHT - 3.0);
        assert!(shape.path.matches(['M', 'L']).count() <= PERIODS);
        assert!(shape.summary.starts_with("2011-05"), "{}", shape.summary);
    }

    #[test]
    fn one_value_is_no_line() {
        assert!(shape(&testing::co2(1)).is_none());
    }
}
