//! Reads all bytes once to say how they are encoded.

use std::io::{Seek, SeekFrom};

use domain::table::{Problem, Severity};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Encoded, Text, legacy::legacy, lines};
use crate::source::{Refused, Source, fill, refusal};

/// Finds the encoding, or takes the one that was chosen; says why the bytes are not text in it.
pub(crate) fn survey(source: &dyn Source, chunk: usize, chosen: Option<&'static Encoding>) -> Result<Encoded, Refused> {
    match chosen {
        Some(encoding) => as_chosen(source, chunk, encoding),
        None => found(source, chunk),
    }
}

/// Reads the bytes as somebody who knows them says; a mark at their start knows better.
fn as_chosen(source: &dyn Source, chunk: usize, encoding: &'static Encoding) -> Result<Encoded, Refused> {
    let mut start = Vec::new();
    fill(&mut *source.open()?, &mut start, 3)?;
    let (byte_order_mark, skip) = match Encoding::for_bom(&start) {
        Some((marked, length)) if marked == encoding => (true, length),
        Some((marked, _)) => {
            let name = marked.name();
            return Err(refusal(format!("The file begins with the mark of {name}, so it can only be read as {name}.")));
        }
        None => (false, 0),
    };
    let mut encoded = Encoded { encoding, byte_order_mark, skip, chunk, problems: Vec::new() };
    check_decoded(source, &encoded)?;
    let message = format!("The file was read as {}, as an editor chose.", encoding.name());
    encoded.problems.push(Problem::new(Severity::Note, message));
    Ok(encoded)
}

fn found(source: &dyn Source, chunk: usize) -> Result<Encoded, Refused> {
    let mut input = source.open()?;
    let length = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(0))?;
    let mut start = Vec::new();
    fill(&mut *input, &mut start, 400)?;
    let (encoding, skip, byte_order_mark) = match (Encoding::for_bom(&start), unmarked_utf16(&start, length)) {
        (Some((encoding, skip)), _) => (encoding, skip, true),
        (None, Some(encoding)) => (encoding, 0, false),
        (None, None) => (UTF_8, 0, false),
    };
    let mut encoded = Encoded { encoding, byte_order_mark, skip, chunk, problems: Vec::new() };
    if encoding == UTF_8 {
        let scan = scan(source, skip, chunk)?;
        if let Some(at) = scan.nul.filter(|_| !byte_order_mark || scan.bad.is_none()) {
            return Err(lines::nul(lines::line_at(source, at)?).into());
        }
        return match scan.bad {
            None => Ok(encoded),
            Some(at) if byte_order_mark => Err(broken(encoding).at_line(lines::line_at(source, at)?).into()),
            Some(at) => legacy(source, at, chunk),
        };
    }
    check_decoded(source, &encoded)?;
    encoded.problems.push(Problem::new(
        Severity::Note,
        format!("The file is encoded as {}; it is shown and offered as UTF-8 as well.", encoding.name()),
    ));
    Ok(encoded)
}

fn broken(encoding: &'static Encoding) -> Problem {
    Problem::new(
        Severity::Error,
        format!(
            "The file begins with the mark of {0} but holds bytes that are not {0}: save it again as UTF-8.",
            encoding.name()
        ),
    )
}

fn not_in(encoding: &'static Encoding) -> Problem {
    let name = encoding.name();
    Problem::new(
        Severity::Error,
        format!("The file holds bytes that are not {name}. Choose another encoding, or save it again as UTF-8."),
    )
}

/// The first NUL and the first byte that is not UTF-8.
struct Scan {
    nul: Option<u64>,
    bad: Option<u64>,
}

fn scan(source: &dyn Source, skip: usize, chunk: usize) -> Result<Scan, Refused> {
    let mut input = source.open()?;
    let mut bytes = Vec::new();
    fill(&mut *input, &mut bytes, skip)?;
    bytes.clear();
    let mut scan = Scan { nul: None, bad: None };
    let mut offset = skip as u64;
    loop {
        let carried = bytes.len();
        let found = fill(&mut *input, &mut bytes, chunk)?;
        if let Some(at) = memchr::memchr(0, &bytes[carried..]) {
            scan.nul = Some(offset + (carried + at) as u64);
            let before = std::str::from_utf8(&bytes[..carried + at]);
            scan.bad = scan.bad.or_else(|| Some(offset + before.err()?.valid_up_to() as u64));
            return Ok(scan);
        }
        if scan.bad.is_none() {
            let valid = match std::str::from_utf8(&bytes) {
                Ok(_) => bytes.len(),
                Err(error) => {
                    if error.error_len().is_some() || found < chunk {
                        scan.bad = Some(offset + error.valid_up_to() as u64);
                    }
                    error.valid_up_to()
                }
            };
            bytes.drain(..valid);
            offset += valid as u64;
        }
        if scan.bad.is_some() {
            // Only a NUL is of interest from here, and it is told by its line.
            offset += bytes.len() as u64;
            bytes.clear();
        }
        if found < chunk {
            return Ok(scan);
        }
    }
}

/// UTF-16 without its mark: nearly every second byte of the start is zero.
fn unmarked_utf16(start: &[u8], length: u64) -> Option<&'static Encoding> {
    if start.len() < 8 || length % 2 == 1 {
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

fn check_decoded(source: &dyn Source, encoded: &Encoded) -> Result<(), Refused> {
    let mut text = Text::open(source, encoded)?;
    let mut lines = lines::Lines::default();
    while !text.last {
        if text.more(text.text.len())? {
            if encoded.byte_order_mark {
                return Err(broken(encoded.encoding).into());
            }
            let bad = text.text.find(char::REPLACEMENT_CHARACTER).unwrap_or(0);
            lines.pass(&text.text.as_bytes()[..bad]);
            return Err(not_in(encoded.encoding).at_line(lines.line()).into());
        }
        let bytes = text.text.as_bytes();
        if let Some(at) = memchr::memchr(0, bytes) {
            lines.pass(&bytes[..at]);
            return Err(lines::nul(lines.line()).into());
        }
        lines.pass(bytes);
    }
    Ok(())
}
