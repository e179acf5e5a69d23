//! Axes: round numbers up the side, round years along the bottom.

/// The ends of a value axis and its ticks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
    step: f64,
}

impl Axis {
    /// About `wanted` round steps around the values; from zero where the values come near it or `zero` asks for it.
    pub(super) fn new(least: f64, greatest: f64, zero: bool, wanted: usize) -> Self {
        let near = least >= 0.0 && least <= greatest * 0.4;
        let (mut low, mut high) = (least, greatest);
        if zero || near {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        if high - low < f64::EPSILON * high.abs().max(1.0) {
            let room = (high.abs() * 0.1).max(1.0);
            (low, high) = (low - room, high + room);
        }
        let step = round_step((high - low) / wanted.max(1) as f64);
        let first = (low / step + 1e-9).floor();
        let last = (high / step - 1e-9).ceil();
        let count = (last - first).max(1.0) as usize;
        let ticks: Vec<f64> = (0..=count).map(|index| (first + index as f64) * step).collect();
        Self { low: first * step, high: (first + count as f64) * step, ticks, step }
    }

    /// Whether the axis leaves zero out.
    pub(super) fn is_cut(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }

    /// A tick as text, with the decimals that the step needs; large figures in millions or billions.
    pub(super) fn label(&self, tick: f64) -> String {
        let (divisor, ending) = match self.low.abs().max(self.high.abs()) {
            size if size >= 1e10 => (1e9, "bn"),
            size if size >= 1e7 => (1e6, "m"),
            _ => (1.0, ""),
        };
        let step = self.step / divisor;
        let places = (0..9).find(|places| (step * 10_f64.powi(*places)).fract().abs() < 1e-6).unwrap_or(9) as usize;
        let text = format!("{:.places$}", (tick / divisor).abs());
        let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, part)| (whole, part));
        let mut out = String::new();
        if tick < 0.0 {
            out.push('−');
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push('.');
            out.push_str(fraction);
        }
        out + ending
    }
}

/// The next round number: 1, 2, 2.5 or 5 with noughts.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|round| round * power)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(10.0 * power)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Ticks of a time axis in years, at most `most`, each with its text; none where the span is under two months.
pub(super) fn time_ticks(from: f64, to: f64, most: usize) -> Vec<(f64, String)> {
    let most = most.max(2);
    if to - from >= 3.0 || (from.fract() == 0.0 && to.fract() == 0.0) {
        for step in [1, 2, 5, 10, 20, 25, 50, 100, 200, 500] {
            let first = (from.ceil() as i64 + step - 1).div_euclid(step) * step;
            let ticks: Vec<i64> = (first..=to.floor() as i64).step_by(step as usize).collect();
            if ticks.len() <= most {
                return ticks.into_iter().map(|year| (year as f64, year.to_string())).collect();
            }
        }
        return Vec::new();
    }
    for step in [1, 2, 3, 6, 12] {
        let first = ((from * 12.0 - 1e-6).ceil() as i64 + step - 1).div_euclid(step) * step;
        let ticks: Vec<i64> = (first..=(to * 12.0 + 1e-6).floor() as i64).step_by(step as usize).collect();
        if ticks.len() <= most {
            return ticks
                .into_iter()
                .map(|month| {
                    let name = MONTHS[month.rem_euclid(12) as usize];
                    (month as f64 / 12.0, format!("{name} {}", month.div_euclid(12)))
                })
                .collect();
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::{Axis, time_ticks};

    fn labels(axis: &Axis) -> Vec<String> {
        axis.ticks.iter().map(|tick| axis.label(*tick)).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        assert_eq!(labels(&Axis::new(313.0, 427.3, false, 5)), ["300", "325", "350", "375", "400", "425", "450"]);
        assert_eq!(labels(&Axis::new(2.26, 3.75, false, 4)), ["2.0", "2.5", "3.0", "3.5", "4.0"]);
        for (least, greatest) in [(0.1, 0.13), (-8.9, 4.8), (134_886.0, 639_452.0), (7.0, 7.0), (0.0, 0.0)] {
            let axis = Axis::new(least, greatest, false, 5);
            assert!(axis.low <= least && axis.high >= greatest, "{axis:?}");
            assert!((2..=9).contains(&axis.ticks.len()), "{axis:?}");
        }
    }

    #[test]
    fn zero_is_shown_where_it_matters() {
        assert_eq!(Axis::new(3.0, 100.0, false, 5).low, 0.0);
        assert!(Axis::new(86.8, 128.2, false, 5).is_cut());
        assert!(!Axis::new(86.8, 128.2, true, 5).is_cut());
        assert!(
            labels(&Axis::new(-8.9, 4.8, false, 5)).contains(&"0.0".to_owned())
                || labels(&Axis::new(-8.9, 4.8, false, 5)).contains(&"0".to_owned())
        );
    }

    #[test]
    fn large_figures_are_shortened() {
        assert_eq!(labels(&Axis::new(0.0, 40_000_000.0, true, 4)), ["0m", "10m", "20m", "30m", "40m"]);
        assert_eq!(labels(&Axis::new(0.0, 400_000.0, true, 4))[1], "100,000");
    }

    #[test]
    fn time_ticks_are_round_and_within_their_number() {
        let years: Vec<String> = time_ticks(1958.2, 2016.9, 7).into_iter().map(|(_, label)| label).collect();
        assert_eq!(years, ["1960", "1970", "1980", "1990", "2000", "2010"]);
        let months: Vec<String> =
            time_ticks(2020.0 + 1.0 / 6.0, 2020.9, 4).into_iter().map(|(_, label)| label).collect();
        assert_eq!(months, ["Apr 2020", "Jul 2020", "Oct 2020"]);
        assert!(time_ticks(2020.01, 2020.05, 6).is_empty());
    }
}
