//! The geometry of a bar chart: one row for each category, its name beside or above the bar.

use domain::table::{Chart, figure};

use super::{
    Size, beside,
    labels::{self, shorten},
    scale::Axis,
    twin,
};

/// A bar chart ready to be written down.
#[derive(Clone, Debug)]
pub(super) struct Bars {
    pub height: f64,
    /// Where zero stands.
    pub zero: f64,
    pub bars: Vec<Bar>,
}

/// One bar with its name and its figure.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub name: String,
    pub name_at: (f64, f64),
    pub value: String,
    pub value_x: f64,
    /// From where to where the bounds of the figure reach.
    pub whisker: Option<(f64, f64)>,
}

/// Sets out the bars; `missing` stands where there is no value.
pub(super) fn set_out(chart: &Chart, size: Size, missing: &str) -> Option<Bars> {
    let series = chart.series.first()?;
    let values = &series.values;
    let (least, greatest) = beside::extent(chart, 0)?;
    let axis = Axis::new(least, greatest, true, size.steps);
    let bounds = series.interval.as_ref().map(|interval| interval.bounds.as_slice()).unwrap_or_default();
    let texts: Vec<String> = (0..values.len()).map(|at| twin::text(series, at, figure, missing)).collect();
    let value_width = texts.iter().map(|text| labels::width(text, size.font)).fold(0.0, f64::max) + 10.0;
    let beside = size.width > 500.0;
    let names: Vec<String> = chart.x.iter().map(|name| shorten(name, if beside { 30 } else { 40 })).collect();
    let left =
        if beside { names.iter().map(|name| labels::width(name, size.font)).fold(0.0, f64::max) + 10.0 } else { 0.0 };
    let left = if axis.low < 0.0 { left + value_width } else { left };
    let right = size.width - value_width;
    let scale = (right - left) / (axis.high - axis.low);
    let zero = left - axis.low * scale;
    let (row, thickness) = if beside { (size.font * 1.9, size.font * 1.2) } else { (size.font * 3.0, size.font * 1.1) };
    let bars = (0_u32..).zip(values).zip(names.into_iter().zip(texts)).map(|((index, value), (name, text))| {
        let top = f64::from(index) * row;
        let y = if beside { top + (row - thickness) / 2.0 } else { top + size.font * 1.5 };
        let length = value.unwrap_or(0.0) * scale;
        let x = if length < 0.0 { zero + length } else { zero };
        let whisker = bounds.get(index as usize).copied().flatten().filter(|_| value.is_some());
        let whisker = whisker.map(|(lower, upper)| (zero + lower * scale, zero + upper * scale));
        // The figure stands behind bar and whisker.
        let (from, to) = whisker.map_or((x, x + length.abs()), |(from, to)| (from.min(x), to.max(x + length.abs())));
        Bar {
            x,
            y,
            width: length.abs(),
            height: thickness,
            name,
            name_at: (0.0, if beside { y + thickness * 0.8 } else { top + size.font * 1.15 }),
            value_x: if length < 0.0 { from - 5.0 - labels::width(&text, size.font) } else { to + 5.0 },
            value: text,
            whisker,
        }
    });
    let bars: Vec<Bar> = bars.collect();
    Some(Bars { height: bars.len() as f64 * row + 4.0, zero, bars })
}

#[cfg(test)]
mod tests {
    use domain::table::Interval;

    use super::{super::testing, set_out};
    use crate::chart::{NARROW, WIDE, labels};

    #[test]
    fn whiskers_stand_within_the_picture_and_before_their_figures() {
        let mut chart = testing::areas();
        let bounds = vec![Some((5.0, 20.0)), None, Some((-9.0, 1.0)), Some((1200.0, 1500.0))];
        chart.series[0].interval = Some(Interval { level: None, is_confidence: true, bounds });
        for size in [WIDE, NARROW] {
            let drawing = set_out(&chart, size, "no value").expect("a drawing");
            assert!(drawing.bars[1].whisker.is_none());
            for (bar, (from, to)) in drawing.bars.iter().filter_map(|bar| bar.whisker.map(|whisker| (bar, whisker))) {
                let width = labels::width(&bar.value, size.font);
                assert!(from >= 0.0 && from < to && to <= size.width, "{bar:?}");
                assert!(bar.value_x > to || bar.value_x + width < from, "{bar:?}");
                assert!(bar.value_x >= 0.0 && bar.value_x + width <= size.width + 0.1, "{bar:?}");
            }
        }
    }

    #[test]
    fn bars_start_at_zero_and_stay_in_the_picture() {
        for size in [WIDE, NARROW] {
            let drawing = set_out(&testing::areas(), size, "no value").expect("a drawing");
            for bar in &drawing.bars {
                assert!(bar.x >= 0.0 && bar.value_x >= 0.0);
                assert!(bar.value_x + labels::width(&bar.value, size.font) <= size.width + 0.1, "{bar:?}");
                assert!(bar.y + bar.height <= drawing.height);
                assert!((bar.x - drawing.zero).abs() < 0.1 || (bar.x + bar.width - drawing.zero).abs() < 0.1);
            }
            assert_eq!(drawing.bars[1].value, "no value");
        }
    }
}
