//! A comparison as it is kept: the places of what was revised, what is told of all of it, and what it belongs to.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;

use domain::changes::Changes;

use super::runs::{self, PLACE, Runs};
use super::shape::Shape;
use super::{Place, Work, bytes_at};
use crate::table::{Table, TableError};

/// The version of what is kept, which is part of its name.
pub const COMPARED_LAYOUT: &str = "2";
/// How what is kept ends.
const MARK: &[u8; 8] = b"compare2";
/// The bytes behind the places and the summary: both tables, the length of the summary, how many places, the mark.
const TAIL: usize = 88;
/// Places that are kept in memory, in bytes; more are read where they lie.
const IN_MEMORY: u64 = 64 << 10;

/// Writes what was found; the places of one kind after those of another.
pub(super) fn write(
    out: impl Write,
    runs: [Runs<'_>; 2],
    summary: &Changes,
    shape: &Shape<'_>,
    work: &Work<'_>,
) -> Result<(), TableError> {
    let mut out = BufWriter::with_capacity(256 << 10, out);
    let mut count = 0_u64;
    for kind in runs {
        count += kind.write_sorted(&mut out, work)?;
    }
    let told = serde_json::to_vec(summary).map_err(|error| TableError::Damaged(error.to_string()))?;
    out.write_all(&told)?;
    out.write_all(shape.old.digest())?;
    out.write_all(shape.new.digest())?;
    out.write_all(&(told.len() as u64).to_le_bytes())?;
    out.write_all(&count.to_le_bytes())?;
    out.write_all(MARK)?;
    out.flush()?;
    Ok(())
}

/// Where the places are.
enum Places {
    Memory(Vec<u8>),
    File(File),
}

/// What was found in two tables, from which every page is read alike.
pub struct Comparison {
    summary: Changes,
    count: u64,
    places: Places,
}

impl Comparison {
    /// Opens what [`compare`](super::compare) wrote of these tables.
    ///
    /// # Errors
    /// `Damaged` where it is something else, or of other tables; the file cannot be read.
    pub fn open(file: File, old: &Table, new: &Table) -> Result<Self, TableError> {
        let damaged = || TableError::Damaged("this is no comparison of the two tables".to_owned());
        let length = file.metadata()?.len();
        let behind = length.checked_sub(TAIL as u64).ok_or_else(damaged)?;
        let mut tail = [0; TAIL];
        file.read_exact_at(&mut tail, behind)?;
        let is_of_them = bytes_at::<32>(&tail, 0) == *old.digest() && bytes_at::<32>(&tail, 32) == *new.digest();
        let (told, count) = (u64::from_le_bytes(bytes_at(&tail, 64)), u64::from_le_bytes(bytes_at(&tail, 72)));
        let placed = count.checked_mul(PLACE as u64).ok_or_else(damaged)?;
        if bytes_at::<8>(&tail, 80) != *MARK || !is_of_them || placed.checked_add(told) != Some(behind) {
            return Err(damaged());
        }
        let mut summary = vec![0; usize::try_from(told).map_err(|_| damaged())?];
        file.read_exact_at(&mut summary, placed)?;
        let summary = serde_json::from_slice(&summary).map_err(|error| TableError::Damaged(error.to_string()))?;
        let places = if placed <= IN_MEMORY {
            let mut places = vec![0; usize::try_from(placed).map_err(|_| damaged())?];
            file.read_exact_at(&mut places, 0)?;
            Places::Memory(places)
        } else {
            Places::File(file)
        };
        Ok(Self { summary, count, places })
    }

    /// About how many bytes it takes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.count.saturating_mul(PLACE as u64)
    }

    /// What changed, with some of the revised cells: figures, then all others, each in the order of the new table; the tables are those
    /// that were compared.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn page(&self, old: &Table, new: &Table, limit: usize, offset: u64) -> Result<Changes, TableError> {
        let revised = Shape::of(old, new, &self.summary.columns_renamed).revisions(&self.places(limit, offset)?)?;
        Ok(Changes { revised, ..self.summary.clone() })
    }

    fn places(&self, limit: usize, offset: u64) -> Result<Vec<Place>, TableError> {
        let from = offset.min(self.count);
        let wanted = usize::try_from(self.count - from).unwrap_or(usize::MAX).min(limit);
        let mut read = Vec::new();
        let bytes = match &self.places {
            Places::Memory(bytes) => {
                let skipped = usize::try_from(from).unwrap_or(usize::MAX).saturating_mul(PLACE);
                bytes.get(skipped..).unwrap_or_default()
            }
            Places::File(file) => {
                read.resize(wanted.saturating_mul(PLACE), 0);
                file.read_exact_at(&mut read, from.saturating_mul(PLACE as u64))?;
                read.as_slice()
            }
        };
        Ok(bytes.chunks_exact(PLACE).take(wanted).map(runs::read).collect())
    }
}
