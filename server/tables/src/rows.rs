//! Walks the rows of data of a table whose profile is known.

use std::ops::ControlFlow;

use domain::table::Profile;

use crate::encoding::Encoded;
use crate::records::{Dialect, Reader, Record};
use crate::source::{Refused, Source};

/// How the records of a table are told apart.
pub(crate) fn dialect(profile: &Profile) -> Dialect {
    Dialect { delimiter: u8::try_from(profile.delimiter).unwrap_or(b','), sheet: profile.sheet.is_some() }
}

/// Calls `visit` with every row of data, in order, until it breaks; blank lines are passed over.
pub(crate) fn each<F>(source: &dyn Source, profile: &Profile, mut visit: F) -> Result<(), Refused>
where
    F: FnMut(&Record<'_>) -> Result<ControlFlow<()>, Refused>,
{
    if profile.rows == 0 {
        return Ok(());
    }
    let mut before = profile.preamble_rows;
    let mut header = profile.header;
    let encoded = Encoded::of(source, profile)?;
    Reader::open(source, &encoded, dialect(profile))?.each(|record| {
        if before > 0 {
            before -= 1;
        } else if record.is_blank() {
        } else if header {
            header = false;
        } else {
            return visit(record);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(())
}
