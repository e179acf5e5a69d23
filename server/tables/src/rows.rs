//! Walks the rows of data of a table whose profile is known.

use std::ops::ControlFlow;

use domain::table::Profile;

use crate::records::{Record, Records};

/// Calls `visit` with every row of data, in order, until it breaks; blank lines are passed over.
pub(crate) fn each<'t>(text: &'t str, profile: &Profile, mut visit: impl FnMut(&Record<'t>) -> ControlFlow<()>) {
    let mut records = Records::new(text, u8::try_from(profile.delimiter).unwrap_or(b','));
    let mut record = Record::default();
    let mut before = profile.preamble_rows;
    let mut header = profile.header;
    // An error would have been found when the profile was made.
    while records.read(&mut record).unwrap_or(false) {
        if before > 0 {
            before -= 1;
        } else if record.is_blank() {
        } else if header {
            header = false;
        } else if visit(&record).is_break() {
            return;
        }
    }
}
