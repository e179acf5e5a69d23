//! The geometry of a line chart.

use domain::table::{Chart, figure};

use super::{
    Size,
    beside::{self, Beside},
    labels::{self, spread, wrap},
    path,
    reading::{self, Reading},
    scale::{Axis, time_ticks},
};

/// Periods above which several lines would only be a tangle.
const TANGLE: usize = 120;
/// Periods shown of a tangle.
const LATEST: usize = 60;

/// The axes of a chart over time; all lengths in units of its view box.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub y_ticks: Vec<(f64, String, bool)>,
    pub x_ticks: Vec<(f64, String)>,
    /// What is told to the script.
    pub reading: Reading,
}

/// A line chart ready to be written down; all lengths in units of its view box.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub frame: Frame,
    pub lines: Vec<Line>,
    pub cut: bool,
    /// Whether the points stand so close that a heavy line would hide them.
    pub crowded: bool,
    /// How many of the latest periods are shown, where not all are.
    pub latest: Option<usize>,
}

/// One line with its name at its end.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub path: String,
    pub end: (f64, f64),
    pub label: Vec<String>,
    /// The baseline of the first line of the label.
    pub label_y: f64,
    pub beside: Beside,
}

/// How many of the latest periods are drawn.
pub(super) fn periods(chart: &Chart) -> usize {
    let all = chart.x.len();
    if chart.series.len() > 1 && all > TANGLE { LATEST } else { all }
}

/// Sets out the chart in a space of this size; nothing where there is no value.
pub(super) fn set_out(chart: &Chart, size: Size) -> Option<Lines> {
    let (all, shown) = (chart.x.len(), periods(chart));
    let positions = chart.positions.get(all - shown..)?;
    let window = |values: &[Option<f64>]| -> Vec<Option<f64>> { values.iter().skip(all - shown).copied().collect() };
    let values: Vec<Vec<Option<f64>>> = chart.series.iter().map(|series| window(&series.values)).collect();
    let (least, greatest) = beside::extent(chart, all - shown)?;
    let axis = Axis::new(least, greatest, false, size.steps);
    let names: Vec<Vec<String>> = chart
        .series
        .iter()
        .zip(&values)
        .map(|(series, values)| {
            if chart.series.len() > 1 {
                wrap(&series.label, size.letters, 3)
            } else {
                values.iter().rev().flatten().next().map(|value| figure(*value)).into_iter().collect()
            }
        })
        .collect();
    let widest = |lines: &mut dyn Iterator<Item = f64>| lines.fold(0.0, f64::max);
    let gutter = widest(&mut axis.ticks.iter().map(|tick| labels::width(&axis.label(*tick), size.font)));
    let margin = widest(&mut names.iter().flatten().map(|line| labels::width(line, size.font)));
    let (left, right) = (gutter + 8.0, size.width - margin - 12.0);
    let (top, bottom) = (size.font, size.height - size.font * 2.2);
    let (first, last) = (*positions.first()?, *positions.last()?);
    let x = |position: f64| left + (position - first) / (last - first).max(f64::EPSILON) * (right - left);
    let y = |value: f64| bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top);
    let places: Vec<f64> = positions.iter().map(|position| x(*position)).collect();
    let mut lines: Vec<Line> = Vec::new();
    for (at, (values, label)) in values.iter().zip(names).enumerate() {
        let points: Vec<(f64, Option<f64>)> =
            places.iter().zip(values).map(|(place, value)| (*place, value.map(y))).collect();
        if let Some(end) = points.iter().rev().find_map(|(x, y)| y.map(|y| (*x, y))) {
            let beside = beside::of_series(chart, at, (all - shown, &places), &y);
            lines.push(Line { path: path::line(&points), end, label, label_y: end.1, beside });
        }
    }
    place_labels(&mut lines, size, top, bottom);
    let y_ticks = axis.ticks.iter().map(|tick| (y(*tick), axis.label(*tick), tick.abs() < f64::EPSILON)).collect();
    let x_ticks = x_ticks(chart, positions, size, right - left, x);
    Some(Lines {
        frame: Frame {
            left,
            right,
            bottom,
            y_ticks,
            x_ticks,
            reading: reading::of((left, right), (top, bottom), &axis, positions),
        },
        lines,
        cut: axis.is_cut(),
        crowded: positions.len() as f64 > (right - left) * 0.5,
        latest: (shown < all).then_some(shown),
    })
}

fn place_labels(lines: &mut [Line], size: Size, top: f64, bottom: f64) {
    let boxes: Vec<(f64, f64)> =
        lines.iter().map(|line| (line.end.1, line.label.len() as f64 * size.font * 1.2 + 2.0)).collect();
    for (line, middle) in lines.iter_mut().zip(spread(&boxes, top - size.font * 0.6, bottom + size.font * 0.6)) {
        // The baseline of the first of the lines, which stand around the middle.
        line.label_y = middle - (line.label.len() as f64 - 1.0) * size.font * 0.6 + size.font * 0.35;
    }
}

/// Ticks along the bottom: round years or months or, where none fit, the ends.
pub(super) fn x_ticks(
    chart: &Chart,
    positions: &[f64],
    size: Size,
    width: f64,
    x: impl Fn(f64) -> f64,
) -> Vec<(f64, String)> {
    let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
        return Vec::new();
    };
    let letters = if last - first < 3.0 { 9.5 } else { 5.5 };
    let most = (width / (size.font * 0.56 * letters)) as usize;
    let ticks = time_ticks(*first, *last, most);
    if ticks.len() > 1 {
        return ticks.into_iter().map(|(position, label)| (x(position), label)).collect();
    }
    let ends = [chart.x.get(chart.x.len() - positions.len()), chart.x.last()];
    [*first, *last].into_iter().zip(ends).filter_map(|(at, label)| label.map(|label| (x(at), label.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::testing, set_out};
    use crate::chart::{NARROW, WIDE, labels};

    #[test]
    fn everything_stays_in_the_picture() {
        for size in [WIDE, NARROW] {
            for chart in [testing::co2(700), testing::countries(60), testing::countries(1_900)] {
                let drawing = set_out(&chart, size).expect("a drawing");
                let frame = &drawing.frame;
                assert!(frame.left > 0.0 && frame.right < size.width && frame.right - frame.left > size.width * 0.4);
                for line in &drawing.lines {
                    for pair in line.path.split(['M', 'L']).filter(|pair| !pair.is_empty()) {
                        let (x, y) = pair.split_once(',').expect("a pair");
                        let (x, y): (f64, f64) =
                            (x.parse().expect("x"), y.trim_end_matches("h0.1").parse().expect("y"));
                        assert!(x >= frame.left - 0.1 && x <= frame.right + 0.1 && y > 0.0 && y <= frame.bottom + 0.1);
                    }
                    let widest = line.label.iter().map(|text| labels::width(text, size.font)).fold(0.0, f64::max);
                    assert!(frame.right + 8.0 + widest <= size.width);
                    assert!(line.label_y > 0.0 && line.label_y < size.height);
                }
                for (x, label) in &frame.x_ticks {
                    assert!(*x >= frame.left - 0.1 && *x <= frame.right + 0.1, "{label}");
                }
            }
        }
    }

    #[test]
    fn labels_at_the_ends_keep_apart() {
        let drawing = set_out(&testing::countries(60), WIDE).expect("a drawing");
        let mut tops: Vec<f64> = drawing.lines.iter().map(|line| line.label_y).collect();
        tops.sort_by(f64::total_cmp);
        assert!(tops.windows(2).all(|pair| pair[1] - pair[0] >= WIDE.font), "{tops:?}");
    }

    #[test]
    fn a_tangle_is_cut_to_its_latest_periods_and_one_line_is_not() {
        assert_eq!(set_out(&testing::countries(1_900), WIDE).expect("a drawing").latest, Some(60));
        assert_eq!(set_out(&testing::co2(1_900), WIDE).expect("a drawing").latest, None);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let mut chart = testing::co2(3);
        chart.series[0].values = vec![None, None, None];
        assert!(set_out(&chart, WIDE).is_none());
    }
}
