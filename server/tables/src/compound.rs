//! Compound documents, the form of older Office files and of installers alike: what a file is stands in its directory (MS-CFB).

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

use crate::source::{Input, Source, fill};

/// The first bytes of every compound document.
const MARK: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// The header, whose last part names the first sectors of the allocation table.
const HEADER: usize = 512;
/// How many sectors of the allocation table the header names.
const NAMED_IN_HEADER: usize = 109;
/// One entry of the directory.
const ENTRY: usize = 128;
/// Numbers of sectors and entries from here on are marks.
const LAST: u32 = 0xFFFF_FFF9;
/// The most sectors of the directory that are read; workbooks have a few.
const MOST_SECTORS: usize = 1024;
/// The kind of an entry that holds bytes.
const STREAM: u8 = 2;
/// What Windows Installer puts into its packages, patches and transforms, but for the first byte.
const INSTALLER: [u8; 15] = [0x10, 0x0C, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
/// That first byte.
const INSTALLER_KINDS: [u8; 3] = [0x82, 0x84, 0x86];

/// What a compound document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compound {
    /// A workbook of Excel.
    Workbook,
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
    let looked = source.open().and_then(|input| Document::open(input)?.map_or(Ok(Compound::Broken), Document::told));
    match looked {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Compound::Broken),
        other => other,
    }
}

struct Document<'a> {
    input: Box<dyn Input + 'a>,
    sector_size: usize,
    header: Vec<u8>,
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
        Ok(header.starts_with(&MARK).then_some(Self { input, sector_size, header }))
    }

    fn told(mut self) -> io::Result<Compound> {
        let directory = self.directory()?;
        let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY).collect();
        let Some(root) = entries.first() else { return Ok(Compound::Broken) };
        if INSTALLER_KINDS.contains(&root[80]) && root[81..96] == INSTALLER {
            return Ok(Compound::Installer);
        }
        // Those of the root alone: a letter may hold a workbook further down.
        let (mut open, mut seen) = (vec![number(root, 76)], HashSet::new());
        while let Some(at) = open.pop() {
            let Some(entry) = entries.get(at as usize).filter(|_| seen.insert(at)) else { continue };
            if entry[66] == STREAM && matches!(name(entry).as_str(), "Workbook" | "Book") {
                return Ok(Compound::Workbook);
            }
            open.extend([number(entry, 68), number(entry, 72)]);
        }
        Ok(Compound::Other)
    }

    /// All of the directory, sector by sector as the allocation table chains them.
    fn directory(&mut self) -> io::Result<Vec<u8>> {
        let (mut directory, mut at) = (Vec::new(), number(&self.header, 48));
        for _ in 0..MOST_SECTORS {
            if at > LAST {
                break;
            }
            directory.extend(self.sector(at)?);
            at = self.after(at)?;
        }
        Ok(directory)
    }

    /// The sector that follows in a chain.
    fn after(&mut self, sector: u32) -> io::Result<u32> {
        let in_one = self.sector_size / 4;
        let at = sector as usize;
        let table = self.table_sector(at / in_one)?;
        Ok(number(&self.sector(table)?, at % in_one * 4))
    }

    /// Where a sector of the allocation table is: the header names the first of them, the others a chain of lists.
    fn table_sector(&mut self, index: usize) -> io::Result<u32> {
        if index < NAMED_IN_HEADER {
            return Ok(number(&self.header, 76 + index * 4));
        }
        let in_one = self.sector_size / 4 - 1;
        let (list, place) = ((index - NAMED_IN_HEADER) / in_one, (index - NAMED_IN_HEADER) % in_one);
        let mut at = number(&self.header, 68);
        for _ in 0..list {
            at = number(&self.sector(at)?, in_one * 4);
        }
        Ok(number(&self.sector(at)?, place * 4))
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
        assert_eq!(told(&document(&["Workbook"], [0; 16])), Compound::Workbook);
        let many = ["a", "b", "c", "d", "e", "f", "\u{5}SummaryInformation", "Book"];
        assert_eq!(told(&document(&many, [0; 16])), Compound::Workbook);
        assert_eq!(told(&document(&["WordDocument", "1Table"], [0; 16])), Compound::Other);
        let mut package = [0; 16];
        package[0] = 0x84;
        package[1..].copy_from_slice(&INSTALLER);
        assert_eq!(told(&document(&["Workbook"], package)), Compound::Installer);
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
