//! From bytes to text: the encoding is told by its mark or guessed, and never silently repaired.

mod legacy;
mod lines;
mod survey;

use std::io;

use domain::table::{Problem, Profile};
use encoding_rs::{Decoder, Encoding, UTF_8};

pub(crate) use survey::survey;

use crate::source::{CHUNK, Input, Source, fill};

/// How the bytes of a file become text.
#[derive(Clone, Debug)]
pub(crate) struct Encoded {
    pub encoding: &'static Encoding,
    pub byte_order_mark: bool,
    /// Bytes before the text.
    pub skip: usize,
    /// Bytes read at a time.
    pub chunk: usize,
    pub problems: Vec<Problem>,
}

impl Encoded {
    /// The encoding of a table whose profile is known.
    pub(crate) fn of(source: &dyn Source, profile: &Profile) -> io::Result<Self> {
        let mut start = Vec::new();
        fill(&mut *source.open()?, &mut start, 3)?;
        Ok(Self {
            encoding: Encoding::for_label(profile.encoding.as_bytes()).unwrap_or(UTF_8),
            byte_order_mark: profile.byte_order_mark,
            skip: Encoding::for_bom(&start).map_or(0, |(_, length)| length),
            chunk: CHUNK,
            problems: Vec::new(),
        })
    }
}

/// The text of a file, piece by piece; what is not needed any more is dropped.
pub(crate) struct Text<'s> {
    input: Box<dyn Input + 's>,
    decoder: Decoder,
    bytes: Vec<u8>,
    chunk: usize,
    /// What has been read and is still needed.
    pub text: String,
    /// Whether the text goes to the end of the file.
    pub last: bool,
}

impl<'s> Text<'s> {
    /// Opens the file; nothing is read yet.
    pub(crate) fn open(source: &'s dyn Source, encoded: &Encoded) -> io::Result<Self> {
        let mut input = source.open()?;
        fill(&mut *input, &mut Vec::new(), encoded.skip)?;
        Ok(Self {
            input,
            decoder: encoded.encoding.new_decoder_without_bom_handling(),
            bytes: Vec::new(),
            chunk: encoded.chunk,
            text: String::new(),
            last: false,
        })
    }

    /// Drops what has been used and reads one piece more; whether a byte could not be read as text.
    pub(crate) fn more(&mut self, used: usize) -> io::Result<bool> {
        self.text.drain(..used);
        self.bytes.clear();
        self.last = fill(&mut *self.input, &mut self.bytes, self.chunk)? < self.chunk;
        let most = self.decoder.max_utf8_buffer_length(self.bytes.len()).unwrap_or(self.bytes.len() * 3 + 16);
        // UTF-8 grows only where a byte is not UTF-8, which the survey has refused.
        let most = if self.decoder.encoding() == UTF_8 { self.bytes.len() + 16 } else { most };
        let mut read = 0;
        let mut bad = false;
        self.text.reserve(most);
        loop {
            let (result, taken, replaced) =
                self.decoder.decode_to_string(&self.bytes[read..], &mut self.text, self.last);
            read += taken;
            bad |= replaced;
            match result {
                encoding_rs::CoderResult::InputEmpty => return Ok(bad),
                encoding_rs::CoderResult::OutputFull => self.text.reserve(self.bytes.len() + 16),
            }
        }
    }

    /// Reads until there are so many bytes of text, or all.
    pub(crate) fn head(&mut self, length: usize) -> io::Result<()> {
        while !self.last && self.text.len() < length {
            self.more(0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
