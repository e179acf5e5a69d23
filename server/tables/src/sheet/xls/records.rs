//! The records of which workbooks of older Excel consist, and the texts in them (MS-XLS).

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use encoding_rs::Encoding;

use super::damaged;
use crate::sheet::unreadable;
use crate::source::Refused;

/// The record that goes on with the one before it.
const CONTINUE: u16 = 0x003C;

/// Reads a record at a time.
pub(super) struct Records<R> {
    input: BufReader<R>,
    /// Bytes that may still be read: sheets may be said to stand in the same place, any number of them.
    left: u64,
    /// The kind and the length of the record that comes next, once they were looked at.
    ahead: Option<(u16, u16)>,
}

impl<R: Read + Seek> Records<R> {
    /// Reads no more than so many bytes, those counted anew that are read again.
    pub(super) fn new(input: R, most: u64) -> Self {
        Self { input: BufReader::new(input), left: most, ahead: None }
    }

    /// Goes on from this place.
    pub(super) fn go_to(&mut self, place: u32) -> io::Result<()> {
        self.ahead = None;
        self.input.seek(SeekFrom::Start(u64::from(place)))?;
        Ok(())
    }

    /// Reads the next record into `data` and says of what kind it is; nothing at the end.
    pub(super) fn next(&mut self, data: &mut Vec<u8>) -> Result<Option<u16>, Refused> {
        data.clear();
        let Some((kind, length)) = self.look_ahead()? else { return Ok(None) };
        self.ahead = None;
        let spent = self.left.checked_sub(u64::from(length) + 4);
        self.left = spent.ok_or_else(|| unreadable("many of its sheets stand in the same place"))?;
        let read = self.input.by_ref().take(u64::from(length)).read_to_end(data)?;
        if read < usize::from(length) {
            return Err(damaged());
        }
        Ok(Some(kind))
    }

    fn look_ahead(&mut self) -> Result<Option<(u16, u16)>, Refused> {
        if self.ahead.is_none() {
            let mut head = Vec::with_capacity(4);
            self.input.by_ref().take(4).read_to_end(&mut head)?;
            self.ahead = match head.as_slice() {
                [] => None,
                [a, b, c, d] => Some((u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]))),
                _ => return Err(damaged()),
            };
        }
        Ok(self.ahead)
    }
}

/// How texts are written outside the table of shared ones.
#[derive(Clone, Copy)]
pub(super) enum Writing {
    /// In Unicode, as since Excel 97.
    Unicode,
    /// In the encoding of the machine.
    Legacy(&'static Encoding),
}

/// What a record and those that continue it hold, from start to end.
pub(super) struct Spread<'r, R> {
    records: &'r mut Records<R>,
    data: Vec<u8>,
    at: usize,
}

impl<'r, R: Read + Seek> Spread<'r, R> {
    /// Begins at this place of a record that was read last.
    pub(super) fn new(records: &'r mut Records<R>, data: Vec<u8>, at: usize) -> Self {
        let at = at.min(data.len());
        Self { records, data, at }
    }

    /// Whether anything is left.
    pub(super) fn is_left(&mut self) -> Result<bool, Refused> {
        while self.at == self.data.len() {
            if !self.go_on()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes the record that continues this one, if there is one; what is left of this one is passed over.
    fn go_on(&mut self) -> Result<bool, Refused> {
        if self.records.look_ahead()?.is_none_or(|(kind, _)| kind != CONTINUE) {
            return Ok(false);
        }
        self.records.next(&mut self.data)?;
        self.at = 0;
        Ok(true)
    }

    pub(super) fn bytes<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Refused> {
        let mut bytes = [0; COUNT];
        for byte in &mut bytes {
            if !self.is_left()? {
                return Err(damaged());
            }
            *byte = self.data[self.at];
            self.at += 1;
        }
        Ok(bytes)
    }

    fn number(&mut self) -> Result<usize, Refused> {
        Ok(usize::from(u16::from_le_bytes(self.bytes()?)))
    }

    /// Hands the next so many bytes out, piece by piece.
    fn each_piece(&mut self, mut count: usize, mut visit: impl FnMut(&[u8])) -> Result<(), Refused> {
        while count > 0 {
            if !self.is_left()? {
                return Err(damaged());
            }
            let end = self.data.len().min(self.at + count);
            visit(&self.data[self.at..end]);
            count -= end - self.at;
            self.at = end;
        }
        Ok(())
    }

    /// Reads a text whose length stands before it in one byte or, if it may be `long`, in two.
    pub(super) fn text(&mut self, long: bool, writing: Writing) -> Result<String, Refused> {
        let count = if long { self.number()? } else { usize::from(self.bytes::<1>()?[0]) };
        match writing {
            // Some programs leave out how wide no letters are.
            _ if count == 0 => Ok(String::new()),
            Writing::Unicode => {
                let [flags] = self.bytes()?;
                self.letters(count, is_wide(flags))
            }
            Writing::Legacy(encoding) => {
                let mut bytes = Vec::new();
                self.each_piece(count, |piece| bytes.extend_from_slice(piece))?;
                Ok(encoding.decode_without_bom_handling(&bytes).0.into_owned())
            }
        }
    }

    /// Reads a text of the table of shared ones; how parts of it look and how it is spoken is passed over.
    pub(super) fn shared_text(&mut self) -> Result<String, Refused> {
        let count = self.number()?;
        let [flags] = self.bytes()?;
        let looks = if flags & 8 == 0 { 0 } else { self.number()? };
        let spoken = if flags & 4 == 0 { 0 } else { u32::from_le_bytes(self.bytes()?) };
        let text = self.letters(count, is_wide(flags))?;
        self.each_piece(looks * 4 + spoken as usize, |_| ())?;
        Ok(text)
    }

    /// Where letters go on in another record, it says anew how wide they are.
    fn letters(&mut self, count: usize, mut wide: bool) -> Result<String, Refused> {
        let mut units = Vec::with_capacity(count);
        loop {
            let size = if wide { 2 } else { 1 };
            let rest = &self.data[self.at..];
            let taken = &rest[..(rest.len() / size).min(count - units.len()) * size];
            if wide {
                units.extend(taken.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            } else {
                units.extend(taken.iter().map(|byte| u16::from(*byte)));
            }
            self.at += taken.len();
            if units.len() == count {
                return Ok(String::from_utf16_lossy(&units));
            }
            if !self.go_on()? {
                return Err(damaged());
            }
            let [flags] = self.bytes()?;
            wide = is_wide(flags);
        }
    }
}

fn is_wide(flags: u8) -> bool {
    flags & 1 != 0
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// More bytes than any of these streams has.
    const MOST: u64 = 1 << 20;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    /// The shared texts of a record that is continued by others.
    fn shared(first: &[u8], others: &[&[u8]]) -> Result<Vec<String>, Refused> {
        let bytes = others.iter().flat_map(|other| record(CONTINUE, other)).collect::<Vec<_>>();
        let mut records = Records::new(Cursor::new([record(0xFC, first), bytes].concat()), MOST);
        let mut data = Vec::new();
        records.next(&mut data)?;
        let mut spread = Spread::new(&mut records, data, 0);
        let mut texts = Vec::new();
        while spread.is_left()? {
            texts.push(spread.shared_text()?);
        }
        Ok(texts)
    }

    #[test]
    fn texts_go_on_in_the_next_record_in_another_width() {
        let texts = shared(b"\x02\0\0ab\x04\0\0cd", &[b"\x01e\0w\x01", b"\x01\0\0\xE9"]);
        assert_eq!(texts.expect("whole"), ["ab", "cde\u{177}", "\u{E9}"]);
    }

    #[test]
    fn looks_and_sounds_of_a_text_are_passed_over() {
        let first = [&b"\x01\0\x0C\x02\0\x03\0\0\0a"[..], &[9; 11], b"\x01\0\0b"].concat();
        assert_eq!(shared(&first, &[]).expect("whole"), ["a", "b"]);
        let cut = [&b"\x01\0\x0C\x02\0\xFF\xFF\xFF\xFFa"[..], &[9; 11]].concat();
        assert!(shared(&cut, &[]).is_err());
    }

    #[test]
    fn what_is_cut_off_is_damaged() {
        assert!(shared(b"\x05\0\0ab", &[]).is_err());
        assert!(shared(b"\x05\0\0ab", &[b""]).is_err());
        let mut data = Vec::new();
        assert!(Records::new(Cursor::new(b"\xFC\0\x05\0abcd"), MOST).next(&mut data).is_err());
        assert!(Records::new(Cursor::new(b"\xFC\0\x05"), MOST).next(&mut data).is_err());
        assert!(Records::new(Cursor::new(b""), MOST).next(&mut data).is_ok_and(|kind| kind.is_none()));
    }

    #[test]
    fn what_is_read_again_counts_again() {
        let mut records = Records::new(Cursor::new(record(0xFC, b"abcd")), 23);
        let mut data = Vec::new();
        for is_within in [true, true, false] {
            records.go_to(0).expect("a place");
            assert_eq!(records.next(&mut data).is_ok(), is_within);
        }
    }
}
