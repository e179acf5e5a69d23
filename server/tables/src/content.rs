//! What a file really is, told by its bytes; its name and the sent media type are no evidence.

use std::io::{self, Seek, SeekFrom};

use crate::source::{Source, fill};

/// A kind of file that is not CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// An Office Open XML workbook.
    Xlsx,
    /// A workbook of older Excel, or another compound document.
    Xls,
    /// An OpenDocument spreadsheet.
    Ods,
    /// A ZIP archive of something else.
    Zip,
    /// A gzip-compressed file.
    Gzip,
    /// A PDF document.
    Pdf,
    /// A picture.
    Image,
    /// A program or script that a machine would run.
    Program,
    /// A web page.
    Html,
    /// An XML document.
    Xml,
    /// A JSON document.
    Json,
}

impl Content {
    /// What it is, in words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "an Excel workbook",
            Self::Xls => "an older Excel workbook",
            Self::Ods => "an OpenDocument spreadsheet",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip-compressed file",
            Self::Pdf => "a PDF document",
            Self::Image => "a picture",
            Self::Program => "a program",
            Self::Html => "a web page",
            Self::Xml => "an XML document",
            Self::Json => "a JSON document",
        }
    }

    /// What it is and what to do when CSV was wanted.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Xlsx => "This is an Excel workbook, not CSV: upload it as .xlsx or save it as CSV.",
            Self::Xls => "This is an older Excel workbook, not CSV: upload it as .xls or save it as CSV.",
            Self::Ods => "This is an OpenDocument spreadsheet, not CSV: upload it as .ods or save it as CSV.",
            Self::Zip => "This is a ZIP archive, not CSV: unpack it and upload the file inside, or upload it as .zip.",
            Self::Gzip => "This is a gzip-compressed file, not CSV: unpack it and upload the file inside.",
            Self::Pdf => "This is a PDF document, not CSV: upload it as .pdf, or send the figures as CSV.",
            Self::Image => "This is a picture, not CSV: send the figures as CSV.",
            Self::Program => "This is a program, not CSV: programs are not accepted.",
            Self::Html => {
                "This is a web page, not CSV: perhaps a sign-in page was saved in place of the data. Download the data again."
            }
            Self::Xml => "This is an XML document, not CSV: upload it as .xml, or send the figures as CSV.",
            Self::Json => "This is a JSON document, not CSV: upload it as .json, or send the figures as CSV.",
        }
    }
}

/// Tells what the bytes are, or nothing where they could be CSV.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<Content> {
    told(bytes, &bytes[bytes.len().saturating_sub(ENDS)..])
}

/// Bytes at the start and at the end of a file that tell what it is; the end of an archive may stand before a long remark.
pub const ENDS: usize = 65_536 + 22;

/// The same of a file that is not in memory.
pub(crate) fn sniff_source(source: &dyn Source) -> io::Result<Option<Content>> {
    let (start, end) = ends(source)?;
    Ok(told(&start, &end))
}

/// The first and the last bytes of a file, [`ENDS`] of them or all there are.
pub(crate) fn ends(source: &dyn Source) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut input = source.open()?;
    let mut start = Vec::new();
    fill(&mut *input, &mut start, ENDS)?;
    let length = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(length.saturating_sub(ENDS as u64)))?;
    let mut end = Vec::new();
    fill(&mut *input, &mut end, ENDS)?;
    Ok((start, end))
}

pub(crate) fn told(bytes: &[u8], tail: &[u8]) -> Option<Content> {
    let found = match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => archive(bytes, tail),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Content::Xls,
        [0x1F, 0x8B, 8, ..] => Content::Gzip,
        [0x7F, b'E', b'L', b'F', ..]
        | [0xFE, 0xED, 0xFA, 0xCE | 0xCF, ..]
        | [0xCE | 0xCF, 0xFA, 0xED, 0xFE, ..]
        | [0xCA, 0xFE, 0xBA, 0xBE, ..]
        | [0, b'a', b's', b'm', ..]
        | [b'#', b'!', b'/', ..]
        | [b'#', b'!', b' ', b'/', ..] => Content::Program,
        [b'M', b'Z', rest @ ..] if rest.iter().take(126).any(|byte| *byte == 0) => Content::Program,
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => Content::Image,
        [b'%', b'P', b'D', b'F', b'-', ..] => Content::Pdf,
        _ => return markup(bytes),
    };
    Some(found)
}

fn archive(bytes: &[u8], tail: &[u8]) -> Content {
    // The directory of an archive, which lists its names, stands at its end.
    if contains(tail, b"xl/workbook") {
        Content::Xlsx
    } else if contains(&bytes[..bytes.len().min(128)], b"vnd.oasis.opendocument.spreadsheet") {
        Content::Ods
    } else {
        Content::Zip
    }
}

fn markup(bytes: &[u8]) -> Option<Content> {
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let start = &bytes[..bytes.len().min(512)];
    let start = start.trim_ascii_start().to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        Some(Content::Html)
    } else if start.starts_with(b"<?xml") {
        Some(Content::Xml)
    } else if json(&start) {
        Some(Content::Json)
    } else {
        None
    }
}

/// A JSON object or list: its bracket is followed by a name, a value or the closing bracket.
fn json(start: &[u8]) -> bool {
    match start.split_first() {
        Some((b'{', rest)) => matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')),
        Some((b'[', rest)) => matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[' | b'"')),
        _ => false,
    }
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::{Content, sniff};

    #[test]
    fn text_that_only_looks_alike_is_not_refused() {
        assert_eq!(sniff(b"MZ code,value\nMZ1,2\n"), None);
        assert_eq!(sniff(b"[c],[x]\n1,2\n"), None);
        assert_eq!(sniff(b""), None);
    }

    #[test]
    fn web_pages_and_documents_are_told_by_their_start() {
        assert_eq!(sniff(b"\xEF\xBB\xBF\n<!DOCTYPE html><title>Sign in</title>"), Some(Content::Html));
        assert_eq!(sniff(b"%PDF-1.7\n"), Some(Content::Pdf));
        assert_eq!(sniff(b"{ \"error\": true }"), Some(Content::Json));
        assert_eq!(sniff(b"\x1F\x8B\x08\0"), Some(Content::Gzip));
        assert_eq!(sniff(b"#!/bin/sh\n"), Some(Content::Program));
    }
}
