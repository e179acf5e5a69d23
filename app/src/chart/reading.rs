//! What the script of a chart needs to find the figures under a pointer: where the plot is, its scale, and its periods.

use super::{drawing::unit, scale::Axis, twin};

/// Periods that stand further from where even steps would put them are told one by one, as a part of the whole width.
const UNEVEN: f64 = 0.001;

/// The attributes of a drawing over time.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Left, right, top and bottom of the plot, and the values at its bottom and its top.
    pub plot: String,
    /// How many of the latest periods are drawn.
    pub periods: usize,
    /// Where the latest of them stand, in thousandths of the width, where their steps are not even.
    pub places: Option<String>,
}

/// Says where a plot from left to right and from top to bottom has its periods.
pub(super) fn of((left, right): (f64, f64), (top, bottom): (f64, f64), axis: &Axis, positions: &[f64]) -> Reading {
    let edges = [left, right, top, bottom].map(unit).join(" ");
    Reading { plot: format!("{edges} {} {}", axis.low, axis.high), periods: positions.len(), places: places(positions) }
}

/// The places of periods whose steps are not even, as many as the table has rows.
fn places(positions: &[f64]) -> Option<String> {
    let (first, last) = (*positions.first()?, *positions.last()?);
    let whole = (last - first).max(f64::EPSILON);
    let steps = positions.len().saturating_sub(1).max(1) as f64;
    let parts: Vec<f64> = positions.iter().map(|position| (position - first) / whole).collect();
    let is_even = (0..).zip(&parts).all(|(at, part)| (part - f64::from(at) / steps).abs() < UNEVEN);
    let told = &parts[parts.len().saturating_sub(twin::MOST)..];
    (!is_even).then(|| told.iter().map(|part| format!("{:.0}", part * 1000.0)).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn even_steps_need_no_words_and_others_are_told_from_the_latest_back() {
        assert_eq!(places(&[2020.0, 2021.0, 2022.0]), None);
        assert_eq!(places(&[2020.0]), None);
        assert_eq!(places(&[]), None);
        assert_eq!(places(&[2010.0, 2019.0, 2020.0]).as_deref(), Some("0 900 1000"));
        let many: Vec<f64> = (0..900).map(|at| f64::from(at * at)).collect();
        assert_eq!(places(&many).expect("uneven").split(' ').count(), 500);
    }
}
