//! From bytes to text: the encoding is told by its mark or guessed, and never silently repaired.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use domain::table::{Problem, Severity};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file and how it was encoded.
pub(crate) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    pub encoding: &'static Encoding,
    pub byte_order_mark: bool,
    pub problems: Vec<Problem>,
}

/// Finds the encoding and decodes, or says why the bytes are not text.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Problem> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return marked(encoding, &bytes[length..]);
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return marked(encoding, bytes).map(|mut decoded| {
            decoded.byte_order_mark = false;
            decoded
        });
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(nul(line_of(bytes, at)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            Ok(Decoded { text: Cow::Borrowed(text), encoding: UTF_8, byte_order_mark: false, problems: Vec::new() })
        }
        Err(error) => legacy(bytes, error.valid_up_to()),
    }
}

/// Decodes again what [`decode`] accepted, by the name of its encoding.
pub(crate) fn decode_as<'b>(bytes: &'b [u8], label: &str) -> Cow<'b, str> {
    let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(UTF_8);
    let start = Encoding::for_bom(bytes).map_or(0, |(_, length)| length);
    encoding.decode_without_bom_handling(&bytes[start..]).0
}

fn marked<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Result<Decoded<'b>, Problem> {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else {
        let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| 0);
        let problem = Problem::new(
            Severity::Error,
            format!(
                "The file begins with the mark of {0} but holds bytes that are not {0}: save it again as UTF-8.",
                encoding.name()
            ),
        );
        return Err(if encoding == UTF_8 { problem.at_line(line_of(bytes, at)) } else { problem });
    };
    if let Some(at) = text.find('\0') {
        return Err(nul(line_of(text.as_bytes(), at)));
    }
    let mut problems = Vec::new();
    if encoding != UTF_8 {
        problems.push(Problem::new(
            Severity::Note,
            format!("The file is encoded as {}; it is shown and offered as UTF-8 as well.", encoding.name()),
        ));
    }
    Ok(Decoded { text, encoding, byte_order_mark: true, problems })
}

/// UTF-16 without its mark: nearly every second byte of the start is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(400)];
    if start.len() < 8 || bytes.len() % 2 == 1 {
        return None;
    }
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), start.len() / 2);
    if odd * 10 > half * 8 && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 8 && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Bytes that are not UTF-8: one older encoding throughout, or a mixture, which is refused.
fn legacy(bytes: &[u8], first_bad: usize) -> Result<Decoded<'_>, Problem> {
    let line = line_of(bytes, first_bad);
    if holds_utf8_letters(bytes) {
        return Err(Problem::new(
            Severity::Error,
            format!(
                "The file mixes encodings: it is UTF-8 in places, but byte 0x{:02X} at offset {first_bad} in line {line} is not. Save the whole file as UTF-8 and send it again.",
                bytes[first_bad]
            ),
        )
        .at_line(line));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"uk"), Utf8Detection::Deny);
    // Single marks such as £ or ’ are too little to tell one Western encoding from another.
    let few = bytes.iter().filter(|byte| !byte.is_ascii()).count() < 64;
    let encoding = if few || !guess.is_single_byte() { WINDOWS_1252 } else { guess };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let sample = text.chars().find(|letter| !letter.is_ascii()).unwrap_or('?');
    let problem = Problem::new(
        Severity::Warning,
        format!(
            "The file is not UTF-8 and was read as {}, a guess: the first letter concerned is {sample} in line {line}. If that letter is wrong, save the file as UTF-8 and send it again.",
            encoding.name()
        ),
    )
    .at_line(line);
    Ok(Decoded { text, encoding, byte_order_mark: false, problems: vec![problem] })
}

/// Whether at least one letter outside ASCII is well-formed UTF-8.
fn holds_utf8_letters(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

fn nul(line: u64) -> Problem {
    Problem::new(
        Severity::Error,
        format!(
            "There is a NUL byte in line {line}: other programs cut the text there. Remove it and send the file again."
        ),
    )
    .at_line(line)
}

/// The line, from 1, that holds the byte at this offset, whichever line ends are used.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    let before = &bytes[..at];
    let feeds = before.iter().filter(|byte| **byte == b'\n').count();
    let lines = if feeds > 0 { feeds } else { before.iter().filter(|byte| **byte == b'\r').count() };
    lines as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn utf16_is_told_with_and_without_its_mark() {
        let plain: Vec<u8> = "name,môn\nâ,1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let Ok(decoded) = decode(&plain) else { panic!("not readable") };
        assert_eq!((&*decoded.text, decoded.encoding.name()), ("name,môn\nâ,1\n", "UTF-16BE"));
        assert!(!decoded.byte_order_mark);
    }

    #[test]
    fn a_broken_file_under_a_utf8_mark_is_refused_with_its_line() {
        let problem = decode(b"\xEF\xBB\xBFa\nb\n\xF4\n").err().expect("refused");
        assert_eq!(problem.line, Some(3));
    }
}
