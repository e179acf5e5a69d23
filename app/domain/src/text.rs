//! Rules for text that people type.

use crate::refusal::FieldProblem;

/// The longest reason of a step or of a decision about a file, in characters.
pub const MAX_REASON: usize = 5000;

/// The longest reason that stands in one line beside something else, as with a date, a setting or a hold, in characters.
pub const MAX_SHORT_REASON: usize = 1000;

/// Checks a needed line of text: not blank, at most `max` characters, nothing in it that does not show.
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
    let of_several_lines = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| if lines { of_several_lines(c) } else { is_hidden(c) }) {
        problems.push(FieldProblem::new(field, "control_characters", "Leave out control characters."));
    }
    if let Some(mark) = text.chars().find(|c| turns_direction(*c)) {
        let message = format!(
            "Leave out the invisible character U+{:04X}, which turns the direction of the text around it.",
            u32::from(mark)
        );
        problems.push(FieldProblem::new(field, "direction_characters", message));
    }
}

/// What does not show and is no part of a word, or ends a line: control characters, blanks without a width, the mark of the byte
/// order, and notes between lines. The marks by which letters join stay, as do those that say to which direction a sign belongs.
pub(crate) fn is_hidden(c: char) -> bool {
    let has_no_width = matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    c.is_control() || has_no_width || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Embeddings, overrides and isolates of the bidirectional algorithm, with what ends them: they make text look like another. No
/// page here needs them, since each text stands in an element of its own.
pub(crate) const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Checks an e-mail address as far as a form can: one `@` with something on both sides.
pub fn check_email(problems: &mut Vec<FieldProblem>, field: &str, text: &str) {
    let sound = text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(beyond_addresses)
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
    if !(absolute || local) || text.contains(beyond_addresses) || text.len() > 2000 {
        problems.push(FieldProblem::new(
            field,
            "invalid_link",
            "Give an address that begins with https:// or with / for a page of this site.",
        ));
    }
}

/// What stands in no address (RFC 3987): blanks, control characters, marks that turn the direction and those that enclose addresses.
fn beyond_addresses(c: char) -> bool {
    c.is_whitespace()
        || is_hidden(c)
        || turns_direction(c)
        || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
}

/// Checks a telephone number, which may be left out: an international plus, digits, and the marks people put between them.
pub fn check_telephone(problems: &mut Vec<FieldProblem>, field: &str, text: &str) {
    let (number, extension) = match text.to_lowercase().split_once("ext") {
        Some((number, extension)) => (number.to_owned(), Some(extension.to_owned())),
        None => (text.to_owned(), None),
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let marks = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.');
    let number = number.trim();
    let sound = number.strip_prefix('+').unwrap_or(number).chars().all(marks)
        && (5..=20).contains(&digits)
        && extension.is_none_or(|e| e.trim_start_matches(['.', ' ']).trim().parse::<u32>().is_ok());
    if !text.is_empty() && (!sound || text.chars().count() > 50) {
        let message = "Give a telephone number, for example +44 20 7946 0000 or 029 2018 0134 ext. 12.";
        problems.push(FieldProblem::new(field, "invalid_telephone", message));
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

/// Text as it stood before [`escaped`], or as a form sent it, where a plus is a blank; broken escapes stay as they are.
#[must_use]
pub fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|b| char::from(*b).to_digit(16));
        let escape = if byte == b'%' { hex(1).zip(hex(2)) } else { None };
        match escape.map(|(high, low)| u8::try_from(high * 16 + low)) {
            Some(Ok(decoded)) => {
                plain.push(decoded);
                at += 3;
            }
            _ => {
                plain.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(check: fn(&mut Vec<FieldProblem>, &str, &str), text: &str) -> bool {
        let mut problems = Vec::new();
        check(&mut problems, "x", text);
        !problems.is_empty()
    }

    #[test]
    fn what_does_not_show_stands_in_no_text() {
        let codes = |text: &str, lines: bool| {
            let mut problems = Vec::new();
            check_optional(&mut problems, "x", text, 100, lines);
            problems.into_iter().map(|problem| problem.code).collect::<Vec<_>>()
        };
        for good in ["Ynys Môn", "שלום", "a\u{200e}b", "👩\u{200d}🔬", "🏴\u{e0067}\u{e007f}"] {
            assert!(codes(good, false).is_empty() && codes(good, true).is_empty(), "{good}");
        }
        for mark in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            for lines in [false, true] {
                assert_eq!(codes(&format!("Safe {mark} title"), lines), ["direction_characters"], "{mark:?}");
            }
        }
        for control in ['\u{0}', '\u{7}', '\u{7f}', '\u{85}'] {
            for lines in [false, true] {
                assert_eq!(codes(&format!("a{control}b"), lines), ["control_characters"], "{control:?}");
            }
        }
        for of_one_line in ['\n', '\r', '\t', '\u{200b}', '\u{2028}', '\u{2060}', '\u{feff}', '\u{fffa}'] {
            assert_eq!(codes(&format!("a{of_one_line}b"), false), ["control_characters"], "{of_one_line:?}");
            assert!(codes(&format!("a{of_one_line}b"), true).is_empty(), "{of_one_line:?}");
        }
        let mut problems = Vec::new();
        check_line(&mut problems, "title", "Safe \u{202e} title\u{2066}", 200);
        assert!(problems.len() == 1 && problems[0].message.contains("U+202E"), "{problems:?}");
    }

    #[test]
    fn telephones_are_numbers_with_the_usual_marks() {
        for good in ["", "029 2018 0134", "+44 (0)20 7946-0000", "01234 567890 ext. 12", "01234 567890 ext 1"] {
            assert!(!refused(check_telephone, good), "{good}");
        }
        for bad in ["ring me", "123", "+44+20 7946 0000", "01234 567890 ext.", "0123456789012345678901", " "] {
            assert!(refused(check_telephone, bad), "{bad}");
        }
    }

    #[test]
    fn addresses_hold_no_marks_that_enclose_them() {
        assert!(!refused(check_href, "https://example.org/a?b=c#d") && !refused(check_href, "/ŵ"));
        let bad = ["https://", "//x", "ftp://x", "https://a b", "https://a<b", "/a\"b", "/a|b", "javascript:1", ""];
        for bad in bad.into_iter().chain(["/a\u{202e}b", "https://a\u{2060}b"]) {
            assert!(refused(check_href, bad), "{bad}");
        }
        assert!(!refused(check_email, "desk@example.org"));
        for bad in ["desk", "@example.org", "desk@example", "a@b@c.d", "de sk@example.org", "<desk@example.org>", ""] {
            assert!(refused(check_email, bad), "{bad}");
        }
    }

    #[test]
    fn everything_but_the_unreserved_is_escaped() {
        assert_eq!(escaped("a-b_c.d~9"), "a-b_c.d~9");
        assert_eq!(escaped("Ynys Môn/&"), "Ynys%20M%C3%B4n%2F%26");
    }
}
