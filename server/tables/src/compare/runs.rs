//! The places of what was revised, brought into the order of the new table without holding all of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Place, Work, bytes_at};
use crate::table::TableError;

/// The bytes of a place.
pub(super) const PLACE: usize = 20;
/// Places that are gathered in memory, in bytes.
const GATHERED: usize = 50_000 * PLACE;
/// What is read at once of each run, in bytes.
const READ: usize = 800 * PLACE;
/// Places after which it is asked whether anybody still wants them.
const BATCH: u64 = 65_536;

/// Places in several runs, each in order.
pub(super) struct Runs<'w> {
    folder: &'w Path,
    /// Where they are once they are too many to be gathered.
    file: Option<File>,
    gathered: Vec<u8>,
    written: u64,
    ends: Vec<u64>,
}

impl<'w> Runs<'w> {
    pub(super) const fn new(folder: &'w Path) -> Self {
        Self { folder, file: None, gathered: Vec::new(), written: 0, ends: Vec::new() }
    }

    /// Adds a place, which comes after those of its run.
    pub(super) fn push(&mut self, place: Place) -> io::Result<()> {
        write(place, &mut self.gathered)?;
        if self.gathered.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    /// Ends a run.
    pub(super) fn close(&mut self) {
        let end = self.written + self.gathered.len() as u64;
        if end > self.ends.last().copied().unwrap_or_default() {
            self.ends.push(end);
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile_in(self.folder)?,
        };
        file.write_all_at(&self.gathered, self.written)?;
        self.file = Some(file);
        self.written += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }

    /// Writes all places in one order; how many they are.
    pub(super) fn write_sorted(mut self, out: &mut impl Write, work: &Work<'_>) -> Result<u64, TableError> {
        if self.file.is_none() {
            let mut places: Vec<Place> = self.gathered.chunks_exact(PLACE).map(read).collect();
            places.sort_unstable();
            places.iter().try_for_each(|place| write(*place, out))?;
            return Ok(places.len() as u64);
        }
        self.flush()?;
        let Some(file) = self.file else { return Ok(0) };
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let mut runs: Vec<Run> = starts.zip(&self.ends).map(|(at, end)| Run::new(at, *end)).collect();
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (at, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next(&file)?.map(|place| Reverse((place, at))));
        }
        let mut count = 0_u64;
        while let Some(Reverse((place, at))) = heads.pop() {
            if count.is_multiple_of(BATCH) {
                work.go_on()?;
            }
            count += 1;
            write(place, out)?;
            if let Some(run) = runs.get_mut(at) {
                heads.extend(run.next(&file)?.map(|place| Reverse((place, at))));
            }
        }
        Ok(count)
    }
}

/// A run that is read from its file.
struct Run {
    at: u64,
    end: u64,
    read: Vec<u8>,
    given: usize,
}

impl Run {
    const fn new(at: u64, end: u64) -> Self {
        Self { at, end, read: Vec::new(), given: 0 }
    }

    fn next(&mut self, file: &File) -> io::Result<Option<Place>> {
        if self.given >= self.read.len() {
            let length = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX).min(READ);
            self.read.resize(length, 0);
            file.read_exact_at(&mut self.read, self.at)?;
            self.at += length as u64;
            self.given = 0;
        }
        let place = self.read.get(self.given..self.given + PLACE).map(read);
        self.given += PLACE;
        Ok(place)
    }
}

fn write((row, column, before): Place, out: &mut impl Write) -> io::Result<()> {
    out.write_all(&row.to_le_bytes())?;
    out.write_all(&column.to_le_bytes())?;
    out.write_all(&before.to_le_bytes())
}

/// A place as it was written.
pub(super) fn read(bytes: &[u8]) -> Place {
    let (row, before) = (u64::from_le_bytes(bytes_at(bytes, 0)), u64::from_le_bytes(bytes_at(bytes, 12)));
    (row, u32::from_le_bytes(bytes_at(bytes, 8)), before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_one_order_in_memory_and_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let never = || false;
        let work = Work::new(folder.path(), &never);
        for many in [10_u64, 60_000] {
            let mut runs = Runs::new(folder.path());
            for run in 0..3 {
                for row in (0..many).filter(|row| row % 3 == run) {
                    runs.push((row, 1, many - row)).unwrap();
                    runs.push((row, 4, many - row)).unwrap();
                }
                runs.close();
                // A part in which nothing was revised.
                runs.close();
            }
            assert_eq!((runs.ends.len(), runs.file.is_some()), (3, many > 100));
            let mut written = Vec::new();
            assert_eq!(runs.write_sorted(&mut written, &work).unwrap(), many * 2);
            let places = written.chunks_exact(PLACE).map(read);
            assert!(places.eq((0..many).flat_map(|row| [(row, 1, many - row), (row, 4, many - row)])));
        }
    }
}
