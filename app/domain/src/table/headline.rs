//! The latest figure of a chart and how it changed.

use serde::{Deserialize, Serialize};

use super::figure::decimals;
use super::whole::whole_of;
use super::{Chart, ChartKind, Marking};

/// The latest figure of a time series beside the one before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// The place of its series among those of the chart.
    pub at: usize,
    /// The series it belongs to, where the chart has several.
    pub series: Option<String>,
    /// The latest value.
    pub value: f64,
    /// The period of the latest value.
    pub period: String,
    /// With what the table marks the latest value.
    pub marking: Option<Marking>,
    /// The value before it.
    pub previous_value: Option<f64>,
    /// The period of the value before it.
    pub previous_period: Option<String>,
    /// The latest value less the one before, without the noise of binary fractions.
    pub change: Option<f64>,
    /// The change in per cent of the value before; none where that is zero or negative.
    pub change_percent: Option<f64>,
}

/// The headline of the series of a line chart that stands for the whole; nothing where it has no values, or where each series may be
/// a part, which would say less than the chart is about.
#[must_use]
pub fn latest(chart: &Chart) -> Option<Headline> {
    if chart.kind != ChartKind::Line {
        return None;
    }
    let at = whole_of(&chart.series)?;
    let series = chart.series.get(at)?;
    let points = chart.x.iter().zip(&series.values).enumerate();
    let mut known = points.rev().filter_map(|(place, (x, value))| value.map(|value| (place, x, value)));
    let (place, period, value) = known.next()?;
    let before = known.next().map(|(_, x, value)| (x, value));
    let change = before.map(|(_, previous)| tidy(value - previous, value, previous));
    let change_percent = before
        .zip(change)
        .filter(|((_, previous), _)| *previous > 0.0)
        .map(|((_, previous), change)| change / previous * 100.0);
    Some(Headline {
        at,
        series: (chart.series.len() > 1).then(|| series.label.clone()),
        value,
        period: period.clone(),
        marking: series.markings.iter().find(|(marked, _)| *marked == place).map(|(_, marking)| *marking),
        previous_value: before.map(|(_, previous)| previous),
        previous_period: before.map(|(period, _)| period.clone()),
        change,
        change_percent,
    })
}

/// Rounds a difference to the decimals of its operands, at most nine.
fn tidy(difference: f64, a: f64, b: f64) -> f64 {
    let places = decimals(a).max(decimals(b)).min(9);
    format!("{difference:.places$}").parse().unwrap_or(difference)
}

#[cfg(test)]
mod tests {
    use super::latest;
    use crate::table::{Chart, ChartKind, Marking, Series};

    fn chart(values: &[Option<f64>]) -> Chart {
        Chart {
            title: "Price".into(),
            unit: None,
            kind: ChartKind::Line,
            x_label: "Month".into(),
            x: (0..values.len()).map(|index| format!("month {index}")).collect(),
            positions: (0..values.len()).map(|index| index as f64).collect(),
            selection: Vec::new(),
            series: vec![Series { label: "Price".into(), values: values.to_vec(), ..Series::default() }],
            panels: None,
            ghost: None,
        }
    }

    #[test]
    fn the_latest_known_value_is_compared_with_the_known_one_before() {
        let headline = latest(&chart(&[Some(100.0), Some(80.1), None, Some(80.4), None])).expect("a headline");
        assert_eq!((headline.value, headline.period.as_str()), (80.4, "month 3"));
        assert_eq!(headline.previous_period.as_deref(), Some("month 1"));
        assert_eq!(headline.change, Some(0.3));
        assert!((headline.change_percent.expect("a percentage") - 0.3745).abs() < 0.001);
        assert_eq!(headline.series, None);
    }

    #[test]
    fn no_percentage_is_given_of_zero_or_a_negative_value() {
        assert_eq!(latest(&chart(&[Some(0.0), Some(2.0)])).expect("a headline").change_percent, None);
        assert_eq!(latest(&chart(&[Some(-4.0), Some(2.0)])).expect("a headline").change_percent, None);
    }

    #[test]
    fn bars_and_empty_series_have_no_headline() {
        let mut bars = chart(&[Some(1.0), Some(2.0)]);
        bars.kind = ChartKind::Bar;
        assert_eq!(latest(&bars), None);
        assert_eq!(latest(&chart(&[None])), None);
    }

    #[test]
    fn a_single_value_stands_alone() {
        let headline = latest(&chart(&[Some(7.0)])).expect("a headline");
        assert_eq!((headline.previous_value, headline.change), (None, None));
    }

    #[test]
    fn the_whole_speaks_for_its_parts_and_says_how_it_is_marked() {
        let mut receipts = chart(&[Some(387.6), Some(406.35)]);
        let total = Series {
            label: "alcohol-duty-receipts".into(),
            values: vec![Some(1107.92), Some(1194.06)],
            markings: vec![(1, Marking::Provisional)],
            ..Series::default()
        };
        let spirits = Series { label: "spirits".into(), values: vec![Some(720.32), Some(787.71)], ..Series::default() };
        receipts.series[0].label = "wine".into();
        receipts.series.extend([total, spirits]);
        let headline = latest(&receipts).expect("a headline");
        assert_eq!((headline.at, headline.series.as_deref()), (1, Some("alcohol-duty-receipts")));
        assert_eq!((headline.value, headline.change), (1194.06, Some(86.14)));
        assert_eq!(headline.marking, Some(Marking::Provisional));
        receipts.series.remove(1);
        assert_eq!(latest(&receipts), None, "a part is not what the table is about");
    }
}
