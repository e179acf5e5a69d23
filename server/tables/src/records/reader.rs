//! Reads the records of a whole file, piece by piece.

use std::io;
use std::ops::ControlFlow;

use super::{Dialect, LineEnds, MAX_RECORD, Place, Record, Records, too_long, unclosed_so_far};
use crate::encoding::{Encoded, Text};
use crate::source::{Refused, Source};

/// The records of a file; at most one piece and one record of it are held.
pub(crate) struct Reader<'s> {
    text: Text<'s>,
    dialect: Dialect,
    place: Place,
}

impl<'s> Reader<'s> {
    /// Starts at the first line.
    pub(crate) fn open(source: &'s dyn Source, encoded: &Encoded, dialect: Dialect) -> io::Result<Self> {
        Ok(Self { text: Text::open(source, encoded)?, dialect, place: Place::default() })
    }

    /// Calls `visit` with every record, in order, until it breaks; gives the line ends met.
    pub(crate) fn each<F>(mut self, mut visit: F) -> Result<LineEnds, Refused>
    where
        F: FnMut(&Record<'_>) -> Result<ControlFlow<()>, Refused>,
    {
        loop {
            self.text.more(self.place.at)?;
            self.place.at = 0;
            let mut records = Records::resume(&self.text.text, self.dialect, self.place, self.text.last);
            let mut record = Record::default();
            while records.read(&mut record)? {
                if visit(&record)?.is_break() {
                    return Ok(records.place.ends);
                }
            }
            self.place = records.place;
            if self.text.last {
                return Ok(self.place.ends);
            }
            if self.text.text.len() - self.place.at > MAX_RECORD {
                let problem = records.open_quote.map_or_else(|| too_long(self.place.line), unclosed_so_far);
                return Err(problem.into());
            }
        }
    }
}
