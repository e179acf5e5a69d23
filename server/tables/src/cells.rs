//! What a single cell says: a number, a missing value, or text.

/// Whether the cell stands for "no value": empty, or one of the markers statisticians use.
pub(crate) fn is_missing(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.len() > 5 {
        return false;
    }
    matches!(cell, "" | ":" | "." | ".." | "..." | "-" | "–" | "*" | "~" | "#N/A")
        || ["na", "n/a", "nan", "null", "none", "x"].iter().any(|word| cell.eq_ignore_ascii_case(word))
        || matches!(cell.as_bytes(), [b'[', letter, b']'] if letter.is_ascii_lowercase())
}

/// Reads a number written with a decimal point and, perhaps, commas between thousands.
pub(crate) fn number(cell: &str) -> Option<f64> {
    let cell = bare(cell);
    if !digits_first(cell) {
        return None;
    }
    if cell.contains(',') {
        return grouped(cell, ',', '.')?.parse().ok();
    }
    cell.parse().ok()
}

/// Reads a number written with a decimal comma and, perhaps, points or spaces between thousands.
pub(crate) fn comma_number(cell: &str) -> Option<f64> {
    let cell = bare(cell);
    if !digits_first(cell) {
        return None;
    }
    if cell.contains('.') {
        return grouped(cell, '.', ',')?.replace(',', ".").parse().ok();
    }
    cell.replacen(',', ".", 1).parse().ok()
}

/// A figure of at most 15 digits with, perhaps, a sign and a point: what most cells of most tables are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simple {
    pub value: f64,
    /// The figure, where it has no point.
    pub whole: Option<i64>,
    /// Whether the cell is just how the whole number is written, or the one with decimals.
    pub exact: bool,
    /// Whether a zero stands before other digits.
    pub code: bool,
}

/// Reads a simple figure; nothing for any other cell, which may still be a number.
pub(crate) fn simple(cell: &str) -> Option<Simple> {
    let bytes = cell.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 16 || !digits[0].is_ascii_digit() {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut point = None;
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |at| digits.len() - at - 1);
    if digits.len() - usize::from(point.is_some()) > 15 || (point.is_some() && decimals == 0) {
        return None;
    }
    // Both are exact, so that their quotient is the nearest number: 15 digits are below 2^53.
    let size = mantissa as f64 / POWERS[decimals];
    let zero_first = digits[0] == b'0' && point.unwrap_or(digits.len()) > 1;
    let exact = !zero_first
        && match point {
            Some(_) => digits[digits.len() - 1] != b'0',
            None => !(negative && mantissa == 0),
        };
    let whole = point.is_none().then(|| if negative { -(mantissa as i64) } else { mantissa as i64 });
    Some(Simple {
        value: if negative { -size } else { size },
        whole,
        exact,
        code: point.is_none() && zero_first && !negative,
    })
}

const POWERS: [f64; 16] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number of a cell and whether the cell is just how the number is written: a whole number that 64 bits hold.
pub(crate) fn whole_in(cell: &str, decimal_comma: bool) -> (Option<i64>, bool) {
    if let Some(Simple { whole: Some(whole), exact, .. }) = simple(cell) {
        return (Some(whole), exact);
    }
    if let Ok(whole) = cell.parse::<i64>() {
        return (Some(whole), whole.to_string() == cell);
    }
    if number_in(cell, decimal_comma).is_none() {
        return (None, false);
    }
    let group = if decimal_comma { '.' } else { ',' };
    let plain: String = bare(cell).chars().filter(|letter| *letter != group).collect();
    (plain.parse().ok(), false)
}

/// The number of a cell and whether the cell is just how the number is written.
pub(crate) fn decimal_in(cell: &str, decimal_comma: bool) -> (Option<f64>, bool) {
    match simple(cell) {
        Some(simple) if simple.whole.is_some() || !decimal_comma => {
            // Alone among the figures, a negative zero is written differently as a whole number.
            return (Some(simple.value), simple.exact || cell == "-0");
        }
        _ => {}
    }
    let value = number_in(cell, decimal_comma).filter(|value| value.is_finite());
    (value, value.is_some_and(|value| value.to_string() == cell))
}

/// Whether the cell is a code of the Government Statistical Service for a place, such as `E06000001`.
pub(crate) fn is_place_code(cell: &str) -> bool {
    match cell.trim().as_bytes() {
        [b'E' | b'W' | b'S' | b'N' | b'K' | b'J' | b'L' | b'M', rest @ ..] => {
            rest.len() == 8 && rest.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// Reads a number in the way of the table.
pub(crate) fn number_in(cell: &str, decimal_comma: bool) -> Option<f64> {
    if decimal_comma { comma_number(cell) } else { number(cell) }
}

/// Whether the digits are a code rather than a quantity: a zero stands before other digits.
pub(crate) fn is_code(cell: &str) -> bool {
    let bytes = cell.trim().as_bytes();
    bytes.len() > 1 && bytes[0] == b'0' && bytes.iter().all(u8::is_ascii_digit)
}

/// Whether a spreadsheet would run the cell as a formula.
pub(crate) fn is_formula(cell: &str) -> bool {
    match cell.as_bytes() {
        [b'=' | b'@' | b'\t' | b'\r' | b'\n', _, ..] => true,
        [b'+' | b'-', _, ..] => number(cell).is_none() && comma_number(cell).is_none() && !is_missing(cell),
        _ => false,
    }
}

/// Drops what may stand around a number: spaces, a currency sign before it, a per cent sign after it.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix(['£', '$', '€']).unwrap_or(cell);
    cell.strip_suffix('%').map_or(cell, str::trim_end)
}

/// Keeps words that parse as numbers, such as "inf", out.
fn digits_first(cell: &str) -> bool {
    let rest = cell.strip_prefix(['-', '+']).unwrap_or(cell).as_bytes();
    match rest {
        [b'0'..=b'9', ..] | [b'.' | b',', b'0'..=b'9', ..] => {
            rest.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'e' | b'E' | b'-' | b'+'))
        }
        _ => false,
    }
}

/// Takes the separators out, if every group after the first has three digits.
fn grouped(cell: &str, group: char, decimal: char) -> Option<String> {
    let (whole, fraction) = cell.split_once(decimal).map_or((cell, None), |(whole, part)| (whole, Some(part)));
    if fraction.is_some_and(|part| part.contains([group, decimal])) {
        return None;
    }
    let mut parts = whole.trim_start_matches(['-', '+']).split(group);
    let first = parts.next()?;
    if first.is_empty() || first.len() > 3 || !parts.all(|part| part.len() == 3) {
        return None;
    }
    let mut plain: String = whole.chars().filter(|letter| *letter != group).collect();
    if let Some(part) = fraction {
        plain.push(decimal);
        plain.push_str(part);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::{comma_number, decimal_in, is_code, is_formula, is_missing, number, simple, whole_in};

    #[test]
    fn simple_figures_are_read_as_any_other() {
        for cell in ["0", "-0", "1.5", "-12.25", "0.1", "00.5", "007", "123456789012345", "0.00000000000001", "1.50"] {
            let simple = simple(cell).expect(cell);
            assert_eq!(Some(simple.value), number(cell), "{cell}");
            assert_eq!(simple.code, is_code(cell), "{cell}");
            let (value, exact) = decimal_in(cell, false);
            assert_eq!(exact, value.expect(cell).to_string() == cell, "{cell}");
        }
        assert!(
            ["", "-", ".", "1.", "1,5", "1.2.3", "+1", "1e3", "1234567890123456"]
                .into_iter()
                .all(|cell| simple(cell).is_none())
        );
    }

    #[test]
    fn a_number_knows_whether_its_text_can_be_made_of_it() {
        assert_eq!(whole_in("77,500", false), (Some(77_500), false));
        assert_eq!(whole_in("-9223372036854775808", false), (Some(i64::MIN), true));
        assert_eq!(whole_in("9223372036854775808", false), (None, false));
        assert_eq!(whole_in("-0", false), (Some(0), false));
        assert_eq!(decimal_in("153,13", true), (Some(153.13), false));
        assert_eq!(decimal_in("1.234", true), (Some(1234.0), false));
        assert_eq!(decimal_in("0.30000000000000004", false), (Some(0.1 + 0.2), true));
        assert_eq!(decimal_in("1e999", false), (None, false));
        assert_eq!(decimal_in(":", false), (None, false));
    }

    #[test]
    fn thousands_and_decimals_are_told_apart() {
        assert_eq!(number("77,500"), Some(77_500.0));
        assert_eq!(number("-1,234,567.5"), Some(-1_234_567.5));
        assert_eq!(number("153,13"), None);
        assert_eq!(number("1,2345"), None);
        assert_eq!(comma_number("153,13"), Some(153.13));
        assert_eq!(comma_number("1.234,5"), Some(1234.5));
        assert_eq!(number("£28.31"), Some(28.31));
        assert_eq!(number("12.5 %"), Some(12.5));
        assert_eq!(number("1e3"), Some(1000.0));
    }

    #[test]
    fn words_and_dates_are_no_numbers() {
        for cell in ["inf", "NaN", "2001-02", "1.2.3", "-", "", "+44 20 7946 0000", "E06000001"] {
            assert_eq!(number(cell), None, "{cell}");
        }
    }

    #[test]
    fn markers_are_missing_and_codes_are_codes() {
        assert!([":", "[x]", "..", " ", "n/a"].into_iter().all(is_missing));
        assert!(!is_missing("0") && !is_missing("none known"));
        assert!(is_code("007") && !is_code("0") && !is_code("0.5") && !is_code("70"));
    }

    #[test]
    fn signed_numbers_are_no_formulas() {
        assert!(["=1+1", "@SUM(A1:A9)", "-2+3", "\t=1+1", "\n=1+1", "+44 20 7946 0000"].into_iter().all(is_formula));
        assert!(!["-1.5", "+2.5", "-", "-0,3", "a=b"].into_iter().any(is_formula));
    }
}
