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
        [b'=' | b'@' | b'\t' | b'\r', _, ..] => true,
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
    use super::{comma_number, is_code, is_formula, is_missing, number};

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
        assert!(["=1+1", "@SUM(A1:A9)", "-2+3", "\t=1+1", "+44 20 7946 0000"].into_iter().all(is_formula));
        assert!(!["-1.5", "+2.5", "-", "-0,3", "a=b"].into_iter().any(is_formula));
    }
}
