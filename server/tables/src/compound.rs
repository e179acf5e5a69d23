//! Compound documents, the form of older Office files and of installers alike: what a file is stands in its directory (MS-CFB).

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::source::{Input, Source, fill};

/// The first bytes of every compound document.
const MARK: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// The header, whose last part names the first sectors of the allocation table.
const HEADER: usize = 512;
/// Where in the header these names begin.
const NAMED_IN_HEADER: usize = 76;
/// One entry of the directory.
const ENTRY: usize = 128;
/// Numbers of sectors and entries from here on are marks.
const LAST: u32 = 0xFFFF_FFF9;
/// The most sectors of the directory that are read; workbooks have a few.
const MOST_SECTORS: usize = 1024;
/// The kind of an entry that holds bytes.
const STREAM: u8 = 2;
/// Streams of fewer bytes than this stand together in one of their own, in pieces of [`SMALL_SECTOR`].
const SMALL: u64 = 4096;
/// Such a piece.
const SMALL_SECTOR: usize = 64;
/// What Windows Installer puts into its packages, patches and transforms, but for the first byte.
const INSTALLER: [u8; 15] = [0x10, 0x0C, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
/// That first byte.
const INSTALLER_KINDS: [u8; 3] = [0x82, 0x84, 0x86];

/// What is said of a workbook that nobody can read without its password.
pub(crate) const LOCKED: &str = "This workbook is protected with a password, so that it cannot be read. Save it without the password and send that.";

/// What a compound document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compound {
    /// A workbook of Excel.
    Workbook,
    /// Something that Office encrypted with a password.
    Locked,
    /// What Windows would install.
    Installer,
    /// Something else, such as a text document or a letter.
    Other,
    /// Nothing: the directory is not there or makes no sense.
    Broken,
}

/// Looks into the directory of a compound document.
///
/// # Errors
/// Where the bytes cannot be read; what is cut off is no error but [`Compound::Broken`].
pub(crate) fn look(source: &dyn Source) -> io::Result<Compound> {
    let looked = source.open().and_then(|input| match Document::open(input)? {
        Some(mut document) => Ok(document.told()?.0),
        None => Ok(Compound::Broken),
    });
    match looked {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Compound::Broken),
        other => other,
    }
}

/// Copies the stream of a workbook out of its compound document into a file of its own; nothing where it is not whole.
///
/// # Errors
/// Where the bytes cannot be read or written.
pub(crate) fn workbook(source: &dyn Source) -> io::Result<Option<File>> {
    let copied = source.open().and_then(|input| {
        let Some(mut document) = Document::open(input)? else { return Ok(None) };
        match document.told()? {
            (Compound::Workbook, Some(place)) => document.copy(place).map(Some),
            _ => Ok(None),
        }
    });
    match copied {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        other => other,
    }
}

/// Where the bytes of a stream are.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    size: u64,
}

struct Document<'a> {
    input: Box<dyn Input + 'a>,
    sector_size: usize,
    /// The sectors that the file has.
    sectors: usize,
    header: Vec<u8>,
    /// The allocation table: for each sector the one that follows it.
    table: Vec<u32>,
    /// The stream that holds the small ones.
    small: Place,
}

impl<'a> Document<'a> {
    /// Nothing where the header is not one.
    fn open(mut input: Box<dyn Input + 'a>) -> io::Result<Option<Self>> {
        let mut header = vec![0; HEADER];
        input.read_exact(&mut header)?;
        let sector_size = match number16(&header, 30) {
            9 => 512,
            12 => 4096,
            _ => return Ok(None),
        };
        if !header.starts_with(&MARK) {
            return Ok(None);
        }
        let length = usize::try_from(input.seek(SeekFrom::End(0))?).map_err(io::Error::other)?;
        let sectors = length.saturating_sub(sector_size).div_ceil(sector_size);
        let small = Place { start: u32::MAX, size: 0 };
        let mut document = Self { input, sector_size, sectors, header, table: Vec::new(), small };
        document.table = document.whole_table()?;
        Ok(Some(document))
    }

    /// The header names the first sectors of the table, the others a chain of lists; no more of them than the file needs.
    fn whole_table(&mut self) -> io::Result<Vec<u32>> {
        let needed = self.sectors.div_ceil(self.sector_size / 4);
        let mut places: Vec<u32> = named(&self.header[NAMED_IN_HEADER..]).take(needed).collect();
        let mut list = number(&self.header, 68);
        while places.len() < needed && list <= LAST {
            let bytes = self.sector(list)?;
            let (listed, next) = bytes.split_at(self.sector_size - 4);
            let before = places.len();
            places.extend(named(listed));
            if places.len() == before {
                break;
            }
            list = number(next, 0);
        }
        places.truncate(needed);
        let mut table = Vec::new();
        for place in places {
            table.extend(numbers(&self.sector(place)?));
        }
        Ok(table)
    }

    /// What the document is and, of a workbook, where its stream is.
    fn told(&mut self) -> io::Result<(Compound, Option<Place>)> {
        let sectors = self.chain(number(&self.header, 48), MOST_SECTORS);
        let directory = self.joined(&sectors)?;
        let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY).collect();
        let Some(root) = entries.first() else { return Ok((Compound::Broken, None)) };
        if INSTALLER_KINDS.contains(&root[80]) && root[81..96] == INSTALLER {
            return Ok((Compound::Installer, None));
        }
        self.small = self.place(root);
        // Those of the root alone: a letter may hold a workbook further down.
        let (mut open, mut seen) = (vec![number(root, 76)], HashSet::new());
        let (mut found, mut older) = (Compound::Other, None);
        while let Some(at) = open.pop() {
            let Some(entry) = entries.get(at as usize).filter(|_| seen.insert(at)) else { continue };
            // Names are the same in large and small letters.
            match name(entry).to_ascii_lowercase().as_str() {
                "workbook" if entry[66] == STREAM => return Ok((Compound::Workbook, Some(self.place(entry)))),
                // Excel 95; some files hold both.
                "book" if entry[66] == STREAM => older = Some(self.place(entry)),
                "encryptedpackage" => found = Compound::Locked,
                _ => {}
            }
            open.extend([number(entry, 68), number(entry, 72)]);
        }
        Ok((if older.is_some() { Compound::Workbook } else { found }, older))
    }

    /// Where the bytes of an entry are; with small sectors the upper half of the size means nothing.
    fn place(&self, entry: &[u8]) -> Place {
        let upper = if self.sector_size == 512 { 0 } else { number(entry, 124) };
        Place { start: number(entry, 116), size: (u64::from(upper) << 32) | u64::from(number(entry, 120)) }
    }

    /// The sectors that follow each other from this one on, and no more than so many.
    fn chain(&self, start: u32, most: usize) -> Vec<u32> {
        following(&self.table, start, most.min(self.sectors))
    }

    /// The bytes of these sectors.
    fn joined(&mut self, sectors: &[u32]) -> io::Result<Vec<u8>> {
        let mut joined = Vec::new();
        for sector in sectors {
            joined.extend(self.sector(*sector)?);
        }
        Ok(joined)
    }

    /// Copies a stream into a file, which is read from its start.
    fn copy(&mut self, place: Place) -> io::Result<File> {
        let mut file = tempfile::tempfile()?;
        if place.size < SMALL {
            file.write_all(&self.small_stream(place)?)?;
        } else {
            let mut left = place.size;
            for sector in self.chain(place.start, self.needed(place.size)) {
                let bytes = self.sector(sector)?;
                let taken = left.min(bytes.len() as u64);
                file.write_all(&bytes[..taken as usize])?;
                left -= taken;
            }
            if left > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        file.rewind()?;
        Ok(file)
    }

    /// A stream that stands among the small ones; their table is not held, but read where a piece is looked up in it.
    fn small_stream(&mut self, place: Place) -> io::Result<Vec<u8>> {
        let table = following(&self.table, number(&self.header, 60), self.sectors + 1);
        if table.len() > self.sectors {
            // More than there are: it leads in a circle.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let holding = self.chain(self.small.start, self.sectors);
        let in_one = self.sector_size / SMALL_SECTOR;
        let (mut stream, mut at) = (Vec::new(), place.start);
        while (stream.len() as u64) < place.size {
            if at > LAST {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let piece = at as usize;
            let sector = *holding.get(piece / in_one).ok_or(io::ErrorKind::UnexpectedEof)?;
            let from = piece % in_one * SMALL_SECTOR;
            stream.extend_from_slice(&self.sector(sector)?[from..from + SMALL_SECTOR]);
            at = self.after(&table, piece)?;
        }
        stream.truncate(place.size as usize);
        Ok(stream)
    }

    /// What follows a piece by the table of the small ones, which stands in these sectors.
    fn after(&mut self, table: &[u32], piece: usize) -> io::Result<u32> {
        let in_one = self.sector_size / 4;
        match table.get(piece / in_one) {
            Some(sector) => Ok(number(&self.sector(*sector)?, piece % in_one * 4)),
            None => Ok(u32::MAX),
        }
    }

    /// The sectors of so many bytes; no more than there are.
    fn needed(&self, size: u64) -> usize {
        usize::try_from(size.div_ceil(self.sector_size as u64)).unwrap_or(self.sectors)
    }

    /// The last sector of a file need not be whole.
    fn sector(&mut self, at: u32) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.sector_size);
        self.input.seek(SeekFrom::Start((u64::from(at) + 1) * self.sector_size as u64))?;
        if fill(&mut *self.input, &mut bytes, self.sector_size)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.resize(self.sector_size, 0);
        Ok(bytes)
    }
}

/// What follows in a table from here on, and no more than so much.
fn following(table: &[u32], start: u32, most: usize) -> Vec<u32> {
    let (mut chain, mut at) = (Vec::new(), start);
    while at <= LAST && chain.len() < most {
        chain.push(at);
        at = table.get(at as usize).copied().unwrap_or(u32::MAX);
    }
    chain
}

/// The numbers in a row of bytes.
fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| number(four, 0))
}

/// Those of them that name sectors, up to the first that names none.
fn named(bytes: &[u8]) -> impl Iterator<Item = u32> {
    numbers(bytes).take_while(|at| *at <= LAST)
}

fn number16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The name of an entry, whose length counts the closing zero.
fn name(entry: &[u8]) -> String {
    let length = usize::from(number16(entry, 64)).min(64).saturating_sub(2);
    let units: Vec<u16> = entry[..length].chunks_exact(2).map(|pair| number16(pair, 0)).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A compound document with these streams below its root, one beside the other, and the class of its root.
    pub(crate) fn document(streams: &[&str], class: [u8; 16]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[..8].copy_from_slice(&MARK);
        bytes[30] = 9;
        bytes[68..72].fill(0xFF);
        bytes[76..512].fill(0xFF);
        // The allocation table is sector 0, the directory begins in sector 1.
        bytes[76..80].fill(0);
        bytes[48] = 1;
        let directory_sectors = (streams.len() + 1).div_ceil(4);
        let mut table = vec![0xFF; 512];
        for sector in 1..=directory_sectors {
            let next = if sector == directory_sectors { 0xFFFF_FFFE } else { sector as u32 + 1 };
            table[sector * 4..sector * 4 + 4].copy_from_slice(&next.to_le_bytes());
        }
        bytes.extend(table);
        let mut directory = entry("Root Entry", 5);
        directory[76..80].copy_from_slice(&1_u32.to_le_bytes());
        directory[80..96].copy_from_slice(&class);
        for (at, stream) in streams.iter().enumerate() {
            let mut one = entry(stream, STREAM);
            if at + 1 < streams.len() {
                one[72..76].copy_from_slice(&(at as u32 + 2).to_le_bytes());
            }
            directory.extend(one);
        }
        directory.resize(directory_sectors * 512, 0);
        bytes.extend(directory);
        bytes
    }

    /// A compound document that holds these bytes in a stream of this name; few of them stand among the small streams.
    pub(crate) fn holding(stream: &str, bytes: &[u8]) -> Vec<u8> {
        let small = (bytes.len() as u64) < SMALL;
        let mut made = document(&[stream], [0; 16]);
        let (table, first) = (512, if small { 3 } else { 2 });
        let count = bytes.len().div_ceil(512).max(1);
        assert!(first + count <= 128, "more than one sector of the table can name");
        let follows = |at: usize, last: usize| if at == last { 0xFFFF_FFFE } else { at as u32 + 1 };
        for at in first..first + count {
            made[table + at * 4..table + at * 4 + 4].copy_from_slice(&follows(at, first + count - 1).to_le_bytes());
        }
        let entry = 1024 + ENTRY;
        made[entry + 120..entry + 124].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
        if small {
            // Sector 2 is the table of the small sectors, which the stream of the root holds.
            made[table + 8..table + 12].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
            made[60..64].copy_from_slice(&2_u32.to_le_bytes());
            made[1024 + 116..1024 + 120].copy_from_slice(&3_u32.to_le_bytes());
            made[1024 + 120..1024 + 124].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
            let pieces = bytes.len().div_ceil(SMALL_SECTOR).max(1);
            for at in 0..128 {
                let next = if at < pieces { follows(at, pieces - 1) } else { u32::MAX };
                made.extend(next.to_le_bytes());
            }
        } else {
            made[entry + 116..entry + 120].copy_from_slice(&2_u32.to_le_bytes());
        }
        made.extend(bytes);
        made.resize(512 * (1 + first + count), 0);
        made
    }

    fn entry(name: &str, kind: u8) -> Vec<u8> {
        let mut entry = vec![0; ENTRY];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = (name.len() * 2 + 2) as u8;
        entry[66] = kind;
        entry[68..80].fill(0xFF);
        entry
    }

    fn told(bytes: &[u8]) -> Compound {
        look(&bytes).unwrap()
    }

    #[test]
    fn a_workbook_is_told_by_its_stream() {
        for name in ["Workbook", "WORKBOOK", "BOOK"] {
            assert_eq!(told(&document(&[name], [0; 16])), Compound::Workbook, "{name}");
        }
        let many = ["a", "b", "c", "d", "e", "f", "\u{5}SummaryInformation", "Book"];
        assert_eq!(told(&document(&many, [0; 16])), Compound::Workbook);
        assert_eq!(told(&document(&["WordDocument", "1Table"], [0; 16])), Compound::Other);
        let mut package = [0; 16];
        package[0] = 0x84;
        package[1..].copy_from_slice(&INSTALLER);
        assert_eq!(told(&document(&["Workbook"], package)), Compound::Installer);
        assert_eq!(told(&document(&["EncryptionInfo", "EncryptedPackage"], [0; 16])), Compound::Locked);
    }

    #[test]
    fn the_stream_of_a_workbook_is_copied_whole_or_not_at_all() {
        let copied = |document: &[u8]| {
            let mut file = workbook(&document).unwrap()?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            Some(bytes)
        };
        for length in [0, 1, 64, 65, 4095, 4096, 5000, 20_000] {
            let bytes: Vec<u8> = (0..length).map(|at: u32| (at % 251) as u8).collect();
            for stream in ["Workbook", "Book"] {
                assert_eq!(copied(&holding(stream, &bytes)), Some(bytes.clone()), "{stream} of {length}");
            }
            assert_eq!(copied(&holding("WordDocument", &bytes)), None, "{length}");
        }
        let whole = holding("Workbook", &[1; 20_000]);
        assert_eq!(copied(&whole[..whole.len() - 1024]), None);
        // A chain that leads back to its start holds no more than the file does.
        let mut circle = whole;
        circle[512 + 12..512 + 16].copy_from_slice(&2_u32.to_le_bytes());
        circle[1024 + ENTRY + 120..1024 + ENTRY + 124].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(copied(&circle), None);
        // Nor is there an end to a table of the small streams that goes on with itself.
        let mut circle = holding("Workbook", &[1; 100]);
        circle[512 + 8..512 + 12].copy_from_slice(&2_u32.to_le_bytes());
        assert_eq!(copied(&circle), None);
    }

    #[test]
    fn what_is_cut_off_or_leads_in_circles_is_broken_or_something_else() {
        let whole = document(&["WordDocument"], [0; 16]);
        for length in [8, 511, 512, 600, 1024] {
            assert_eq!(told(&whole[..length]), Compound::Broken, "{length}");
        }
        let mut circle = whole.clone();
        circle[512 + 4..512 + 8].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(told(&circle), Compound::Other);
        let mut to_itself = whole;
        to_itself[1024 + ENTRY + 72..1024 + ENTRY + 76].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(told(&to_itself), Compound::Other);
    }
}
