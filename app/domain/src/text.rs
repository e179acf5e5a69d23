//! Rules for text that people type.

use crate::refusal::FieldProblem;

/// Checks a needed line of text: not blank, at most `max` characters, no control characters.
pub fn check_line(problems: &mut Vec<FieldProblem>, field: &str, text: &str, max: usize) {
    if text.trim().is_empty() {
        problems.push(FieldProblem::required(field));
    } else {
        check_optional(problems, field, text, max, false);
    }
}

/// Checks text that may be empty; with `lines`, line ends are allowed.
pub fn check_optional(problems: &mut Vec<FieldProblem>, field: &str, text: &str, max: usize, lines: bool) {
    if text.chars().count() > max {
        problems.push(FieldProblem::new(field, "too_long", format!("Use at most {max} characters.")));
    }
    let bad = |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'));
    if text.chars().any(bad) {
        problems.push(FieldProblem::new(field, "control_characters", "Leave out control characters."));
    }
}

/// Checks an e-mail address as far as a form can: one `@` with something on both sides.
pub fn check_email(problems: &mut Vec<FieldProblem>, field: &str, text: &str) {
    let sound = text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
    });
    if !sound || text.len() > 254 {
        problems.push(FieldProblem::new(
            field,
            "invalid_email",
            "Give an e-mail address, for example statistics@example.org.",
        ));
    }
}

/// Checks a link: an absolute http(s) address or a path of this site.
pub fn check_href(problems: &mut Vec<FieldProblem>, field: &str, text: &str) {
    let absolute =
        ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    let local = text.starts_with('/') && !text.starts_with("//");
    if !(absolute || local) || text.contains(char::is_whitespace) || text.len() > 2000 {
        problems.push(FieldProblem::new(
            field,
            "invalid_link",
            "Give an address that begins with https:// or with / for a page of this site.",
        ));
    }
}

/// Text as a part of an address or of its query (RFC 3986: everything but the unreserved characters is escaped).
#[must_use]
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn everything_but_the_unreserved_is_escaped() {
        assert_eq!(escaped("a-b_c.d~9"), "a-b_c.d~9");
        assert_eq!(escaped("Ynys Môn/&"), "Ynys%20M%C3%B4n%2F%26");
    }
}
