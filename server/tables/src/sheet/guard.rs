//! Refuses workbooks that would unpack into more than the server can hold, before anything reads them.

use std::io::{self, Read};

use memchr::memmem;
use zip::ZipArchive;

use super::markup::{MAX_PIECE, Met, meet};
use crate::source::{CHUNK, Refused, Source, refusal};

/// Entries of the archive.
const MAX_ENTRIES: usize = 10_000;
/// Unpacked bytes of one sheet, and of everything.
const MAX_SHEET: u64 = 1 << 30;
const MAX_ALL: u64 = 2 << 30;
/// Unpacked bytes of everything but the sheets, which are held in memory.
const MAX_HELD: u64 = 64 << 20;
const MAX_MERGED: u64 = 100_000;
/// Bytes that a shared text takes at least, with its tags.
const LEAST_TEXT: u64 = 5;

/// Unpacks every entry, counts, and keeps nothing but where the bytes of each begin.
///
/// Whoever reads the workbook afterwards may hold whatever tag, text or cell it meets (`holds_all`), or is bounded in that already.
pub(super) fn check(source: &dyn Source, holds_all: bool) -> Result<Vec<u64>, Refused> {
    let mut archive = ZipArchive::new(source.open()?).map_err(broken)?;
    if archive.len() > MAX_ENTRIES {
        return Err(refusal(format!(
            "The workbook is an archive of {} files; at most {MAX_ENTRIES} are accepted.",
            archive.len()
        )));
    }
    let (mut all, mut held, mut merged) = (0, 0, 0);
    let mut starts = Vec::with_capacity(archive.len());
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        // Where an entry without bytes begins, another does.
        starts.extend(entry.data_start().filter(|_| entry.compressed_size() > 0));
        let small = name.to_ascii_lowercase();
        let kept = ["sharedstrings.xml", "styles.xml", "workbook.xml", ".rels"].iter().any(|end| small.ends_with(end));
        // Neither the sheets of Excel nor the one document that holds all sheets of an OpenDocument workbook are held.
        let sheet = (small.contains("worksheets/") && !kept) || small == "content.xml";
        let picture = (small.contains("media/") && !kept) || small.starts_with("pictures/");
        let most = if sheet { MAX_SHEET } else { MAX_HELD };
        // Whatever a sheet is called: another part of the workbook names it.
        let is_xml = sheet || small.ends_with(".xml") || small.ends_with(".rels");
        let most = most.min(MAX_ALL - all);
        let counted = if holds_all && is_xml {
            meet(&mut entry, most, sheet).map_err(|error| damaged(&error))?
        } else {
            count(&mut entry, most)?
        };
        all += counted.bytes;
        merged += counted.merged;
        held += if sheet || picture { 0 } else { counted.bytes };
        if counted.over || held > MAX_HELD {
            return Err(refusal(format!(
                "The workbook unpacks to more than is accepted, at “{name}”: {} MB a sheet and {} MB besides. Send the figures as CSV.",
                MAX_SHEET >> 20,
                MAX_HELD >> 20
            )));
        }
        if counted.long && is_xml {
            return Err(refusal(format!(
                "The workbook holds a cell or tag of more than 1 MB, or tags too deep within each other, in “{name}”. Send the figures as CSV."
            )));
        }
        if counted.claimed.saturating_mul(LEAST_TEXT) > counted.bytes {
            return Err(refusal(format!(
                "The workbook says that it holds {} texts, more than there is room for in “{name}”. Save it again, or send the figures as CSV.",
                counted.claimed
            )));
        }
        if merged > MAX_MERGED {
            return Err(refusal(format!(
                "The workbook has more than {MAX_MERGED} merged cells. Undo the merging, or send the figures as CSV."
            )));
        }
    }
    Ok(starts)
}

fn broken(error: zip::result::ZipError) -> Refused {
    refusal(format!("The workbook cannot be unpacked: {error}. Save it again, or send the figures as CSV."))
}

fn damaged(error: &io::Error) -> Refused {
    refusal(format!("The workbook is damaged: {error}. Save it again."))
}

/// The same as [`meet`] for what is no XML, or is read within bounds: too long is what goes on without the end of a tag.
fn count(entry: &mut impl Read, most: u64) -> Result<Met, Refused> {
    let mut counted = Met::default();
    let mut bytes = Vec::new();
    let (mut since, mut gap) = (0, 0);
    loop {
        bytes.clear();
        let mut piece = entry.take(CHUNK as u64 / 4);
        let found = piece.read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
        if found == 0 {
            counted.long = gap.max(since) > MAX_PIECE;
            return Ok(counted);
        }
        counted.bytes += found as u64;
        counted.merged += memmem::find_iter(&bytes, b"mergeCell ").count() as u64;
        let mut from = 0;
        for end in memchr::memchr_iter(b'>', &bytes) {
            gap = gap.max(since + end - from);
            (since, from) = (0, end);
        }
        since += found - from;
        if counted.bytes > most {
            counted.over = true;
            return Ok(counted);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::check;
    use crate::source::Refused;

    fn refused(name: &str, piece: &[u8], times: usize) -> String {
        refused_after(name, b"", piece, times)
    }

    fn refused_after(name: &str, start: &[u8], piece: &[u8], times: usize) -> String {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file(name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored))
            .expect("begun");
        archive.write_all(start).expect("written");
        for _ in 0..times {
            archive.write_all(piece).expect("written");
        }
        let bytes = archive.finish().expect("ended").into_inner();
        let told = [true, false].map(|holds_all| match check(&bytes.as_slice(), holds_all) {
            Err(Refused::Table(problems)) => problems[0].message.clone(),
            other => format!("{other:?}"),
        });
        // Whoever reads within bounds is not kept from less.
        assert!(told[0] == told[1] || told[1].starts_with("Ok"), "{told:?}");
        let [told, _] = told;
        told
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let piece = "<t>a</t>".repeat(1 << 17);
        assert!(refused("xl/worksheets/sharedStrings.xml", piece.as_bytes(), 70).contains("unpacks to more"));
        assert!(refused("styles.xml", piece.as_bytes(), 70).contains("unpacks to more"));
        assert!(refused("xl/worksheets/sheet1.xml", &[b'x'; 1 << 20], 2).contains("more than 1 MB"));
        assert!(refused("content.xml", &[b'x'; 1 << 20], 2).contains("more than 1 MB"));
        for name in ["xl/worksheets/sheet1.dat", "xl/worksheets/SHEET1.XML", "xl/Styles.XML"] {
            assert!(refused(name, &[b'x'; 1 << 20], 2).contains("more than 1 MB"), "{name}");
        }
        // What looks like the ends of many tags may be one text, and many short texts one cell.
        assert!(refused("xl/worksheets/sheet1.xml", &[b'>'; 1 << 20], 2).contains("more than 1 MB"));
        let cell = b"<c t=\"inlineStr\"><is>";
        let told = refused_after("xl/worksheets/sheet1.xml", cell, piece.as_bytes(), 18);
        assert!(told.contains("more than 1 MB"), "{told}");
        assert!(refused("xl/worksheets/sheet1.xml", b"<mergeCell ref=\"A1:B1\"/>", 100_100).contains("merged cells"));
        let told = refused("xl/sharedStrings.xml", b"<sst count=\"1\" uniqueCount=\"99999999999999\"><si/></sst>", 1);
        assert!(told.contains("holds 99999999999999 texts"), "{told}");
    }
}
