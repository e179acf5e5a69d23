//! Tables to take away: CSV (RFC 4180) that no spreadsheet takes for formulas.

/// A line of cells.
#[must_use]
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        push(&mut text, cell, false);
    }
    text.push_str("\r\n");
    text
}

/// The same where figures stay figures: no spreadsheet runs a number, whatever its sign.
#[must_use]
pub fn figures<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        push(&mut text, cell, cell.parse::<f64>().is_ok_and(f64::is_finite));
    }
    text.push_str("\r\n");
    text
}

/// A cell that a spreadsheet would run is marked as text by an apostrophe (OWASP, "CSV Injection").
fn push(text: &mut String, cell: &str, figure: bool) {
    let runs = !figure && cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let quoted = cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if quoted {
        text.push('"');
    }
    if runs {
        text.push('\'');
    }
    for c in cell.chars() {
        if c == '"' {
            text.push('"');
        }
        text.push(c);
    }
    if quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_needed_and_never_run() {
        assert_eq!(line(["a", "b c", "", "1"]), "a,b c,,1\r\n");
        assert_eq!(line(["a,b", "say \"yes\"", "two\nlines"]), "\"a,b\",\"say \"\"yes\"\"\",\"two\nlines\"\r\n");
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"] {
            assert_eq!(line([cell]), format!("'{cell}\r\n"), "{cell:?}");
        }
        assert_eq!(line(["=HYPERLINK(\"a\",\"b\")"]), "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"\r\n");
        assert_eq!(figures(["-1.5", "+2", "-x", "-inf", "1,000"]), "-1.5,+2,'-x,'-inf,\"1,000\"\r\n");
        assert_eq!(line(["\r=1"]), "\"'\r=1\"\r\n");
    }
}
