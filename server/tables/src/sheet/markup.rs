//! Reads a part of a workbook tag by tag and text by text, as its reader does, and tells how much that would have to hold at once.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::records::MAX_RECORD;

/// Bytes that one tag or text may have.
pub(super) const MAX_PIECE: usize = 1 << 20;
/// How many tags may be within each other, and bytes that the name of one may have: the names of all that are open are held.
const MAX_DEPTH: u32 = 1000;
const MAX_NAME: usize = 256;
/// Bytes read at a time.
const AT_ONCE: usize = 64 << 10;
/// Under which names texts are gathered until the tag of the same name ends: values, formulas and texts of cells.
const GATHERED: [&str; 4] = ["v", "f", "is", "t"];

/// What was met in a part.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Its bytes, as far as they were counted.
    pub bytes: u64,
    /// Whether they are more than it may have.
    pub over: bool,
    /// Whether a tag, a text or a cell is too long to be held, or tags are too deep within each other.
    pub long: bool,
    /// Merged cells.
    pub merged: u64,
    /// How many shared texts it says that it holds; room for all of them would be made at once.
    pub claimed: u64,
}

/// Reads a part to its end, or until more is met than there may be of it, of one of its tags and texts or, in a sheet, of a cell.
pub(super) fn meet(part: impl Read, most: u64, is_sheet: bool) -> io::Result<Met> {
    let input = BufReader::with_capacity(AT_ONCE, part);
    let mut reader = Reader::from_reader(Counted { input, bytes: 0, most, left: MAX_PIECE, is_long: false });
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let (mut met, mut gathered, mut buffer) = (Met::default(), Gathered::default(), Vec::new());
    let mut depth = 0_u32;
    loop {
        buffer.clear();
        let at = reader.get_ref().bytes;
        reader.get_mut().left = MAX_PIECE;
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                depth += 1;
                met.long |= depth > MAX_DEPTH || tag.name().0.len() > MAX_NAME;
                match tag.local_name().into_inner() {
                    "mergeCell" => met.merged += 1,
                    "sst" => met.claimed = met.claimed.max(claimed(&tag)),
                    local => met.long |= is_sheet && gathered.begin(local, tag.name().0, at),
                }
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                gathered.end(tag.local_name().into_inner(), tag.name().0);
            }
            // Whoever reads it comes no further either.
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
        met.long |= gathered.longest(at) > MAX_RECORD as u64;
        if met.long {
            break;
        }
    }
    let mut rest = reader.into_inner();
    met.long |= rest.is_long;
    if !met.long {
        rest.pass()?;
    }
    (met.bytes, met.over) = (rest.bytes, rest.bytes > most);
    Ok(met)
}

/// The largest number of texts that the tag of the shared texts says.
fn claimed(tag: &BytesStart<'_>) -> u64 {
    let numbers = tag.split("uniqueCount").skip(1).map(|rest| {
        let rest = rest.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
    });
    numbers.max().unwrap_or(0)
}

/// Since where texts are gathered under each of the names, and by which tag.
#[derive(Default)]
struct Gathered([Option<(String, u64)>; GATHERED.len()]);

impl Gathered {
    /// Notes that a tag begins; whether one of its kind was begun by another tag, so that it cannot be told which end is whose.
    fn begin(&mut self, local: &str, name: &str, at: u64) -> bool {
        let Some(slot) = self.slot(local) else { return false };
        match slot {
            Some((open, _)) => open.as_str() != name,
            None => {
                *slot = Some((name.to_owned(), at));
                false
            }
        }
    }

    /// Notes that a tag ends.
    fn end(&mut self, local: &str, name: &str) {
        if let Some(slot) = self.slot(local)
            && slot.as_ref().is_some_and(|(open, _)| open.as_str() == name)
        {
            *slot = None;
        }
    }

    /// For how many bytes the oldest goes on, up to here.
    fn longest(&self, at: u64) -> u64 {
        self.0.iter().flatten().map(|(_, since)| at.saturating_sub(*since)).max().unwrap_or(0)
    }

    fn slot(&mut self, local: &str) -> Option<&mut Option<(String, u64)>> {
        let at = GATHERED.iter().position(|name| *name == local)?;
        self.0.get_mut(at)
    }
}

/// The bytes of a part, counted as they are taken.
struct Counted<R> {
    input: BufReader<R>,
    bytes: u64,
    most: u64,
    /// How many more the tag or text may have that is being read.
    left: usize,
    is_long: bool,
}

impl<R: Read> Counted<R> {
    /// Counts what is left, as far as it may go on.
    fn pass(&mut self) -> io::Result<()> {
        while self.bytes <= self.most {
            let count = self.input.fill_buf()?.len();
            if count == 0 {
                break;
            }
            self.consume(count);
        }
        Ok(())
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.input.read(bytes)
    }
}

impl<R: Read> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.is_long |= self.left == 0;
        if self.is_long || self.bytes > self.most {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "there is more than is accepted"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.bytes += count as u64;
        self.input.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(part: &[u8]) -> Met {
        meet(part, 64 << 20, true).expect("bytes in memory")
    }

    #[test]
    fn a_sound_sheet_is_counted_to_its_end() {
        let sheet = b"<worksheet><sheetData><row><c r=\"A1\" t=\"inlineStr\"><is><t>a &gt; b</t></is></c><c><f>1+1</f><v>2</v></c></row>\
            </sheetData><mergeCells><mergeCell ref=\"B1:C1\"/></mergeCells></worksheet>";
        let found = met(sheet);
        assert_eq!((found.bytes, found.merged, found.claimed), (sheet.len() as u64, 1, 0));
        assert!(!found.over && !found.long);
        // What is no XML beyond some place counts as well.
        assert_eq!(met(b"<a></a><!x> and so on").bytes, 21);
        assert!(meet(&[b' '; 100][..], 99, true).expect("bytes in memory").over);
    }

    #[test]
    fn no_tag_text_or_cell_is_longer_than_it_may_be_whatever_stands_in_it() {
        let many = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
        for long in [
            many(">", MAX_PIECE + 2 * AT_ONCE),
            format!("<c r=\"{}\">", many("<a>", MAX_PIECE + 2 * AT_ONCE)),
            format!("<!--{}-->", many("<a>", MAX_PIECE + 2 * AT_ONCE)),
            format!("<c><v>{}</v></c>", many("&gt;", MAX_RECORD + 2 * AT_ONCE)),
            format!("<c><is>{}</is></c>", many("<c><t>a</t></c>", MAX_RECORD + 2 * AT_ONCE)),
            format!("<v><c><x:v>{}", many("a", 10)),
            many("<unclosed>", 20_000),
            format!("<{}>", many("name", MAX_NAME + 4)),
        ] {
            assert!(met(long.as_bytes()).long, "{}", &long[..20]);
        }
        // Many cells are none that is long.
        assert!(!met(many("<c><v>1</v></c>", MAX_RECORD + 2 * AT_ONCE).as_bytes()).long);
        assert!(!meet(many("<t>a</t>", 9).as_bytes(), 100, false).expect("bytes in memory").long);
    }

    #[test]
    fn the_number_of_shared_texts_is_told_however_it_is_written() {
        for (tag, number) in [
            ("<sst count=\"7\" uniqueCount=\"5\">", 5),
            ("<x:sst uniqueCount = ' 12'/>", 12),
            ("<sst uniqueCount=\"1\" uniqueCount=\"99999999999999999999999\">", u64::MAX),
            ("<sst uniqueCount=\"\">", 0),
            ("<sst>", 0),
        ] {
            assert_eq!(met(tag.as_bytes()).claimed, number, "{tag}");
        }
    }
}
