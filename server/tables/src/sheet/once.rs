//! An archive of which each part is unpacked once: the sheets of a workbook may all name the same one, thousands of them.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

/// Refuses to go to a part again that was begun before, before any of its bytes is read.
pub(super) struct Once<R> {
    input: R,
    /// Where the bytes of each part begin, and whether they were begun.
    parts: HashMap<u64, bool>,
}

impl<R> Once<R> {
    /// An archive whose parts begin at these places.
    pub(super) fn new(input: R, starts: Vec<u64>) -> Self {
        Self { input, parts: starts.into_iter().map(|start| (start, false)).collect() }
    }
}

impl<R: Read> Read for Once<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.input.read(bytes)
    }
}

impl<R: Seek> Seek for Once<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(at) = to
            && let Some(is_begun) = self.parts.get_mut(&at)
            && std::mem::replace(is_begun, true)
        {
            return Err(io::Error::other("this part of the archive was read before"));
        }
        self.input.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_part_is_begun_once_and_read_on_at_will() {
        let mut once = Once::new(Cursor::new(b"abcdef"), vec![1, 4]);
        let mut two = [0; 2];
        for (start, is_new) in [(1, true), (0, true), (4, true), (1, false), (4, false), (0, true)] {
            assert_eq!(once.seek(SeekFrom::Start(start)).is_ok(), is_new, "{start}");
        }
        once.read_exact(&mut two).expect("bytes");
        once.seek(SeekFrom::Current(1)).expect("a place");
        assert_eq!((two, once.stream_position().expect("a place")), (*b"ab", 3));
    }
}
