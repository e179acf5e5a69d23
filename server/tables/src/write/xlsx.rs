//! Excel workbooks: a sheet with the rows and a sheet that says what they are.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use domain::selection::Selection;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::{Chunks, IsStopped, PIECE, Page};
use crate::query::RowBatch;
use crate::table::{Number, Table, TableError};

/// The most rows of data that a sheet holds below its headings.
pub const MAX_SHEET_ROWS: u64 = 1_048_575;
/// The most letters that a cell of a sheet holds, counted as Excel counts them.
const MAX_CELL: usize = 32_767;
/// What ends a cell that was cut.
const CUT: &str = " … [cut]";

/// What a workbook says of itself.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The title of the data.
    pub title: String,
    /// The address of the page they come from.
    pub source: String,
    /// The selection as an address, or in words.
    pub query: String,
    /// Anything else worth knowing, a line each.
    pub notes: Vec<String>,
}

impl From<XlsxError> for TableError {
    fn from(error: XlsxError) -> Self {
        Self::Io(io::Error::other(error))
    }
}

/// Writes the workbook to a temporary file and hands that out, unless it is stopped before.
pub(super) fn write(
    table: &Table,
    selection: &Selection,
    page: Page,
    about: &About,
    stopped: IsStopped<'_>,
) -> Result<Chunks, TableError> {
    let known = table.count(selection)?.saturating_sub(page.offset);
    let wanted = page.limit.map_or(known, |limit| limit.min(known));
    if wanted > MAX_SHEET_ROWS && page.start.is_none() {
        return Err(TableError::TooManyRows { rows: wanted, most: MAX_SHEET_ROWS });
    }
    let shown = table.shown(selection);
    let rows = table.rows_of(selection, page.start, page.offset, page.limit)?;
    let mut workbook = Workbook::new();
    // The same rows make the same workbook, whenever it is asked for.
    let made = ExcelDateTime::from_ymd(1980, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("Data")?;
    for (place, at) in (0..).zip(&shown) {
        text(sheet, 0, place, &table.columns()[*at].label)?;
    }
    let mut next = 1;
    let mut cut = 0;
    for batch in rows {
        let batch = batch?;
        if u64::from(next) - 1 + batch.rows() as u64 > MAX_SHEET_ROWS {
            return Err(TableError::TooManyRows { rows: wanted, most: MAX_SHEET_ROWS });
        }
        cut += add(table, sheet, &shown, &batch, next, stopped)?;
        next += u32::try_from(batch.rows()).unwrap_or(0);
    }
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("About")?;
    describe(sheet, about, next - 1, cut)?;
    let mut file = saved(workbook, stopped)?;
    Ok(Box::new(std::iter::from_fn(move || {
        let mut piece = Vec::with_capacity(PIECE);
        match (&mut file).take(PIECE as u64).read_to_end(&mut piece) {
            Ok(0) => None,
            Ok(_) => Some(Ok(piece)),
            Err(error) => Some(Err(error.into())),
        }
    })))
}

/// Packs a workbook into a file, which is read from its beginning.
fn saved(mut workbook: Workbook, stopped: IsStopped<'_>) -> Result<File, TableError> {
    let mut file = tempfile::tempfile()?;
    let saved = workbook.save_to_writer(WhileWanted { file: &mut file, stopped, is_told: false });
    saved.map_err(|error| if stopped() { TableError::Stopped } else { error.into() })?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// A file that is written for as long as somebody waits for it.
struct WhileWanted<'w> {
    file: &'w mut File,
    stopped: IsStopped<'w>,
    /// Whether it was told that it is over, which ends the packing. What the packer adds to bring an archive to its end is for nobody,
    /// but to refuse that too would have it complain.
    is_told: bool,
}

impl Write for WhileWanted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_told {
            return Ok(bytes.len());
        }
        if (self.stopped)() {
            self.is_told = true;
            return Err(io::Error::other(TableError::Stopped));
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Adds rows and tells how many cells were cut.
fn add(
    table: &Table,
    sheet: &mut Worksheet,
    shown: &[usize],
    batch: &RowBatch,
    first: u32,
    stopped: IsStopped<'_>,
) -> Result<u64, TableError> {
    let mut cut = 0;
    for (line, (chunk, row)) in (first..).zip(&batch.picks) {
        if stopped() {
            return Err(TableError::Stopped);
        }
        let chunk = &batch.chunks[*chunk as usize];
        let row = *row as usize;
        for (place, at) in (0..).zip(shown) {
            match chunk.number(*at, row) {
                // A sheet keeps fifteen digits; longer whole numbers stay whole as text.
                Some(Number::Integer(number)) if number.unsigned_abs() >= 1 << 53 => {
                    cut += text(sheet, line, place, &number.to_string())?;
                }
                Some(number) => {
                    sheet.write_number(line, place, number.value())?;
                }
                None => cut += text(sheet, line, place, chunk.text(table, *at, row).unwrap_or(""))?,
            }
        }
    }
    Ok(cut)
}

fn text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<u64, TableError> {
    if text.is_empty() {
        return Ok(0);
    }
    if text.len() <= MAX_CELL || text.encode_utf16().count() <= MAX_CELL {
        sheet.write_string(row, column, text)?;
        return Ok(0);
    }
    let mut room = MAX_CELL - CUT.encode_utf16().count();
    let fits = |letter: &char| room.checked_sub(letter.len_utf16()).inspect(|rest| room = *rest).is_some();
    let short: String = text.chars().take_while(fits).collect();
    sheet.write_string(row, column, short + CUT)?;
    Ok(1)
}

fn describe(sheet: &mut Worksheet, about: &About, rows: u32, cut: u64) -> Result<(), TableError> {
    let mut line = 0;
    let rows = rows.to_string();
    for (name, value) in
        [("Title", &about.title), ("Source", &about.source), ("Selection", &about.query), ("Rows", &rows)]
    {
        if !value.is_empty() {
            text(sheet, line, 0, name)?;
            text(sheet, line, 1, value)?;
            line += 1;
        }
    }
    let cut = (cut > 0)
        .then(|| format!("{cut} cells hold more letters than a sheet allows and were cut; the CSV has them whole."));
    for note in about.notes.iter().chain(&cut) {
        text(sheet, line, 0, "Note")?;
        text(sheet, line, 1, note)?;
        line += 1;
    }
    Ok(())
}
