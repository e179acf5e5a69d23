//! The newest lines of the log in this process' memory, for those who have no shell where it runs.
//!
//! Warnings and errors have a share of their own, so that a rush of readers does not push them out.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::operations::KeptLog;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// The most lines that are kept: warnings and errors, and all others.
const MOST: [usize; 2] = [1_000, 4_000];
/// The most bytes of each share, however long its lines are.
const MOST_BYTES: usize = 8 << 20;

static RECENT: Mutex<Recent> = Mutex::new(Recent::new(MOST, MOST_BYTES));

/// What is kept, in two shares.
#[derive(Debug)]
struct Recent {
    shares: [Share; 2],
    most: [usize; 2],
    most_bytes: usize,
    number: u64,
    dropped: u64,
}

/// Lines with their numbers, oldest first.
#[derive(Debug)]
struct Share {
    lines: VecDeque<(u64, Arc<str>)>,
    bytes: usize,
}

impl Share {
    const fn new() -> Self {
        Self { lines: VecDeque::new(), bytes: 0 }
    }
}

impl Recent {
    const fn new(most: [usize; 2], most_bytes: usize) -> Self {
        Self { shares: [Share::new(), Share::new()], most, most_bytes, number: 0, dropped: 0 }
    }

    /// Keeps a line; older ones of its share make room.
    fn keep(&mut self, line: &str, grave: bool) {
        let which = usize::from(!grave);
        let (most, share) = (self.most[which], &mut self.shares[which]);
        self.number += 1;
        share.bytes += line.len();
        share.lines.push_back((self.number, Arc::from(line)));
        while share.lines.len() > most || (share.bytes > self.most_bytes && share.lines.len() > 1) {
            if let Some((_, old)) = share.lines.pop_front() {
                share.bytes -= old.len();
                self.dropped += 1;
            }
        }
    }

    /// Everything that is kept, newest first.
    fn kept(&self) -> KeptLog {
        let mut all: Vec<&(u64, Arc<str>)> = self.shares.iter().flat_map(|share| &share.lines).collect();
        all.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
        KeptLog { lines: all.into_iter().map(|(_, line)| line.clone()).collect(), dropped: self.dropped }
    }
}

fn recent() -> MutexGuard<'static, Recent> {
    RECENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What this process remembers of its log.
#[must_use]
pub fn kept() -> KeptLog {
    recent().kept()
}

/// How many lines had to make room so far.
#[must_use]
pub fn dropped() -> u64 {
    recent().dropped
}

/// Gives out writers that also keep what they write; what is written to them has to be free of secrets and one line of JSON.
#[derive(Clone, Copy, Debug)]
pub struct Recalled<W>(pub W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Recalled<W> {
    type Writer = Keeping<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Keeping { writer: self.0.make_writer(), grave: false }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Self::Writer {
        Keeping { writer: self.0.make_writer_for(about), grave: *about.level() <= Level::WARN }
    }
}

/// Keeps and writes one line; lines arrive whole.
#[derive(Debug)]
pub struct Keeping<W> {
    writer: W,
    grave: bool,
}

impl<W: io::Write> io::Write for Keeping<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        recent().keep(String::from_utf8_lossy(line).trim_end(), self.grave);
        self.writer.write_all(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(recent: &Recent) -> Vec<String> {
        recent.kept().lines.iter().map(|line| line.to_string()).collect()
    }

    #[test]
    fn a_rush_pushes_out_no_warning() {
        let mut recent = Recent::new([2, 3], 1_000);
        recent.keep("failed", true);
        for i in 0..10 {
            recent.keep(&format!("answered {i}"), false);
        }
        assert_eq!(lines(&recent), ["answered 9", "answered 8", "answered 7", "failed"]);
        assert_eq!(recent.kept().dropped, 7);
        for i in 0..3 {
            recent.keep(&format!("failed {i}"), true);
        }
        assert_eq!(lines(&recent), ["failed 2", "failed 1", "answered 9", "answered 8", "answered 7"]);
    }

    #[test]
    fn long_lines_take_no_more_room_than_there_is() {
        let mut recent = Recent::new([10, 10], 100);
        for letter in ["a", "b", "c"] {
            recent.keep(&letter.repeat(60), false);
        }
        assert_eq!(lines(&recent), ["c".repeat(60)]);
        recent.keep(&"d".repeat(500), false);
        assert_eq!((lines(&recent).len(), recent.kept().dropped), (1, 3));
    }
}
