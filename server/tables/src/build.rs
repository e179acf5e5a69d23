//! Takes a table in: says what it is and writes the file that readers of its data are answered from.

use std::io::Write;
use std::ops::ControlFlow;

use domain::table::{Chart, DimensionOptions, Preview, Profile};
use encoding_rs::Encoding;

use crate::options::Gathering;
use crate::profile::Inspected;
use crate::source::{CHUNK, Refused, Source};
use crate::{chart, preview, profile, rows, sheet, table_file};

/// How much of a table is kept beside its file.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows of the preview.
    pub preview_rows: usize,
    /// Options of one dimension.
    pub options: usize,
}

/// What was found in a table whose file was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// What the table is.
    pub profile: Profile,
    /// Its first rows.
    pub preview: Preview,
    /// Its picture, where one is honest.
    pub chart: Option<Chart>,
    /// What its dimensions hold.
    pub dimensions: Vec<DimensionOptions>,
}

/// Reads a table and writes its table file to `out`; memory stays bounded however long the table is.
///
/// # Errors
/// Every reason for which the table cannot be published, or what went wrong with reading and writing.
pub fn build(source: &dyn Source, filename: &str, limits: Limits, out: impl Write + Send) -> Result<Built, Refused> {
    build_as(source, filename, None, limits, out)
}

/// The same, with the text of a CSV file read in the encoding of this name, where one was chosen.
///
/// # Errors
/// As `build`; and where the bytes are not in that encoding.
pub fn build_as(
    source: &dyn Source,
    filename: &str,
    encoding: Option<&str>,
    limits: Limits,
    out: impl Write + Send,
) -> Result<Built, Refused> {
    if sheet::is_workbook(filename) {
        let unpacked = sheet::unpack(source, filename)?;
        return write(&unpacked.rows.path(), unpacked.inspected, limits, out);
    }
    let chosen = encoding.and_then(|name| Encoding::for_label(name.as_bytes()));
    let inspected = profile::look(source, filename, CHUNK, limits.options > 0, chosen)?;
    write(source, inspected, limits, out)
}

fn write(source: &dyn Source, inspected: Inspected, limits: Limits, out: impl Write + Send) -> Result<Built, Refused> {
    let profile = inspected.profile;
    let preview = preview::first(source, &profile, limits.preview_rows)?;
    let chart = chart::draw(source, &profile)?;
    let mut gathering = Gathering::new(&profile, &inspected.codes, inspected.options, limits.options);
    table_file::write(out, &profile, (&inspected.beside, &inspected.codes), |file| {
        rows::each(source, &profile, |record| {
            gathering.take(record);
            file.push(record)?;
            Ok(ControlFlow::Continue(()))
        })
    })?;
    Ok(Built { preview, chart, dimensions: gathering.finish(), profile })
}
