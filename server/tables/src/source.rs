//! Where the bytes of a table come from: a file or memory, read from the start as often as needed.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek},
    path::{Path, PathBuf},
};

use domain::table::{Problem, Severity};

/// Bytes that can be read and wound back.
pub trait Input: Read + Seek {}

impl<T: Read + Seek> Input for T {}

/// The bytes of a table, which can be opened again and again and are the same each time.
pub trait Source {
    /// Opens the bytes at their start.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    fn open(&self) -> io::Result<Box<dyn Input + '_>>;
}

impl Source for &[u8] {
    fn open(&self) -> io::Result<Box<dyn Input + '_>> {
        Ok(Box::new(Cursor::new(*self)))
    }
}

impl Source for &Path {
    fn open(&self) -> io::Result<Box<dyn Input + '_>> {
        Ok(Box::new(File::open(self)?))
    }
}

impl Source for PathBuf {
    fn open(&self) -> io::Result<Box<dyn Input + '_>> {
        Ok(Box::new(File::open(self)?))
    }
}

/// Why no table came of a file.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The file cannot be published as it is; each problem says what to do.
    #[error("the table has {} problems that keep it from being used", .0.len())]
    Table(Vec<Problem>),
    /// Reading or writing failed, which says nothing about the table.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The table file could not be written.
    #[error("the table file was not written: {0}")]
    Written(String),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Table(vec![problem])
    }
}

/// A refusal of the whole file.
pub(crate) fn refusal(message: impl Into<String>) -> Refused {
    Problem::new(Severity::Error, message).into()
}

/// Bytes read at a time.
pub(crate) const CHUNK: usize = 4 << 20;

/// Appends up to `most` bytes; fewer only at the end.
pub(crate) fn fill(input: &mut dyn Input, bytes: &mut Vec<u8>, most: usize) -> io::Result<usize> {
    input.take(most as u64).read_to_end(bytes)
}
