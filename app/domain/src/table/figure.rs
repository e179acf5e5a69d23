//! Figures as readers see them.

/// A figure with commas between thousands and as many decimals as its size deserves.
#[must_use]
pub fn figure(value: f64) -> String {
    let places = match value.abs() {
        size if size >= 1000.0 => usize::from(size < 10_000.0 && size.fract() != 0.0),
        size if size >= 100.0 => 1,
        size if size >= 1.0 || size == 0.0 => 2,
        size if size >= 0.001 => 4,
        _ => 6,
    };
    written(value, &format!("{:.places$}", value.abs()))
}

/// A figure with commas between thousands and all its decimals.
#[must_use]
pub fn exact_figure(value: f64) -> String {
    written(value, &value.abs().to_string())
}

/// The digits of a figure with commas and its sign.
fn written(value: f64, digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
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
    use super::{exact_figure, figure};

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
}
