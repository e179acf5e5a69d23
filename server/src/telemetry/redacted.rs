//! The last line of defence: what looks like a secret leaves no log, whoever wrote it there.

use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// What a secret comes after; the secret ends at the first character that cannot be in one.
const BEFORE_SECRETS: [&str; 13] = [
    "cat_",
    "bearer ",
    "basic ",
    "catalogue_session=",
    "catalogue_device=",
    "password=",
    "password\":\"",
    "password\\\":\\\"",
    "token=",
    "secret=",
    "code=",
    "signature=",
    "authorization: ",
];
/// The target of lines whose every part was masked or is of our own making: those about remembered answers, whose paths go
/// through [`masked`] once for all readers.
pub const CLEAN: &str = "server::http::at_once";
/// Shorter words are words.
const SHORTEST: usize = 6;
const MASK: &str = "********";

/// Gives out writers that mask secrets.
#[derive(Clone, Copy, Debug)]
pub struct Redacted<W>(pub W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Redacted<W> {
    type Writer = Masking<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Masking::Doubtful(self.0.make_writer())
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Self::Writer {
        let writer = self.0.make_writer_for(about);
        if about.target() == CLEAN { Masking::Clean(writer) } else { Masking::Doubtful(writer) }
    }
}

/// Masks secrets in each line; lines arrive whole.
#[derive(Debug)]
pub enum Masking<W> {
    /// Whoever wrote the line has masked it.
    Clean(W),
    /// The line may hold anything.
    Doubtful(W),
}

impl<W: io::Write> io::Write for Masking<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clean(writer) => writer.write_all(line)?,
            Self::Doubtful(writer) => writer.write_all(&redact(line))?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clean(writer) | Self::Doubtful(writer) => writer.flush(),
        }
    }
}

/// A text with every secret masked.
#[must_use]
pub fn masked(text: &str) -> String {
    String::from_utf8_lossy(&redact(text.as_bytes())).into_owned()
}

/// Finds every beginning in one pass; `None` could only come of a list that is too long.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let dfa = Some(AhoCorasickKind::DFA);
    AhoCorasick::builder().kind(dfa).ascii_case_insensitive(true).build(BEFORE_SECRETS).ok()
});

/// The line with every secret masked.
fn redact(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(finder) = &*FINDER else {
        return Cow::Borrowed(MASK.as_bytes());
    };
    let mut shown: Vec<u8> = Vec::new();
    let (mut at, mut from) = (0, 0);
    while let Some(found) = finder.find(&line[from..]) {
        let start = from + found.end();
        let length = line[start..].iter().take_while(|b| is_secret(**b)).count();
        // One beginning may stand within what follows another: `Authorization: Bearer …`.
        from = start;
        if start >= at && length >= SHORTEST {
            shown.extend_from_slice(&line[at..start]);
            shown.extend_from_slice(MASK.as_bytes());
            at = start + length;
        }
    }
    if at == 0 {
        return Cow::Borrowed(line);
    }
    shown.extend_from_slice(&line[at..]);
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
            ("set-cookie catalogue_device=abc123def456; HttpOnly", "set-cookie catalogue_device=********; HttpOnly"),
            ("GET /account/reset?token=abcdefghij&lang=cy", "GET /account/reset?token=********&lang=cy"),
            (r#"{"password":"hunter2hunter2"}"#, r#"{"password":"********"}"#),
            ("a token=short and cat_5", "a token=short and cat_5"),
            ("nothing to hide ünï", "nothing to hide ünï"),
        ] {
            assert_eq!(String::from_utf8_lossy(&redact(line.as_bytes())), shown);
        }
    }

    #[test]
    fn overlapping_secrets_are_masked_once() {
        assert_eq!(&*redact(b"bearer token=abcdefghijk"), b"bearer ********");
    }
}
