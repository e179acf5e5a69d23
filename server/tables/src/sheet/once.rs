//! An archive of which each part is unpacked twice at most: the sheets of a workbook may all name the same one, thousands of them.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

/// How often a part may be begun: once by chance, and once to be read.
const MOST: u8 = 2;

/// Refuses to go to a part again and again, before any of its bytes is read.
///
/// Twice is allowed, since whoever looks for the archive's end goes to where a part may begin by chance.
pub(super) struct Once<R> {
    input: R,
    /// Where the bytes of each part begin, and how often they were begun.
    parts: HashMap<u64, u8>,
}

impl<R> Once<R> {
    /// An archive whose parts begin at these places.
    pub(super) fn new(input: R, starts: Vec<u64>) -> Self {
        Self { input, parts: starts.into_iter().map(|start| (start, 0)).collect() }
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
            && let Some(begun) = self.parts.get_mut(&at)
        {
            if *begun >= MOST {
                return Err(io::Error::other("this part of the archive was read before"));
            }
            *begun += 1;
        }
        self.input.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_part_is_begun_twice_at_most_and_read_on_at_will() {
        let mut once = Once::new(Cursor::new(b"abcdef"), vec![1, 4]);
        let mut two = [0; 2];
        let tried =
            [(1, true), (0, true), (4, true), (1, true), (1, false), (4, true), (4, false), (0, true), (0, true)];
        for (start, is_allowed) in tried {
            assert_eq!(once.seek(SeekFrom::Start(start)).is_ok(), is_allowed, "{start}");
        }
        once.read_exact(&mut two).expect("bytes");
        once.seek(SeekFrom::Current(1)).expect("a place");
        assert_eq!((two, once.stream_position().expect("a place")), (*b"ab", 3));
    }
}
