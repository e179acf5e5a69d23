//! The geometry of a stacked area chart: the parts of a whole over time, one band upon the other.

use domain::table::Chart;

use super::{
    Size,
    labels::{self, spread, wrap},
    lines::{self, x_ticks},
    path, reading,
    scale::Axis,
};

/// A stack ready to be written down; all lengths in units of its view box.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    pub frame: lines::Frame,
    /// The bands from the lowest to the highest.
    pub bands: Vec<Band>,
    /// The least and the greatest sum of all parts.
    pub sums: (f64, f64),
    /// Whether periods are left out because a part has no value in them.
    pub gaps: bool,
}

/// One band with its name at its end.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub path: String,
    /// The middle of the band at its end.
    pub end: (f64, f64),
    pub label: Vec<String>,
    /// The baseline of the first line of the label.
    pub label_y: f64,
}

/// Sets out the stack in a space of this size; nothing where no period has a value of every part.
pub(super) fn set_out(chart: &Chart, size: Size) -> Option<Stack> {
    // Where a part has no value the sum is not known, and nothing is drawn.
    let tops: Vec<Option<Vec<f64>>> = (0..chart.x.len()).map(|at| tops(chart, at)).collect();
    let sums = || tops.iter().flatten().filter_map(|tops| tops.last().copied());
    let (least, greatest) = sums().reduce(f64::min).zip(sums().reduce(f64::max))?;
    let axis = Axis::new(0.0, greatest, true, size.steps);
    let names: Vec<Vec<String>> = chart.series.iter().map(|series| wrap(&series.label, size.letters, 3)).collect();
    let widest = |lines: &mut dyn Iterator<Item = f64>| lines.fold(0.0, f64::max);
    let gutter = widest(&mut axis.ticks.iter().map(|tick| labels::width(&axis.label(*tick), size.font)));
    let margin = widest(&mut names.iter().flatten().map(|line| labels::width(line, size.font)));
    let (left, right) = (gutter + 8.0, size.width - margin - 12.0);
    let (top, bottom) = (size.font, size.height - size.font * 2.2);
    let (first, last) = (*chart.positions.first()?, *chart.positions.last()?);
    let x = |position: f64| left + (position - first) / (last - first).max(f64::EPSILON) * (right - left);
    let y = |value: f64| bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top);
    let runs = runs(&tops, right - left);
    let end = *runs.last()?.last()?;
    let bands: Vec<Band> = (0..chart.series.len())
        .zip(names)
        .map(|(part, label)| {
            let edges = |at: usize| {
                let tops = tops[at].as_deref().unwrap_or_default();
                let lower = if part == 0 { 0.0 } else { tops[part - 1] };
                (x(chart.positions[at]), y(lower), y(tops[part]))
            };
            let (end_x, lower, upper) = edges(end);
            let path =
                runs.iter().map(|run| path::outline(&run.iter().map(|at| edges(*at)).collect::<Vec<_>>())).collect();
            let middle = f64::midpoint(lower, upper);
            Band { path, end: (end_x, middle), label, label_y: middle }
        })
        .collect();
    let mut bands = bands;
    place_labels(&mut bands, size, top, bottom);
    let y_ticks = axis.ticks.iter().map(|tick| (y(*tick), axis.label(*tick), tick.abs() < f64::EPSILON)).collect();
    let x_ticks = x_ticks(chart, &chart.positions, size, right - left, x);
    Some(Stack {
        frame: lines::Frame {
            left,
            right,
            bottom,
            y_ticks,
            x_ticks,
            reading: reading::of((left, right), (top, bottom), &axis, &chart.positions),
        },
        bands,
        sums: (least, greatest),
        gaps: tops.iter().any(Option::is_none),
    })
}

/// The upper edge of each part in a period, if all parts have values.
fn tops(chart: &Chart, at: usize) -> Option<Vec<f64>> {
    let mut sum = 0.0;
    let tops = chart.series.iter().map(|series| {
        sum += series.values.get(at).copied().flatten()?;
        Some(sum)
    });
    tops.collect()
}

/// The periods drawn, in runs without a gap, at most about one for each unit of the width.
fn runs(tops: &[Option<Vec<f64>>], width: f64) -> Vec<Vec<usize>> {
    let step = ((tops.len() as f64 / width.max(1.0)).ceil() as usize).max(1);
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut is_open = false;
    for (at, known) in tops.iter().enumerate() {
        if known.is_none() {
            is_open = false;
            continue;
        }
        let is_last = tops.get(at + 1).is_none_or(Option::is_none);
        match runs.last_mut() {
            Some(run) if is_open => {
                if at % step == 0 || is_last {
                    run.push(at);
                }
            }
            _ => runs.push(vec![at]),
        }
        is_open = true;
    }
    runs
}

fn place_labels(bands: &mut [Band], size: Size, top: f64, bottom: f64) {
    let boxes: Vec<(f64, f64)> =
        bands.iter().map(|band| (band.end.1, band.label.len() as f64 * size.font * 1.2 + 2.0)).collect();
    for (band, middle) in bands.iter_mut().zip(spread(&boxes, top - size.font * 0.6, bottom + size.font * 0.6)) {
        band.label_y = middle - (band.label.len() as f64 - 1.0) * size.font * 0.6 + size.font * 0.35;
    }
}

#[cfg(test)]
mod tests {
    use domain::table::ChartKind;

    use super::{super::testing, set_out};
    use crate::chart::{NARROW, WIDE, labels};

    fn points(path: &str) -> Vec<(f64, f64)> {
        let pairs = path.split(['M', 'L', 'Z']).filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap()).collect()
    }

    #[test]
    fn bands_lie_upon_each_other_and_stay_in_the_picture() {
        for size in [WIDE, NARROW] {
            for periods in [5, 60, 1_900] {
                let mut chart = testing::parts(periods);
                chart.kind = ChartKind::Area;
                let drawing = set_out(&chart, size).expect("a drawing");
                assert_eq!(drawing.bands.len(), chart.series.len());
                assert_eq!(drawing.frame.y_ticks[0].1.parse::<f64>(), Ok(0.0), "a stack stands on zero");
                for (band, above) in drawing.bands.iter().zip(drawing.bands.iter().skip(1)) {
                    let (upper, lower) = (points(&band.path), points(&above.path));
                    let count = upper.len() / 2;
                    assert_eq!(upper[..count], lower[count..].iter().rev().copied().collect::<Vec<_>>());
                }
                for (x, y) in drawing.bands.iter().flat_map(|band| points(&band.path)) {
                    assert!(x >= drawing.frame.left - 0.1 && x <= drawing.frame.right + 0.1);
                    assert!(y > 0.0 && y <= drawing.frame.bottom + 0.1);
                }
                for band in &drawing.bands {
                    let widest = band.label.iter().map(|text| labels::width(text, size.font)).fold(0.0, f64::max);
                    assert!(drawing.frame.right + 8.0 + widest <= size.width);
                    assert!(band.path.len() < 20_000, "{}", band.path.len());
                }
            }
        }
    }

    #[test]
    fn a_period_without_a_part_is_a_gap() {
        let mut chart = testing::parts(9);
        assert!(!set_out(&chart, WIDE).expect("a drawing").gaps);
        chart.series[1].values[4] = None;
        let drawing = set_out(&chart, WIDE).expect("a drawing");
        assert!(drawing.gaps && drawing.bands.iter().all(|band| band.path.matches('Z').count() == 2));
        for series in &mut chart.series {
            series.values = vec![None; 9];
        }
        assert!(set_out(&chart, WIDE).is_none());
    }
}
