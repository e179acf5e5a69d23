//! Figures as readers see them.

/// Decimals up to which two figures are written out so that what lies between them shows.
const MOST_PLACES: usize = 9;

/// A figure with commas between thousands and as many decimals as its size deserves.
#[must_use]
pub fn figure(value: f64) -> String {
    let places = places(value);
    written(value, trimmed(&format!("{:.places$}", value.abs())))
}

/// A figure with commas between thousands and all its decimals.
#[must_use]
pub fn exact_figure(value: f64) -> String {
    written(value, trimmed(&value.abs().to_string()))
}

/// A figure with commas between thousands and so many decimals, as figures beside each other share them.
#[must_use]
pub fn figure_at(value: f64, places: usize) -> String {
    written(value, &format!("{:.places$}", value.abs()))
}

/// The same with its sign in front, also where that is a plus.
#[must_use]
pub fn signed_at(value: f64, places: usize) -> String {
    let words = figure_at(value, places);
    if value > 0.0 { format!("+{words}") } else { words }
}

/// The decimals that two figures share: as many as their size deserves and `least` at least, none that neither has, and enough to show
/// what lies between them, unless that is no more than what counting in binary leaves behind.
#[must_use]
pub fn shared_places(one: f64, other: f64, least: usize) -> usize {
    let has = decimals(one).max(decimals(other));
    let deserved = places(one.abs().max(other.abs())).max(least).min(has);
    let rounded = |value: f64, places: usize| format!("{value:.places$}");
    let is_shown = |places: &usize| {
        let difference = rounded((one - other).abs(), *places);
        rounded(one, *places) != rounded(other, *places)
            && difference.contains(|digit: char| matches!(digit, '1'..='9'))
    };
    (deserved..=has.min(MOST_PLACES)).find(is_shown).unwrap_or(deserved)
}

/// The decimals with which a figure is written.
pub(super) fn decimals(value: f64) -> usize {
    let text = value.to_string();
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// The decimals that a figure of this size deserves.
fn places(value: f64) -> usize {
    match value.abs() {
        size if size >= 1000.0 => usize::from(size < 10_000.0 && size.fract() != 0.0),
        size if size >= 100.0 => 1,
        size if size >= 1.0 || size == 0.0 => 2,
        size if size >= 0.001 => 4,
        _ => 6,
    }
}

/// Digits without the noughts at the end of their decimals.
fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// The digits of a figure with commas and its sign.
fn written(value: f64, digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::new();
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
    // A true minus is as wide as a digit; a rounded nothing has no sign.
    if value < 0.0 && out.contains(|digit: char| digit.is_ascii_digit() && digit != '0') {
        out.insert(0, '−');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{exact_figure, figure, figure_at, shared_places, signed_at};

    #[test]
    fn decimals_follow_the_size() {
        for (value, text) in [
            (639_452.0, "639,452"),
            (2_322.413_47, "2,322.4"),
            (128.2, "128.2"),
            (3.9, "3.9"),
            (2.259_946, "2.26"),
            (0.000_337_57, "0.000338"),
            (-9.5, "−9.5"),
            (-0.000_000_01, "0"),
            (1_234_567.8, "1,234,568"),
            (0.0, "0"),
        ] {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn an_exact_figure_keeps_every_decimal() {
        for (value, text) in [
            (1_234_567.8, "1,234,567.8"),
            (-2_322.413_47, "−2,322.41347"),
            (0.000_337_57, "0.00033757"),
            (128.0, "128"),
            (-0.0, "0"),
        ] {
            assert_eq!(exact_figure(value), text);
        }
    }

    #[test]
    fn figures_beside_each_other_have_the_same_decimals() {
        for (one, other, alike) in [
            (215_081.0, 265_408.0, ["215,081", "265,408"]),
            (4.4, 4.352_819_895_937_012, ["4.40", "4.35"]),
            (406.35, 387.6, ["406.4", "387.6"]),
            (1_194.06, 1_107.92, ["1,194.1", "1,107.9"]),
            (4.0, 5.0, ["4", "5"]),
            // What lies between them shows, also where their size deserves less.
            (12_345.6, 12_345.9, ["12,345.6", "12,345.9"]),
            (128.2, 128.15, ["128.20", "128.15"]),
            (-1.5, 1.5, ["−1.5", "1.5"]),
            (0.7, 0.700_000_000_000_000_1, ["0.7000", "0.7000"]),
            (2.5, 2.5, ["2.5", "2.5"]),
        ] {
            let places = shared_places(one, other, 0);
            assert_eq!([figure_at(one, places), figure_at(other, places)], alike);
        }
        assert_eq!(
            [(406.35, 387.6), (62.774_14, 60.1), (7.0, 8.0)].map(|(one, other)| shared_places(one, other, 2)),
            [2, 2, 0]
        );
    }

    #[test]
    fn a_signed_figure_says_which_way_it_went() {
        let said =
            [(23.41, 1), (-1.07, 1), (50_327.0, 0), (0.0, 1), (-0.01, 1)].map(|(value, at)| signed_at(value, at));
        assert_eq!(said, ["+23.4", "−1.1", "+50,327", "0.0", "0.0"]);
    }
}
