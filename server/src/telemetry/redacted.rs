//! The last line of defence: what looks like a secret leaves no log, whoever wrote it there.

use std::borrow::Cow;
use std::io;

use tracing_subscriber::fmt::MakeWriter;

/// What a secret comes after; the secret ends at the first character that cannot be in one.
const BEFORE_SECRETS: [&str; 12] = [
    "cat_",
    "bearer ",
    "basic ",
    "catalogue_session=",
    "password=",
    "password\":\"",
    "password\\\":\\\"",
    "token=",
    "secret=",
    "code=",
    "signature=",
    "authorization: ",
];
/// Shorter words are words.
const SHORTEST: usize = 6;
const MASK: &str = "********";

/// Gives out writers that mask secrets.
#[derive(Clone, Copy, Debug)]
pub struct Redacted<W>(pub W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Redacted<W> {
    type Writer = Masking<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Masking(self.0.make_writer())
    }
}

/// Masks secrets in each line; lines arrive whole.
#[derive(Debug)]
pub struct Masking<W>(W);

impl<W: io::Write> io::Write for Masking<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with every secret masked.
fn redact(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for before in BEFORE_SECRETS {
        for (at, _) in lower.match_indices(before) {
            let start = at + before.len();
            let length = text[start..].bytes().take_while(|b| is_secret(*b)).count();
            if length >= SHORTEST {
                ranges.push((start, start + length));
            }
        }
    }
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    ranges.sort_unstable();
    let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
    for (start, end) in ranges {
        if start >= at {
            shown.push_str(&text[at..start]);
            shown.push_str(MASK);
        }
        at = at.max(end);
    }
    shown.push_str(&text[at..]);
    Cow::Owned(shown)
}

const fn is_secret(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=' | b'%')
        || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        for (line, shown) in [
            ("Authorization: Bearer cat_0123456789abcdef!", "Authorization: ******** ********!"),
            ("cookie catalogue_session=abcDEF123456; a=b", "cookie catalogue_session=********; a=b"),
            ("GET /account/reset?token=abcdefghij&lang=cy", "GET /account/reset?token=********&lang=cy"),
            (r#"{"password":"hunter2hunter2"}"#, r#"{"password":"********"}"#),
            ("a token=short and cat_5", "a token=short and cat_5"),
            ("nothing to hide ünï", "nothing to hide ünï"),
        ] {
            assert_eq!(redact(line), shown);
        }
    }

    #[test]
    fn overlapping_secrets_are_masked_once() {
        assert_eq!(redact("bearer token=abcdefghijk"), "bearer ********");
    }
}
