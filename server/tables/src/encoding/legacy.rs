//! Bytes that are not UTF-8: one older encoding throughout, or a mixture, which is refused.

use std::io;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use domain::table::{Problem, Severity};
use encoding_rs::WINDOWS_1252;

use super::{Encoded, lines};
use crate::source::{Refused, Source, fill};

/// Guesses the encoding; `first_bad` is where UTF-8 ends.
pub(super) fn legacy(source: &dyn Source, first_bad: u64, chunk: usize) -> Result<Encoded, Refused> {
    let line = lines::line_at(source, first_bad)?;
    let look = look(source, first_bad, chunk)?;
    if look.utf8_letters {
        return Err(Problem::new(
            Severity::Error,
            format!(
                "The file mixes encodings: it is UTF-8 in places, but byte 0x{:02X} at offset {first_bad} in line {line} is not. Save the whole file as UTF-8 and send it again.",
                look.bad
            ),
        )
        .at_line(line)
        .into());
    }
    let guess = look.detector.guess(Some(b"uk"), Utf8Detection::Deny);
    // Single marks such as £ or ’ are too little to tell one Western encoding from another.
    let encoding = if look.marks < 64 || !guess.is_single_byte() { WINDOWS_1252 } else { guess };
    // Without a letter in UTF-8 the first bad byte is the first letter outside ASCII.
    let (sample, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&look.bad));
    let problem = Problem::new(
        Severity::Warning,
        format!(
            "The file is not UTF-8 and was read as {}, a guess: the first letter concerned is {sample} in line {line}. If that letter is wrong, choose another encoding for the file, or save it as UTF-8 and send it again.",
            encoding.name()
        ),
    )
    .at_line(line);
    Ok(Encoded { encoding, byte_order_mark: false, skip: 0, chunk, problems: vec![problem] })
}

struct Look {
    detector: EncodingDetector,
    /// Whether at least one letter outside ASCII is well-formed UTF-8.
    utf8_letters: bool,
    /// Bytes outside ASCII.
    marks: u64,
    bad: u8,
}

fn look(source: &dyn Source, first_bad: u64, chunk: usize) -> io::Result<Look> {
    let detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut look = Look { detector, utf8_letters: false, marks: 0, bad: b'?' };
    let mut input = source.open()?;
    let mut bytes = Vec::new();
    let mut offset = 0_u64;
    loop {
        let carried = bytes.len();
        let found = fill(&mut *input, &mut bytes, chunk)?;
        let fresh = &bytes[carried..];
        let place = first_bad.checked_sub(offset).and_then(|at| usize::try_from(at).ok());
        if let Some(bad) = place.and_then(|at| fresh.get(at)) {
            look.bad = *bad;
        }
        offset += found as u64;
        look.detector.feed(fresh, found < chunk);
        look.marks += fresh.iter().filter(|byte| !byte.is_ascii()).count() as u64;
        let whole = bytes.len() - if found < chunk { 0 } else { begun(&bytes) };
        look.utf8_letters |= bytes[..whole].utf8_chunks().any(|piece| !piece.valid().is_ascii());
        bytes.drain(..whole);
        if found < chunk || look.utf8_letters && offset > first_bad {
            return Ok(look);
        }
    }
}

/// Bytes at the end that may be the start of a letter in UTF-8.
fn begun(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for (back, byte) in (1..).zip(tail.iter().rev()) {
        let length = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => 0,
        };
        return if length > back { back } else { 0 };
    }
    0
}
