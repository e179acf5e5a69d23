//! Finds the line of a byte.

use std::io;

use domain::table::{Problem, Severity};

use crate::source::{CHUNK, Source, fill};

/// The line, from 1, that holds the byte at this offset, whichever line ends are used.
pub(super) fn line_at(source: &dyn Source, at: u64) -> io::Result<u64> {
    let mut input = source.open()?;
    let mut lines = Lines::default();
    let mut bytes = Vec::new();
    let mut left = at;
    while left > 0 {
        bytes.clear();
        let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let found = fill(&mut *input, &mut bytes, most)?;
        if found == 0 {
            break;
        }
        lines.pass(&bytes);
        left -= found as u64;
    }
    Ok(lines.line())
}

/// Counts line ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lines {
    feeds: u64,
    returns: u64,
}

impl Lines {
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        self.feeds += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if self.feeds == 0 {
            self.returns += memchr::memchr_iter(b'\r', bytes).count() as u64;
        }
    }

    pub(super) const fn line(self) -> u64 {
        1 + if self.feeds > 0 { self.feeds } else { self.returns }
    }
}

pub(super) fn nul(line: u64) -> Problem {
    Problem::new(
        Severity::Error,
        format!(
            "There is a NUL byte in line {line}: other programs cut the text there. Remove it and send the file again."
        ),
    )
    .at_line(line)
}
