//! How readers want a table drawn, and why it cannot be.

use serde::{Deserialize, Serialize};

use super::{Chart, ChartKind, Series};
use crate::wire::wire_enum;

/// Panels that are drawn at once.
pub const MOST_PANELS: usize = 24;

/// How a reader wants a table drawn; by itself as suits the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// The kind of chart, unless the table may choose.
    pub kind: Option<ChartKind>,
    /// The dimension whose options are the parts or panels, by its column's name, unless the table may choose.
    pub by: Option<String>,
    /// Which page of panels, from 1; 0 means the first.
    pub panels: u32,
    /// Whether what an earlier version said is drawn too.
    #[serde(default)]
    pub earlier: bool,
}

wire_enum! {
    /// Why a table cannot be drawn as a reader wants it.
    NotDrawn {
        /// More rows than are drawn.
        TooLarge => "too_large",
        /// No kind of chart fits by itself.
        Unclear => "unclear",
        /// No column of time with at least three periods, or no figures.
        NoTime => "no_time",
        /// No column of names, each once, for at most forty bars.
        NoNames => "no_names",
        /// Fewer than two parts or panels.
        OnlyOne => "only_one",
        /// Several rows for the same period, because another dimension still has several options.
        Several => "several",
        /// More parts than can be told apart in a stack.
        TooMany => "too_many",
        /// A figure below zero, which cannot be stacked.
        Negative => "negative",
        /// Rates, averages, indices and the like, whose sum means nothing.
        NoSum => "no_sum",
        /// A part that is itself the sum of others.
        Overlap => "overlap",
    }
}

/// Which panels of small multiples are drawn, and what all of them share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panels {
    /// The heading of the dimension that has a panel for each of its options.
    pub by: String,
    /// The place of the first panel drawn among all, from 1.
    pub first: usize,
    /// How many panels there are in all.
    pub total: usize,
    /// The least and the greatest value of all panels, drawn or not.
    pub range: (f64, f64),
}

impl Panels {
    /// How many pages of panels there are.
    #[must_use]
    pub fn pages(&self) -> u32 {
        u32::try_from(self.total.div_ceil(MOST_PANELS)).unwrap_or(u32::MAX)
    }

    /// The page these are, from 1.
    #[must_use]
    pub fn page(&self) -> u32 {
        u32::try_from((self.first.max(1) - 1) / MOST_PANELS + 1).unwrap_or(u32::MAX)
    }
}

/// Makes a panel of each series; of more than fit at once those of one page, from 1, and beyond the last page those of the last.
///
/// # Errors
/// [`NotDrawn::OnlyOne`] where there are fewer than two series with values.
pub fn panels(mut chart: Chart, by: &str, page: u32) -> Result<Chart, NotDrawn> {
    let bounds = |series: &Series| -> Vec<f64> {
        let known = series.interval.iter().flat_map(|interval| interval.bounds.iter().flatten());
        known.flat_map(|(lower, upper)| [*lower, *upper]).collect()
    };
    let all = |series: &Series| series.values.iter().flatten().copied().chain(bounds(series)).collect::<Vec<_>>();
    let is_empty = chart.series.iter().all(|series| series.values.iter().all(Option::is_none));
    if is_empty {
        return Err(NotDrawn::OnlyOne);
    }
    let values = || chart.series.iter().flat_map(all);
    let range = values().reduce(f64::min).zip(values().reduce(f64::max)).ok_or(NotDrawn::OnlyOne)?;
    let total = chart.series.len();
    if total < 2 {
        return Err(NotDrawn::OnlyOne);
    }
    let last = (total - 1) / MOST_PANELS;
    let before = usize::try_from(page.max(1) - 1).unwrap_or(usize::MAX).min(last) * MOST_PANELS;
    chart.series = chart.series.into_iter().skip(before).take(MOST_PANELS).collect();
    chart.kind = ChartKind::Multiples;
    chart.panels = Some(Panels { by: by.to_owned(), first: before + 1, total, range });
    Ok(chart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Interval;

    fn chart(series: u32) -> Chart {
        let of = |at: u32| Series {
            label: format!("area {at}"),
            values: vec![Some(f64::from(at)), None, Some(5.0)],
            ..Series::default()
        };
        Chart {
            title: "Births".into(),
            unit: None,
            kind: ChartKind::Line,
            x_label: "Year".into(),
            x: vec!["2023".into(), "2024".into(), "2025".into()],
            positions: vec![2023.0, 2024.0, 2025.0],
            selection: Vec::new(),
            series: (0..series).map(of).collect(),
            panels: None,
            ghost: None,
        }
    }

    #[test]
    fn many_panels_come_page_by_page_on_the_same_scales() {
        let drawn = |page| panels(chart(50), "Area", page).unwrap();
        for (page, first, count) in [(0, 1, 24), (1, 1, 24), (2, 25, 24), (3, 49, 2), (4, 49, 2), (u32::MAX, 49, 2)] {
            let one = drawn(page);
            let shown = one.panels.unwrap();
            assert_eq!((shown.first, one.series.len(), shown.total), (first, count, 50), "{page}");
            assert_eq!((shown.range, shown.pages()), ((0.0, 49.0), 3), "{page}");
        }
        assert_eq!(drawn(3).panels.unwrap().page(), 3);
        assert_eq!(drawn(2).series[0].label, "area 24");
    }

    #[test]
    fn the_scale_of_panels_holds_their_bounds() {
        let mut bounded = chart(3);
        let bounds = vec![Some((-4.0, 9.0)), None, None];
        bounded.series[1].interval = Some(Interval { level: None, is_confidence: true, bounds });
        assert_eq!(panels(bounded, "Area", 1).unwrap().panels.unwrap().range, (-4.0, 9.0));
    }

    #[test]
    fn one_series_makes_no_panels() {
        assert_eq!(panels(chart(1), "Area", 1), Err(NotDrawn::OnlyOne));
        let mut empty = chart(3);
        for series in &mut empty.series {
            series.values = vec![None; 3];
        }
        assert_eq!(panels(empty, "Area", 1), Err(NotDrawn::OnlyOne));
    }
}
