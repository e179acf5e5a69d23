//! What stands beside the figures of a chart: their bounds, their markings, and what was published before.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Chart, ChartKind, Series};
use crate::wire::wire_enum;

/// The bounds between which the figures of a series stand, such as those of a confidence interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The level in per cent, such as `95`, where the headings name one.
    pub level: Option<String>,
    /// Whether the headings call it an interval of confidence.
    pub is_confidence: bool,
    /// The lower and the upper bound of each value; as many as the series has values.
    pub bounds: Vec<Option<(f64, f64)>>,
}

wire_enum! {
    /// What statisticians mark a figure with, or write in place of one.
    Marking {
        /// The series breaks here.
        Break => "b",
        /// Kept back so that nobody is recognised.
        Confidential => "c",
        /// Estimated.
        Estimated => "e",
        /// Not yet measured.
        Forecast => "f",
        /// Too small to be shown, but not nothing.
        Low => "low",
        /// Will still change.
        Provisional => "p",
        /// Changed since it was first published.
        Revised => "r",
        /// Not much can be relied on it.
        Unreliable => "u",
        /// Nothing was recorded.
        NoneRecorded => "w",
        /// There is no figure.
        NotAvailable => "x",
        /// There can be no figure.
        NotApplicable => "z",
    }
}

/// What an earlier version said at the points of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ghost {
    /// The number of that version.
    pub version: u32,
    /// When it was published.
    pub released: Option<DateTime<Utc>>,
    /// Its values for each series of the chart, each with as many as the chart has periods.
    pub values: Vec<Vec<Option<f64>>>,
}

/// The values of an earlier chart of the same part of a table at the points of a later one, where any of them is another now.
#[must_use]
pub fn earlier_values(now: &Chart, before: &Chart) -> Option<Vec<Vec<Option<f64>>>> {
    let is_line = now.kind == ChartKind::Line && before.kind == ChartKind::Line;
    let is_alike = is_line && now.unit == before.unit && now.selection == before.selection;
    if !is_alike {
        return None;
    }
    let places: HashMap<&str, usize> = before.x.iter().zip(0..).map(|(period, at)| (period.as_str(), at)).collect();
    let of_series = |series: &Series| -> Vec<Option<f64>> {
        let same = before.series.iter().find(|other| other.label == series.label);
        let value = |period: &String| *same?.values.get(*places.get(period.as_str())?)?;
        now.x.iter().map(value).collect()
    };
    let values: Vec<Vec<Option<f64>>> = now.series.iter().map(of_series).collect();
    let mut pairs = now.series.iter().zip(&values).flat_map(|(series, was)| series.values.iter().zip(was));
    let is_revised = pairs.any(|(is, was)| is.is_some() && was.is_some() && is != was);
    is_revised.then_some(values)
}

#[cfg(test)]
mod tests {
    use super::{Marking, earlier_values};
    use crate::table::{Chart, ChartKind, Series};

    fn chart(years: &[&str], series: &[(&str, &[Option<f64>])]) -> Chart {
        let of = |(label, values): &(&str, &[Option<f64>])| Series {
            label: (*label).to_owned(),
            values: values.to_vec(),
            ..Series::default()
        };
        Chart {
            title: "Births".into(),
            unit: None,
            kind: ChartKind::Line,
            x_label: "Year".into(),
            x: years.iter().map(|year| (*year).to_owned()).collect(),
            positions: (0_u32..).take(years.len()).map(f64::from).collect(),
            selection: Vec::new(),
            series: series.iter().map(of).collect(),
            panels: None,
            ghost: None,
        }
    }

    #[test]
    fn earlier_values_stand_at_the_points_of_now() {
        let before = chart(&["2021", "2022"], &[("a", &[Some(1.0), Some(2.0)]), ("b", &[Some(5.0), None])]);
        let now = chart(
            &["2022", "2023"],
            &[("b", &[Some(6.0), Some(7.0)]), ("a", &[Some(2.5), Some(3.0)]), ("c", &[Some(1.0), None])],
        );
        let values = earlier_values(&now, &before).expect("a revision");
        assert_eq!(values, [[None, None], [Some(2.0), None], [None, None]]);
    }

    #[test]
    fn new_periods_and_new_gaps_are_no_revisions() {
        let before = chart(&["2021", "2022"], &[("a", &[Some(1.0), Some(2.0)])]);
        let now = chart(&["2021", "2022", "2023"], &[("a", &[Some(1.0), None, Some(3.0)])]);
        assert_eq!(earlier_values(&now, &before), None);
        let mut revised = now.clone();
        revised.series[0].values[0] = Some(1.5);
        assert_eq!(earlier_values(&revised, &before), Some(vec![vec![Some(1.0), Some(2.0), None]]));
        let mut elsewhere = revised.clone();
        elsewhere.selection = vec!["Area: Wales".to_owned()];
        assert_eq!(earlier_values(&elsewhere, &before), None, "another place");
        let mut renamed = revised.clone();
        renamed.series[0].label = "b".to_owned();
        assert_eq!(earlier_values(&renamed, &before), None, "another figure");
        let mut bars = revised.clone();
        bars.kind = ChartKind::Bar;
        assert_eq!(earlier_values(&bars, &before), None);
        revised.unit = Some("thousands".into());
        assert_eq!(earlier_values(&revised, &before), None);
    }

    #[test]
    fn what_was_kept_before_this_was_known_is_still_read() {
        let series: Series = serde_json::from_str(r#"{"label":"a","values":[1.0,null]}"#).expect("a series");
        assert_eq!((series.interval, series.markings), (None, Vec::new()));
        assert_eq!(Marking::parse("P"), Some(Marking::Provisional));
    }
}
