//! The newest lines of the log in this process' memory, for those who have no shell where it runs.
//!
//! Warnings and errors have a share of their own, so that a rush of readers does not push them out.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::operations::KeptLog;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use super::shards::{SHARDS, Shard, own};

/// The most lines that are kept: warnings and errors, and all others.
const MOST: [usize; 2] = [1_000, 4_000];
/// The most bytes of each share that a thread keeps, however long its lines are.
const MOST_BYTES: usize = 2 << 20;

/// What the threads keep, each for itself.
static RECENT: [Shard<Recent>; SHARDS] = [const { Shard::new(Recent::new(MOST, MOST_BYTES)) }; SHARDS];
/// The number of the newest line.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What is kept, in two shares.
#[derive(Debug)]
struct Recent {
    shares: [Share; 2],
    most: [usize; 2],
    most_bytes: usize,
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
        Self { shares: [Share::new(), Share::new()], most, most_bytes, dropped: 0 }
    }

    /// Keeps the line of this number; older ones of its share make room.
    fn keep(&mut self, number: u64, line: &str, grave: bool) {
        let which = usize::from(!grave);
        let (most, share) = (self.most[which], &mut self.shares[which]);
        share.bytes += line.len();
        share.lines.push_back((number, Arc::from(line)));
        while share.lines.len() > most || (share.bytes > self.most_bytes && share.lines.len() > 1) {
            if let Some((_, old)) = share.lines.pop_front() {
                share.bytes -= old.len();
                self.dropped += 1;
            }
        }
    }
}

/// Everything that is kept, newest first: of each share no more than one thread alone may keep.
fn kept_of(all: &[Shard<Recent>; SHARDS], most: [usize; 2]) -> KeptLog {
    let mut newest: Vec<(u64, Arc<str>)> = Vec::new();
    let mut dropped = 0;
    for (which, most) in most.into_iter().enumerate() {
        let mut lines: Vec<(u64, Arc<str>)> = Vec::new();
        all.iter().for_each(|recent| lines.extend(recent.lock().shares[which].lines.iter().cloned()));
        lines.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
        dropped += beyond(lines.len(), most);
        lines.truncate(most);
        newest.extend(lines);
    }
    newest.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    dropped += all.iter().map(|recent| recent.lock().dropped).sum::<u64>();
    KeptLog { lines: newest.into_iter().map(|(_, line)| line).collect(), dropped }
}

/// How many of so many there is no room for.
fn beyond(lines: usize, most: usize) -> u64 {
    u64::try_from(lines.saturating_sub(most)).unwrap_or(u64::MAX)
}

/// What this process remembers of its log.
#[must_use]
pub fn kept() -> KeptLog {
    kept_of(&RECENT, MOST)
}

/// How many lines had to make room so far.
#[must_use]
pub fn dropped() -> u64 {
    let in_share = |which: usize| RECENT.iter().map(|recent| recent.lock().shares[which].lines.len()).sum();
    let beyond_all: u64 = MOST.into_iter().enumerate().map(|(which, most)| beyond(in_share(which), most)).sum();
    beyond_all + RECENT.iter().map(|recent| recent.lock().dropped).sum::<u64>()
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
        let mut recent = own(&RECENT).lock();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        recent.keep(number, String::from_utf8_lossy(line).trim_end(), self.grave);
        drop(recent);
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

    /// What threads keep that have room for so much.
    fn recent(most: [usize; 2], most_bytes: usize) -> [Shard<Recent>; SHARDS] {
        std::array::from_fn(|_| Shard::new(Recent::new(most, most_bytes)))
    }

    fn lines(recent: &[Shard<Recent>; SHARDS], most: [usize; 2]) -> Vec<String> {
        kept_of(recent, most).lines.iter().map(|line| line.to_string()).collect()
    }

    #[test]
    fn a_rush_pushes_out_no_warning() {
        let most = [2, 3];
        let recent = recent(most, 1_000);
        recent[0].lock().keep(0, "failed", true);
        for i in 1..=10 {
            recent[0].lock().keep(i, &format!("answered {i}"), false);
        }
        assert_eq!(lines(&recent, most), ["answered 10", "answered 9", "answered 8", "failed"]);
        assert_eq!(kept_of(&recent, most).dropped, 7);
        for i in 11..14 {
            recent[0].lock().keep(i, &format!("failed {i}"), true);
        }
        assert_eq!(lines(&recent, most), ["failed 13", "failed 12", "answered 10", "answered 9", "answered 8"]);
    }

    #[test]
    fn long_lines_take_no_more_room_than_there_is() {
        let recent = recent([10, 10], 100);
        for (number, letter) in (0..).zip(["a", "b", "c"]) {
            recent[0].lock().keep(number, &letter.repeat(60), false);
        }
        assert_eq!(lines(&recent, [10, 10]), ["c".repeat(60)]);
        recent[0].lock().keep(3, &"d".repeat(500), false);
        assert_eq!((lines(&recent, [10, 10]).len(), kept_of(&recent, [10, 10]).dropped), (1, 3));
    }

    #[test]
    fn the_newest_lines_of_all_threads_are_told_in_one_order() {
        let most = [1, 3];
        let recent = recent(most, 1_000);
        for number in 0..8 {
            let at = usize::try_from(number).unwrap() % SHARDS;
            recent[at].lock().keep(number, &number.to_string(), number % 4 == 3);
        }
        assert_eq!(lines(&recent, most), ["7", "6", "5", "4"]);
        assert_eq!(kept_of(&recent, most).dropped, 4);
    }
}
