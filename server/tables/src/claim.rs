//! Whether a file that is no table is what its name says; a program is refused under any name.

use std::io::{self, BufReader, Read};

use domain::table::{Problem, Severity};
use encoding_rs::UTF_8;
use serde::de::IgnoredAny;

use crate::compound::{self, Compound};
use crate::content::{self, Content, contains, told};
use crate::encoding;
use crate::source::{CHUNK, Refused, Source, fill};

/// How many brackets of JSON may be open at once; no document of people comes near.
const MAX_DEPTH: u32 = 1000;
/// In how many bytes the mark of a PDF document has to stand.
const PDF_MARK: usize = 1024;

/// Whether only a look into all of a file of this format tells what it is; of others the two ends do.
#[must_use]
pub fn is_read_whole(format: &str) -> bool {
    matches!(format, "json" | "csvw" | "txt" | "xls")
}

/// Looks at the first and last bytes of a file, each [`crate::ENDS`] of them or all there are.
///
/// # Errors
/// What the file is instead, and what to do.
pub fn check_ends(format: &str, filename: &str, start: &[u8], end: &[u8]) -> Result<(), Problem> {
    let found = told(start, end);
    if found == Some(Content::Program) {
        return Err(refused(filename, "This is a program: programs are not accepted, whatever they are called."));
    }
    if !fits(format, found, start, end) {
        return Err(refused(filename, &otherwise(format, found)));
    }
    if matches!(format, "zip" | "ods") && !contains(end, b"PK\x05\x06") {
        return Err(refused(filename, "The archive has no end: it was cut off. Make it again and send that."));
    }
    Ok(())
}

/// Looks at the ends of a file and, where only that tells, at all of it.
pub(crate) fn check(format: &str, filename: &str, source: &dyn Source) -> Result<(), Refused> {
    let (start, end) = content::ends(source)?;
    check_ends(format, filename, &start, &end)?;
    check_whole(format, filename, source)
}

fn fits(format: &str, found: Option<Content>, start: &[u8], end: &[u8]) -> bool {
    match format {
        "pdf" => match found {
            None => contains(&start[..start.len().min(PDF_MARK)], b"%PDF-"),
            found => found == Some(Content::Pdf),
        },
        "zip" => matches!(found, Some(Content::Zip | Content::Xlsx | Content::Ods)),
        // Some programs do not put the type first, where it should stand.
        "ods" => found == Some(Content::Ods) || (found == Some(Content::Zip) && contains(end, b"content.xml")),
        "xls" => found == Some(Content::Xls),
        "sdmx" => matches!(found, None | Some(Content::Xml)) && is_xml(start),
        "json" | "csvw" => matches!(found, None | Some(Content::Json)),
        "txt" => matches!(found, None | Some(Content::Html | Content::Xml | Content::Json)),
        _ => true,
    }
}

/// Whether the text begins as XML does, in UTF-8 or in UTF-16 with its mark.
fn is_xml(start: &[u8]) -> bool {
    let (text, _, _) = UTF_8.decode(&start[..start.len().min(512)]);
    let opened = text.trim_start().strip_prefix('<').and_then(|rest| rest.chars().next());
    opened.is_some_and(|first| first.is_alphabetic() || matches!(first, '?' | '!' | '_' | ':'))
}

/// Looks into all of a file: JSON has to be JSON to its end, text has to be text, and what looks like an older workbook has to hold one.
///
/// # Errors
/// What is wrong with it, or what went wrong with reading.
pub fn check_whole(format: &str, filename: &str, source: &dyn Source) -> Result<(), Refused> {
    match format {
        "json" | "csvw" => check_json(filename, source),
        "txt" => encoding::survey(source, CHUNK, None).map(|_| ()),
        "xls" => check_workbook(filename, source),
        _ => Ok(()),
    }
}

/// Letters, slides and installers of Windows begin as older workbooks do.
fn check_workbook(filename: &str, source: &dyn Source) -> Result<(), Refused> {
    let why = match compound::look(source)? {
        Compound::Workbook => return Ok(()),
        Compound::Locked => compound::LOCKED,
        Compound::Installer => "This installs a program: programs are not accepted, whatever they are called.",
        Compound::Other => {
            "This is an older Office document of another kind, not an older Excel workbook as its name says. Save the table as XLSX or CSV and send that."
        }
        Compound::Broken => {
            "This cannot be read as an older Excel workbook, as its name says: it is damaged or was cut off. Save it again, best as XLSX or CSV, and send that."
        }
    };
    Err(refused(filename, why).into())
}

fn check_json(filename: &str, source: &dyn Source) -> Result<(), Refused> {
    let mut input = source.open()?;
    let mut mark = Vec::new();
    fill(&mut *input, &mut mark, 3)?;
    let begun: &[u8] = if mark == [0xEF, 0xBB, 0xBF] { &[] } else { &mark };
    let watched = Watched { input: begun.chain(input), depth: 0, quoted: false, escaped: false };
    match serde_json::from_reader::<_, IgnoredAny>(BufReader::new(watched)) {
        Ok(_) => Ok(()),
        Err(error) if error.is_io() && error.io_error_kind() != Some(io::ErrorKind::InvalidData) => {
            Err(io::Error::from(error).into())
        }
        Err(error) => {
            let why = format!("This cannot be read as JSON: {error}. Mend it, or name the file as what it is.");
            let problem = refused(filename, &why);
            Err(if error.line() > 0 { problem.at_line(error.line() as u64) } else { problem }.into())
        }
    }
}

/// JSON on its way to the reader, which keeps what is open and so must not be led too deep.
struct Watched<R> {
    input: R,
    depth: u32,
    quoted: bool,
    escaped: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(bytes)?;
        for byte in &bytes[..count] {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.quoted => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                b'[' | b'{' if !self.quoted => self.depth += 1,
                b']' | b'}' if !self.quoted => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth > MAX_DEPTH {
                let message = format!("more than {MAX_DEPTH} brackets are open at once");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        Ok(count)
    }
}

fn refused(filename: &str, why: &str) -> Problem {
    Problem::new(Severity::Error, format!("“{filename}”: {why}"))
}

/// What a file is that is not what its name says.
fn otherwise(format: &str, found: Option<Content>) -> String {
    let wanted = match format {
        "pdf" => "a PDF document",
        "zip" => "a ZIP archive",
        "ods" => "an OpenDocument spreadsheet",
        "xls" => "an older Excel workbook",
        "sdmx" => "an XML document",
        "txt" => "plain text",
        _ => "a JSON document",
    };
    match found {
        Some(found) => format!(
            "This is {}, not {wanted} as its name says. Name it as what it is, or send the right file.",
            found.name()
        ),
        None => format!("This is not {wanted}, as its name says. Make it again, or name it as what it is."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with nothing in it.
    const EMPTY_ZIP: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    /// The beginning of a program for Windows.
    const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0";

    fn ends(format: &str, bytes: &[u8]) -> Result<(), String> {
        check_ends(format, "a.x", bytes, bytes).map_err(|problem| problem.message)
    }

    fn whole(format: &str, bytes: &[u8]) -> Result<(), Vec<Problem>> {
        match check_whole(format, "a.x", &bytes) {
            Ok(()) => Ok(()),
            Err(Refused::Table(problems)) => Err(problems),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_what_it_says_is_taken() {
        let utf16 = b"\xFF\xFE<\0?\0x\0m\0l\0";
        let sound: [(&str, &[u8]); 11] = [
            ("pdf", b"%PDF-1.7\n"),
            ("pdf", b"\r\n%PDF-1.4\n"),
            ("zip", EMPTY_ZIP),
            ("zip", b"PK\x03\x04 xl/workbook.xml PK\x05\x06"),
            ("ods", b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet PK\x05\x06"),
            ("ods", b"PK\x03\x04 content.xml PK\x05\x06"),
            ("xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
            ("sdmx", b"\xEF\xBB\xBF\n<Structure/>"),
            ("sdmx", utf16),
            ("json", b"3"),
            ("txt", b"<html>is text, too</html>"),
        ];
        for (format, bytes) in sound {
            assert_eq!(ends(format, bytes), Ok(()), "{format}");
        }
    }

    #[test]
    fn what_is_something_else_is_refused_with_what_it_is() {
        let wrong: [(&str, &[u8], &str); 11] = [
            ("pdf", b"<!DOCTYPE html><title>Sign in</title>", "a web page, not a PDF document"),
            ("pdf", b"Year,Value\n", "not a PDF document"),
            ("zip", b"\x1F\x8B\x08\0", "a gzip-compressed file"),
            ("zip", b"nothing of the kind", "not a ZIP archive"),
            ("zip", b"PK\x03\x04 cut off here", "has no end"),
            ("ods", b"PK\x03\x04 xl/workbook.xml PK\x05\x06", "an Excel workbook"),
            ("xls", b"PK\x03\x04 xl/workbook.xml PK\x05\x06", "an Excel workbook"),
            ("sdmx", b"<html><body>", "a web page"),
            ("sdmx", b"Year,Value\n", "not an XML document"),
            ("json", b"%PDF-1.7\n", "a PDF document"),
            ("txt", b"\x89PNG\r\n\x1A\n", "a picture"),
        ];
        for (format, bytes, what) in wrong {
            let told = ends(format, bytes).unwrap_err();
            assert!(told.contains(what) && told.contains("a.x"), "{format}: {told}");
        }
    }

    #[test]
    fn a_program_is_refused_under_every_name() {
        for format in ["pdf", "zip", "ods", "xls", "sdmx", "json", "csvw", "txt"] {
            for bytes in [PROGRAM, b"\x7FELF\x02\x01", b"#!/bin/sh\necho", b"#! /usr/bin/env python\n"] {
                assert!(ends(format, bytes).unwrap_err().contains("program"), "{format}");
            }
        }
    }

    #[test]
    fn json_is_read_to_its_end_and_not_too_deep() {
        for sound in ["{\"a\": [1, 2, \"]]\\\"[\"]}", "\u{feff}[]", "null"] {
            assert_eq!(whole("json", sound.as_bytes()), Ok(()), "{sound}");
        }
        let cut = whole("csvw", b"{\n\"a\": [1, 2").unwrap_err();
        assert!(cut[0].line == Some(2) && cut[0].message.contains("JSON"), "{cut:?}");
        assert!(whole("json", b"{} {}").is_err());
        let deep = whole("json", &[b'['; 100_000]).unwrap_err();
        assert!(deep[0].message.contains("brackets"), "{deep:?}");
        let quoted = format!("\"{}\"", "[".repeat(5000));
        assert_eq!(whole("json", quoted.as_bytes()), Ok(()));
    }

    #[test]
    fn an_older_workbook_holds_one() {
        use crate::compound::tests::document;
        let mut installer = [0; 16];
        installer[..4].copy_from_slice(&[0x84, 0x10, 0x0C, 0]);
        (installer[8], installer[15]) = (0xC0, 0x46);
        assert_eq!(whole("xls", &document(&["\u{5}SummaryInformation", "Workbook"], [0; 16])), Ok(()));
        for (bytes, what) in [
            (document(&["_Tables", "_StringPool"], installer), "installs a program"),
            (document(&["WordDocument"], [0; 16]), "of another kind"),
            (document(&["EncryptionInfo", "EncryptedPackage"], [0; 16]), "protected with a password"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "cut off"),
        ] {
            assert_eq!(ends("xls", &bytes), Ok(()));
            let told = whole("xls", &bytes).unwrap_err();
            assert!(told[0].message.contains(what), "{told:?}");
        }
    }

    #[test]
    fn text_is_text_to_its_end() {
        assert_eq!(whole("txt", "Ffigurau’r flwyddyn\n".as_bytes()), Ok(()));
        assert_eq!(whole("txt", b"\xFF\xFEa\0b\0"), Ok(()));
        assert!(whole("txt", b"at first it seems so\n\0\x01\x02").is_err());
    }
}
